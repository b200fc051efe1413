import type { Node, Pod } from '../api/kinds.ts';
import { NodeInfo } from './node-info.ts';
import { type PodInfo, podInfo } from './pod-info.ts';

interface CachedPod {
  readonly info: PodInfo;
  readonly node: NodeInfo;
  assumed: boolean;
}

/**
 * Nodes with their Pods, as scheduling sees them. A Pod for which a node was chosen counts there at once ("assumed"),
 * before its binding has come back through the watch; otherwise the next Pod would get the same place.
 *
 * (The real scheduler copies what changed into a snapshot before each cycle, as informers write concurrently. Here
 * nothing happens during a cycle, so the cache is its own snapshot.)
 */
export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #list: NodeInfo[] = [];
  readonly #pods = new Map<string, CachedPod>();

  /** The nodes that exist, in order of arrival. */
  get nodes(): readonly NodeInfo[] {
    return this.#list;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node === undefined ? undefined : info;
  }

  setNode(node: Node): void {
    const info = this.#nodeInfo(node.metadata.name);
    if (info.node === undefined) this.#list.push(info);
    info.setNode(node);
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info?.node === undefined) return;
    this.#list.splice(this.#list.indexOf(info), 1);
    info.node = undefined;
    info.allocatable = new NodeInfo(name).allocatable;
    if (info.pods.size === 0) this.#nodes.delete(name);
  }

  assume(info: PodInfo, nodeName: string): void {
    this.#place(info, nodeName, true);
  }

  /** The binding did not happen: the place is free again. */
  forget(pod: Pod): void {
    const cached = this.#pods.get(pod.metadata.uid);
    if (cached?.assumed === true) this.removePod(pod.metadata.uid);
  }

  isAssumed(pod: Pod): boolean {
    return this.#pods.get(pod.metadata.uid)?.assumed === true;
  }

  /** A Pod with a node, as the server knows it. Costs nothing when it is where it was assumed to be. */
  setPod(pod: Pod): void {
    const { uid } = pod.metadata;
    const nodeName = pod.spec.nodeName ?? '';
    const cached = this.#pods.get(uid);
    if (cached !== undefined && cached.node.name === nodeName && isSameDemand(cached.info.pod, pod)) {
      cached.assumed = false;
      return;
    }
    if (cached !== undefined) this.removePod(uid);
    this.#place(podInfo(pod), nodeName, false);
  }

  removePod(uid: string): void {
    const cached = this.#pods.get(uid);
    if (cached === undefined) return;
    this.#pods.delete(uid);
    cached.node.removePod(uid);
    if (cached.node.node === undefined && cached.node.pods.size === 0) this.#nodes.delete(cached.node.name);
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    const node = this.#nodeInfo(nodeName);
    node.addPod(info);
    this.#pods.set(info.pod.metadata.uid, { info, node, assumed });
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#nodes.set(name, info);
    }
    return info;
  }
}

/** Of a bound Pod's spec only resources can still change (resize), and the API server shares what did not. */
function isSameDemand(previous: Pod, pod: Pod): boolean {
  const a = previous.spec;
  const b = pod.spec;
  return a.containers === b.containers && a.initContainers === b.initContainers && a.resources === b.resources;
}
