import type { Pod } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { EXTENDERS } from './extenders/extenders.ts';
import type { Plugin } from './framework.ts';
import { KeyedHeap } from './keyed-heap.ts';
import { type PodInfo, podInfo, withPod } from './pod-info.ts';
import type { QueuedPod } from './queued-pod.ts';

/** What the queue asks of the profile that a Pod belongs to. */
export interface QueuePlugins {
  /** In order: the first to object keeps the Pod waiting. */
  readonly preEnqueue: readonly Plugin[];
  readonly byName: ReadonlyMap<string, Plugin>;
}

export interface SchedulingQueueOptions {
  /** QueueSort: the same for all profiles. */
  readonly before: (a: QueuedPod, b: QueuedPod) => boolean;
  /** By `spec.schedulerName`. */
  readonly profiles: ReadonlyMap<string, QueuePlugins>;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
}

const MAX_UNSCHEDULABLE_MS = 5 * 60_000;
const FLUSH_PERIOD_MS = 30_000;
/** Back-offs that end within one second of the clock end together, so that the highest priority goes first. */
const BACKOFF_WINDOW_MS = 1_000;

/**
 * The Pods without a node, in three places:
 * - **active**: to be tried, highest priority first;
 * - **back-off**: tried not long ago (1 s, doubling to 10 s, and up to the end of that second); since 1.33 they are tried
 *   early when nothing else waits, unless it was an error;
 * - **unschedulable**: no node would do, until something happens that a rejecting plugin thinks may help, or for five
 *   minutes at most. Gated Pods are here too.
 *
 * A Pod that was taken out is in flight until `done`: what happens meanwhile is remembered, so that a Pod that comes back
 * as unschedulable does not wait for an event that has already been.
 * After `pkg/scheduler/backend/queue/scheduling_queue.go`.
 */
export class SchedulingQueue {
  readonly #sim: Simulation;
  readonly #options: SchedulingQueueOptions;
  readonly #active: KeyedHeap<QueuedPod>;
  readonly #backoff: KeyedHeap<QueuedPod>;
  readonly #errorBackoff: KeyedHeap<QueuedPod>;
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #inFlight = new Map<string, ClusterEvent[]>();
  #sequence = 0;
  #onReady: () => void = () => {};
  #timer: Timer | undefined;
  #flush: Timer | undefined;

  constructor(sim: Simulation, options: SchedulingQueueOptions) {
    this.#sim = sim;
    this.#options = options;
    const endsFirst = (a: QueuedPod, b: QueuedPod): boolean =>
      a.backoffUntilMs === b.backoffUntilMs ? options.before(a, b) : a.backoffUntilMs < b.backoffUntilMs;
    this.#active = new KeyedHeap(keyOf, options.before);
    this.#backoff = new KeyedHeap(keyOf, endsFirst);
    this.#errorBackoff = new KeyedHeap(keyOf, endsFirst);
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

  /** Whether anyone here would hear of an event. */
  get listens(): boolean {
    return this.#unschedulable.size > 0 || this.#inFlight.size > 0;
  }

  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  /** A Pod that is new. */
  add(pod: Pod): QueuedPod {
    const key = objectKey(pod);
    this.delete(key);
    const queued: QueuedPod = {
      key,
      info: podInfo(pod),
      queuedMs: this.#sim.nowMs,
      sequence: this.#sequence++,
      unschedulableCount: 0,
      errorCount: 0,
      rejectors: new Set(),
      backoffUntilMs: 0,
    };
    this.#enqueue(queued);
    return queued;
  }

  /** A waiting Pod was changed. Undefined when it is not here. */
  update(previous: Pod, pod: Pod): QueuedPod | undefined {
    const key = objectKey(pod);
    const waiting = this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key);
    const queued = waiting ?? this.#unschedulable.get(key);
    if (queued === undefined) return undefined;
    const priority = queued.info.priority;
    const isSame = previous.spec === pod.spec && previous.metadata.labels === pod.metadata.labels;
    queued.info = isSame ? withPod(queued.info, pod) : podInfo(pod);
    if (waiting !== undefined) {
      // The heap's order depends on the priority, which the API server does not let anyone change.
      queued.info = { ...queued.info, priority };
    } else if (!isSame || previous.status?.resourceClaimStatuses !== pod.status?.resourceClaimStatuses) {
      this.#wake(queued, { kind: 'PodUpdate', previous });
    }
    return queued;
  }

  delete(key: string): void {
    this.#active.remove(key);
    this.#backoff.remove(key);
    this.#errorBackoff.remove(key);
    this.#unschedulable.delete(key);
    this.#inFlight.delete(key);
  }

