import type { PodInfo } from './pod-info.ts';

/** A Pod that waits for a node. */
export interface QueuedPod {
  readonly key: string;
  info: PodInfo;
  /** When it came, or was tried last: among Pods of equal priority the one for which that is longest ago goes first. */
  queuedMs: number;
  readonly sequence: number;
  /** Cycles that found no node, and cycles that failed otherwise, since it was queued first. */
  unschedulableCount: number;
  errorCount: number;
  /** The plugins to blame for the last failure; empty after an error. */
  rejectors: ReadonlySet<string>;
  backoffUntilMs: number;
}
