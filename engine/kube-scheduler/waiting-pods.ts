import type { Simulation, Timer } from '../sim/index.ts';
import type { PodInfo } from './pod-info.ts';
import type { Rejection } from './rejection.ts';

/** Who put an end to the waiting, and how: undefined when every plugin has allowed the Pod. */
export type PermitVerdict = { readonly plugin: string; readonly rejection: Rejection } | undefined;

/** Longest that a plugin may have a Pod wait. */
const MAX_WAIT_MS = 15 * 60_000;

/** A Pod with a reserved place that some Permit plugins have not allowed yet. */
export class WaitingPod {
  readonly info: PodInfo;
  readonly nodeName: string;
  readonly #timers = new Map<string, Timer>();
  readonly #decide: (verdict: PermitVerdict) => void;
  #decided = false;

  constructor(info: PodInfo, nodeName: string, decide: (verdict: PermitVerdict) => void) {
    this.info = info;
    this.nodeName = nodeName;
    this.#decide = decide;
  }

  /** The plugins that have not allowed it yet. */
  get pendingPlugins(): readonly string[] {
    return [...this.#timers.keys()];
  }

  waitFor(sim: Simulation, plugin: string, waitMs: number): void {
    const limitMs = Math.min(waitMs, MAX_WAIT_MS);
    const timer = sim.schedule(limitMs, 'permit time-out', () =>
      this.reject(plugin, `rejected due to timeout after waiting ${duration(limitMs)} at plugin ${plugin}`),
    );
    this.#timers.set(plugin, timer);
  }

  /** One plugin allows the Pod; it goes on when all have. */
  allow(plugin: string): void {
    this.#timers.get(plugin)?.cancel();
    this.#timers.delete(plugin);
    if (this.#timers.size === 0) this.#finish(undefined);
  }

  reject(plugin: string, reason: string): void {
    this.#finish({ plugin, rejection: { reasons: [reason], resolvable: true } });
  }

  /** Nobody is told any more. */
  drop(): void {
    this.#decided = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #finish(verdict: PermitVerdict): void {
    if (this.#decided) return;
    this.drop();
    this.#decide(verdict);
  }
}

/** Whole seconds as Go prints a duration: `15s`, `1m0s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = ms / 1_000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** The Pods at Permit, by UID. */
export class WaitingPods {
  readonly #waiting = new Map<string, WaitingPod>();

  get(uid: string): WaitingPod | undefined {
    return this.#waiting.get(uid);
  }

  get all(): readonly WaitingPod[] {
    return [...this.#waiting.values()];
  }

  add(pod: WaitingPod): void {
    this.#waiting.set(pod.info.pod.metadata.uid, pod);
  }

  delete(uid: string): void {
    this.#waiting.delete(uid);
  }

  stop(): void {
    for (const pod of this.#waiting.values()) pod.drop();
    this.#waiting.clear();
  }
}
