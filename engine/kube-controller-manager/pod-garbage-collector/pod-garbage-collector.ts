import { hasEnded } from '../../api/core/pod-phase.ts';
import { isReady } from '../../api/core/ready.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import { nodes, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isOutOfService } from '../node-state.ts';

const PERIOD_MS = 20_000;
/** A node may be missing for a moment only, so its Pods wait. */
const QUARANTINE_MS = 40_000;
/** `--terminated-pod-gc-threshold` */
const MAX_TERMINATED = 12_500;

/**
 * Removes Pods that nobody else will: those of nodes that no longer exist, those that are to go from a node that somebody
 * has declared dead, those deleted before they got a node, and some of the ended ones when there are very many.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection, after `pkg/controller/podgc`.
 */
export class PodGarbageCollector {
  readonly #sim: Simulation;
  readonly #podClient: ResourceClient<Pod>;
  readonly #nodeClient: ResourceClient<Node>;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #missingSinceMs = new Map<string, number>();
  #timer: Timer | undefined;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#sim = sim;
    this.#podClient = client.resource(pods);
    this.#nodeClient = client.resource(nodes);
    this.#pods = informers.for(pods);
    this.#nodes = informers.for(nodes);
  }

  start(): void {
    this.#timer = this.#sim.schedule(PERIOD_MS, 'pod garbage collector', () => {
      if (this.#pods.hasSynced && this.#nodes.hasSynced) this.#collect();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #collect(): void {
    const all = this.#pods.lister.list();
    const lost = this.#lostNodes(all);
    const ended = all.filter(hasEnded);
    const excess = ended.length - MAX_TERMINATED;
    const surplus = new Set(excess > 0 ? ended.toSorted(byExpendability).slice(0, excess) : []);
    for (const pod of all) {
      const { nodeName } = pod.spec;
      if (nodeName && lost.has(nodeName)) this.#remove(pod, 'PodGC: node no longer exists');
      else if (surplus.has(pod) || this.#waitsInVain(pod)) this.#remove(pod, undefined);
    }
  }

  /**
   * Whether a Pod is to go and no kubelet will see to it.
   * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown
   */
  #waitsInVain({ metadata, spec }: Pod): boolean {
    if (metadata.deletionTimestamp === undefined) return false;
    if (!spec.nodeName) return true;
    const node = this.#nodes.lister.get(spec.nodeName);
    return node !== undefined && !isReady(node) && isOutOfService(node);
  }

  /** The nodes that Pods name and that have been missing for the time of quarantine. */
  #lostNodes(all: readonly Pod[]): Set<string> {
    const named = new Set(all.map(({ spec }) => spec.nodeName ?? ''));
    const missing = [...named].filter((name) => name !== '' && this.#nodes.lister.get(name) === undefined);
    for (const name of this.#missingSinceMs.keys()) if (!missing.includes(name)) this.#missingSinceMs.delete(name);
    const lost = new Set<string>();
    for (const name of missing) {
      const sinceMs = this.#missingSinceMs.get(name) ?? this.#sim.nowMs;
      this.#missingSinceMs.set(name, sinceMs);
      if (this.#sim.nowMs - sinceMs >= QUARANTINE_MS && this.#isGone(name)) lost.add(name);
    }
    return lost;
  }

  #isGone(nodeName: string): boolean {
    try {
      this.#nodeClient.get(nodeName);
      return false;
    } catch (error) {
      if (error instanceof ConnectionError) return false;
      if (error instanceof StatusError) return error.code === 404;
      throw error;
    }
  }

  /** @param disruption why a Pod that did not end by itself goes, where that is no doing of its own. */
  #remove(pod: Pod, disruption: string | undefined): void {
    const { name, namespace, uid } = pod.metadata;
    this.#sim.trace.during({ component: 'pod-garbage-collector-controller', key: `${namespace}/${name}` }, () => {
      try {
        if (!hasEnded(pod)) {
          const status = { phase: 'Failed', ...this.#disrupted(disruption) };
          this.#podClient.patch(name, namespace, 'strategic-merge', { status }, { subresource: 'status' });
        }
        this.#podClient.delete(name, namespace, { gracePeriodSeconds: 0, preconditions: { uid } });
      } catch (error) {
        // Tried again at the next turn.
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      }
    });
  }

  #disrupted(message: string | undefined) {
    if (message === undefined) return {};
    const lastTransitionTime = timestamp(this.#sim.wallMs);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message,
      lastTransitionTime,
    };
    return { conditions: [condition] };
  }
}

/** Who has ended and may go first: those evicted by a kubelet, since no controller counts them, and then the oldest. */
export function byExpendability(a: Pod, b: Pod): number {
  if (isEvicted(a) !== isEvicted(b)) return isEvicted(a) ? -1 : 1;
  const [aTime, bTime] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (aTime !== bTime) return aTime < bTime ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function isEvicted({ status }: Pod): boolean {
  return status?.phase === 'Failed' && status.reason === 'Evicted';
}
