import type { Node, Pod } from '../api/kinds.ts';
import { ImageTable } from './image-spread.ts';
import { FigureTable, NodeInfo } from './node-info.ts';
import { inZonalTurns, zoneOf } from './node-order.ts';
import { PodCohorts } from './pod-cohorts.ts';
import { type PodInfo, podInfo, withPod } from './pod-info.ts';
import { Topology } from './topology.ts';

interface CachedPod {
  info: PodInfo;
  readonly node: NodeInfo;
  assumed: boolean;
}

/** What became of a Pod that the server told of: the Pod as it counted before and as it counts now. */
export interface PodChange {
  readonly previous: PodInfo | undefined;
  readonly info: PodInfo;
}

/**
 * Nodes with their Pods, as scheduling sees them. A Pod for which a node was chosen counts there at once ("assumed"),
 * before its binding has come back through the watch; otherwise the next Pod would get the same place.
 *
 * (The real scheduler copies what changed into a snapshot before each cycle, as informers write concurrently. Here
 * nothing happens during a cycle, so the cache is its own snapshot.)
 */
export class SchedulerCache {
  readonly cohorts = new PodCohorts();
  readonly images = new ImageTable();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly topology = new Topology(this.#nodes);
  readonly #pods = new Map<string, CachedPod>();
  /** How many Pods with nodes use each claim, by `namespace/name`. */
  readonly #claimUsers = new Map<string, number>();
  readonly #figures = new FigureTable();
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #changed = new Set<NodeInfo>();
  /** Undefined when a node came, went or changed its zone. */
  #order: readonly NodeInfo[] | undefined;

  /** The nodes that exist, in the order in which they are looked at. */
  get nodes(): readonly NodeInfo[] {
    this.#order ??= inZonalTurns([...this.#nodes.values()].filter(({ node }) => node !== undefined));
    return this.#order;
  }

  /** One more than the highest slot of a node. */
  get slots(): number {
    return this.#slots;
  }

  /** The nodes that have changed, or whose Pods have, since this was asked last. */
  takeChanged(): Set<NodeInfo> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.node === undefined ? undefined : info;
  }

  setNode(node: Node): void {
    const info = this.#nodeInfo(node.metadata.name);
    const isNew = info.node === undefined;
    const relabelled = info.node?.metadata.labels !== node.metadata.labels;
    const zone = zoneOf(info);
    this.images.update(info, info.node, node);
    info.setNode(node);
    this.#changed.add(info);
    if (isNew || zoneOf(info) !== zone) this.#order = undefined;
    if (isNew || relabelled) this.topology.update(info);
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info?.node === undefined) return;
    this.images.update(info, info.node, undefined);
    info.setNode(undefined);
    this.#order = undefined;
    this.topology.update(info);
    this.#dropIfEmpty(info);
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

  /** A Pod with a node, as the server knows it. Undefined, and free of cost, when it counts as it did. */
  setPod(pod: Pod): PodChange | undefined {
    const { uid } = pod.metadata;
    const nodeName = pod.spec.nodeName ?? '';
    const cached = this.#pods.get(uid);
    const wasAssumed = cached?.assumed === true;
    if (cached !== undefined && cached.node.name === nodeName && countsTheSame(cached.info.pod, pod)) {
      cached.assumed = false;
      // What preemption asks of a Pod (its status) must not be older than this.
      cached.info = withPod(cached.info, pod);
      cached.node.refreshPod(cached.info);
      this.#changed.add(cached.node);
      return wasAssumed ? { previous: undefined, info: cached.info } : undefined;
    }
    if (cached !== undefined) this.removePod(uid);
    const info = podInfo(pod);
    this.#place(info, nodeName, false);
    return { previous: wasAssumed ? undefined : cached?.info, info };
  }

  removePod(uid: string): PodInfo | undefined {
    const cached = this.#pods.get(uid);
    if (cached === undefined) return undefined;
    this.#pods.delete(uid);
    cached.node.removePod(uid);
    this.#changed.add(cached.node);
    this.cohorts.remove(cached.info, cached.node);
    this.#countClaims(cached.info, -1);
    this.#dropIfEmpty(cached.node);
    return cached.info;
  }

  usersOfClaim(namespace: string, name: string): number {
    return this.#claimUsers.get(`${namespace}/${name}`) ?? 0;
  }

  #countClaims({ pod, claims }: PodInfo, amount: 1 | -1): void {
    for (const claim of claims) {
      const key = `${pod.metadata.namespace}/${claim}`;
      const users = (this.#claimUsers.get(key) ?? 0) + amount;
      if (users === 0) this.#claimUsers.delete(key);
      else this.#claimUsers.set(key, users);
    }
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    const node = this.#nodeInfo(nodeName);
    node.addPod(info);
    this.#changed.add(node);
    this.cohorts.add(info, node);
    this.#countClaims(info, 1);
    this.#pods.set(info.pod.metadata.uid, { info, node, assumed });
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name, this.#freeSlots.pop() ?? this.#slots++, this.#figures);
      this.#nodes.set(name, info);
      this.topology.update(info);
    }
    return info;
  }

  #dropIfEmpty(info: NodeInfo): void {
    if (info.node !== undefined || info.pods.size > 0) return;
    this.#nodes.delete(info.name);
    this.#changed.delete(info);
    this.#freeSlots.push(info.slot);
  }
}

/** Of a bound Pod, resources can still change (resize), and labels; and it may begin to terminate. */
function countsTheSame(previous: Pod, pod: Pod): boolean {
  const a = previous.spec;
  const b = pod.spec;
  return (
    a.containers === b.containers &&
    a.initContainers === b.initContainers &&
    a.resources === b.resources &&
    previous.metadata.labels === pod.metadata.labels &&
    previous.metadata.deletionTimestamp === pod.metadata.deletionTimestamp
  );
}