  /** The next Pod to try, which thereby leaves the queue and is in flight. */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (queued !== undefined) this.#inFlight.set(queued.key, []);
    return queued;
  }

  /**
   * Takes a Pod out of turn, wherever it waits, so that it is in flight; undefined when it is not here, or when something keeps
   * it from being tried at all.
   */
  take(key: string): QueuedPod | undefined {
    const waiting = this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key);
    const queued = waiting ?? this.#unschedulable.get(key);
    if (queued === undefined || this.#gateOf(queued) !== undefined) return undefined;
    this.delete(key);
    this.#inFlight.set(key, []);
    return queued;
  }

  /** The Pod in flight has its node, or is none of our business any more. */
  done(key: string): void {
    this.#inFlight.delete(key);
  }

  /** No node would do for the Pod, for the reasons of `rejectors`. */
  addUnschedulable(queued: QueuedPod, rejectors: ReadonlySet<string>): void {
    const missed = this.#inFlight.get(queued.key) ?? [];
    this.#inFlight.delete(queued.key);
    queued.unschedulableCount += 1;
    queued.errorCount = 0;
    queued.rejectors = rejectors;
    this.#setBackoff(queued, queued.unschedulableCount);
    this.#unschedulable.set(queued.key, queued);
    if (missed.some((event) => this.#mayHelp(event, queued))) {
      this.#unschedulable.delete(queued.key);
      this.#enqueue(queued);
    } else this.#arrangeFlush();
  }

  /** Something else went wrong (no node registered, a failed binding): try again after a while. */
  addFailed(queued: QueuedPod): void {
    this.#inFlight.delete(queued.key);
    queued.errorCount += 1;
    queued.rejectors = new Set();
    this.#setBackoff(queued, queued.errorCount);
    this.#errorBackoff.push(queued);
    this.#arrangeBackoff();
  }

  /**
   * Something happened in the cluster: Pods that it may help are tried again.
   *
   * @param except the key of a Pod in flight whose own doing it is.
   */
  moveOn(event: ClusterEvent, except?: string): void {
    for (const [key, events] of this.#inFlight) if (key !== except) events.push(event);
    if (this.#unschedulable.size === 0) return;
    for (const queued of [...this.#unschedulable.values()]) this.#wake(queued, event);
  }

  /** Tries the Pod at once, whatever it waits for. */
  activate(key: string): void {
    const queued = this.#unschedulable.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key);
    if (queued === undefined) return;
    this.delete(key);
    queued.backoffUntilMs = 0;
    this.#enqueue(queued);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#flush?.cancel();
  }

  #profileOf({ pod }: PodInfo): QueuePlugins | undefined {
    return this.#options.profiles.get(pod.spec.schedulerName ?? '');
  }

  #mayHelp(event: ClusterEvent, { info, rejectors }: QueuedPod): boolean {
    // What an extender goes by is not known.
    if (rejectors.has(EXTENDERS)) return true;
    const plugins = this.#profileOf(info)?.byName;
    for (const name of rejectors) if (plugins?.get(name)?.mayHelp?.(event, info) === true) return true;
    return false;
  }

  #wake(queued: QueuedPod, event: ClusterEvent): void {
    if (!this.#mayHelp(event, queued)) return;
    this.#unschedulable.delete(queued.key);
    this.#enqueue(queued);
  }

  #enqueue(queued: QueuedPod): void {
    const gate = this.#gateOf(queued);
    if (gate !== undefined) {
      queued.rejectors = new Set([...queued.rejectors, gate.name]);
      this.#unschedulable.set(queued.key, queued);
      return;
    }
    if (queued.backoffUntilMs > this.#sim.nowMs) {
      this.#backoff.push(queued);
      this.#arrangeBackoff();
    } else {
      this.#active.push(queued);
    }
    this.#onReady();
  }

  /** The first plugin that keeps the Pod from being tried. */
  #gateOf({ info }: QueuedPod): Plugin | undefined {
    return this.#profileOf(info)?.preEnqueue.find((plugin) => plugin.preEnqueue!(info.pod) !== undefined);
  }

  #setBackoff(queued: QueuedPod, count: number): void {
    const { initialBackoffMs, maxBackoffMs } = this.#options;
    const { nowMs, wallMs } = this.#sim;
    const delayMs = Math.min(initialBackoffMs * 2 ** (count - 1), maxBackoffMs);
    queued.queuedMs = nowMs;
    queued.backoffUntilMs = nowMs + delayMs + BACKOFF_WINDOW_MS - ((wallMs + delayMs) % BACKOFF_WINDOW_MS);
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
