import type { Pod } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { ClusterEvent, Plugin } from './framework.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { type PodInfo, podInfo } from './pod-info.ts';

/** A Pod that waits for a node. */
export interface QueuedPod {
  readonly key: string;
  info: PodInfo;
  /** When it came into its present queue; among Pods of equal priority the first come goes first. */
  queuedMs: number;
  readonly sequence: number;
  /** Cycles that found no node, and cycles that failed otherwise, since it was queued first. */
  unschedulableCount: number;
  errorCount: number;
  /** The plugins to blame for the last failure; empty after an error. */
  rejectors: ReadonlySet<string>;
  backoffUntilMs: number;
}

const INITIAL_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 10_000;
const MAX_UNSCHEDULABLE_MS = 5 * 60_000;
const FLUSH_PERIOD_MS = 30_000;

/**
 * The Pods without a node, in three places:
 * - **active**: to be tried, highest priority first;
 * - **back-off**: tried not long ago (1 s, doubling to 10 s); since 1.33 they are tried early when nothing else waits,
 *   unless it was an error;
 * - **unschedulable**: no node would do, until something happens that a rejecting plugin thinks may help, or for five
 *   minutes at most. Gated Pods are here too.
 * After `pkg/scheduler/backend/queue/scheduling_queue.go`.
 */
export class SchedulingQueue {
  readonly #sim: Simulation;
  readonly #plugins: ReadonlyMap<string, Plugin>;
  readonly #active = new KeyedHeap<QueuedPod>(keyOf, goesFirst);
  readonly #backoff = new KeyedHeap<QueuedPod>(keyOf, endsFirst);
  readonly #errorBackoff = new KeyedHeap<QueuedPod>(keyOf, endsFirst);
  readonly #unschedulable = new Map<string, QueuedPod>();
  #sequence = 0;
  #onReady: () => void = () => {};
  #timer: Timer | undefined;
  #flush: Timer | undefined;

  constructor(sim: Simulation, plugins: readonly Plugin[]) {
    this.#sim = sim;
    this.#plugins = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  }

  /** Pods in each place, as the metric `scheduler_pending_pods` counts them. */
  get pending(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size + this.#errorBackoff.size,
      unschedulable: this.#unschedulable.size,
    };
  }

  get isReady(): boolean {
    return this.#active.size > 0 || this.#backoff.size > 0;
  }

  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  /** A Pod that is new. */
  add(pod: Pod): void {
    const key = objectKey(pod);
    this.delete(key);
    this.#enqueue({
      key,
      info: podInfo(pod),
      queuedMs: this.#sim.nowMs,
      sequence: this.#sequence++,
      unschedulableCount: 0,
      errorCount: 0,
      rejectors: new Set(),
      backoffUntilMs: 0,
    });
  }

  /** A waiting Pod was changed. Returns false when it is not here. */
  update(previous: Pod, pod: Pod): boolean {
    const key = objectKey(pod);
    const waiting = this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key);
    const queued = waiting ?? this.#unschedulable.get(key);
    if (queued === undefined) return false;
    const priority = queued.info.priority;
    queued.info = previous.spec === pod.spec ? { ...queued.info, pod } : podInfo(pod);
    if (waiting !== undefined) {
      // The heap's order depends on the priority, which the API server does not let anyone change.
      queued.info = { ...queued.info, priority };
    } else if (previous.spec !== pod.spec || previous.metadata.labels !== pod.metadata.labels) {
      this.#wake(queued, { kind: 'PodUpdate', previous });
    }
    return true;
  }

  delete(key: string): void {
    this.#active.remove(key);
    this.#backoff.remove(key);
    this.#errorBackoff.remove(key);
    this.#unschedulable.delete(key);
  }

  /** The next Pod to try, which thereby leaves the queue. */
  pop(): QueuedPod | undefined {
    return this.#active.pop() ?? this.#backoff.pop();
  }

  /** No node would do for the Pod, for the reasons of `rejectors`. */
  addUnschedulable(queued: QueuedPod, rejectors: ReadonlySet<string>): void {
    queued.unschedulableCount += 1;
    queued.errorCount = 0;
    queued.rejectors = rejectors;
    this.#setBackoff(queued, queued.unschedulableCount);
    this.#unschedulable.set(queued.key, queued);
    this.#arrangeFlush();
  }

  /** Something else went wrong (no node registered, a failed binding): try again after a while. */
  addFailed(queued: QueuedPod): void {
    queued.errorCount += 1;
    queued.rejectors = new Set();
    this.#setBackoff(queued, queued.errorCount);
    this.#errorBackoff.push(queued);
    this.#arrangeBackoff();
  }

  /** Something happened in the cluster: Pods that it may help are tried again. */
  moveOn(event: ClusterEvent): void {
    if (this.#unschedulable.size === 0) return;
    for (const queued of [...this.#unschedulable.values()]) this.#wake(queued, event);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#flush?.cancel();
  }

  #wake(queued: QueuedPod, event: ClusterEvent): void {
    for (const name of queued.rejectors) {
      if (this.#plugins.get(name)?.mayHelp?.(event, queued.info) !== true) continue;
      this.#unschedulable.delete(queued.key);
      this.#enqueue(queued);
      return;
    }
  }

  #enqueue(queued: QueuedPod): void {
    const { pod } = queued.info;
    for (const plugin of this.#plugins.values()) {
      if (plugin.mayEnqueue?.(pod) !== false) continue;
      queued.rejectors = new Set([plugin.name]);
      this.#unschedulable.set(queued.key, queued);
      return;
    }
    queued.queuedMs = this.#sim.nowMs;
    if (queued.backoffUntilMs > this.#sim.nowMs) {
      this.#backoff.push(queued);
      this.#arrangeBackoff();
    } else {
      this.#active.push(queued);
    }
    this.#onReady();
  }

  #setBackoff(queued: QueuedPod, count: number): void {
    queued.queuedMs = this.#sim.nowMs;
    queued.backoffUntilMs = this.#sim.nowMs + Math.min(INITIAL_BACKOFF_MS * 2 ** (count - 1), MAX_BACKOFF_MS);
  }

  #arrangeBackoff(): void {
    const ends = [this.#backoff.peek(), this.#errorBackoff.peek()].map((queued) => queued?.backoffUntilMs);
    const nextMs = Math.min(...ends.filter((end) => end !== undefined));
    this.#timer?.cancel();
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#sim.schedule(nextMs - this.#sim.nowMs, 'scheduling back-off', () => {
      for (const heap of [this.#backoff, this.#errorBackoff]) {
        for (let top = heap.peek(); top !== undefined && top.backoffUntilMs <= this.#sim.nowMs; top = heap.peek()) {
          heap.pop();
          this.#enqueue(top);
        }
      }
      this.#arrangeBackoff();
    });
  }

  #arrangeFlush(): void {
    this.#flush ??= this.#sim.schedule(FLUSH_PERIOD_MS, 'flush unschedulable pods', () => {
      this.#flush = undefined;
      for (const queued of [...this.#unschedulable.values()]) {
        if (this.#sim.nowMs - queued.queuedMs <= MAX_UNSCHEDULABLE_MS) continue;
        this.#unschedulable.delete(queued.key);
        this.#enqueue(queued);
      }
      if (this.#unschedulable.size > 0) this.#arrangeFlush();
    });
  }
}

function keyOf(queued: QueuedPod): string {
  return queued.key;
}

function goesFirst(a: QueuedPod, b: QueuedPod): boolean {
  if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
  return a.queuedMs < b.queuedMs || (a.queuedMs === b.queuedMs && a.sequence < b.sequence);
}

function endsFirst(a: QueuedPod, b: QueuedPod): boolean {
  if (a.backoffUntilMs !== b.backoffUntilMs) return a.backoffUntilMs < b.backoffUntilMs;
  return goesFirst(a, b);
}
