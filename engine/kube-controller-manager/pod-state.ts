import { hasEnded } from '../api/core/pod-phase.ts';
import { isReady, readyCondition } from '../api/core/ready.ts';
import type { Pod } from '../api/kinds.ts';

/** Has not come to its end and is not being deleted. */
export function isActive(pod: Pod): boolean {
  return !hasEnded(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Is being deleted but still runs. */
export function isTerminating(pod: Pod): boolean {
  return !hasEnded(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** When the Pod became ready, in milliseconds since 1970; undefined while it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True' || !condition.lastTransitionTime) return undefined;
  return Date.parse(condition.lastTransitionTime);
}

/** Has been ready for `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, wallMs: number): boolean {
  if (!isReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const sinceMs = readySinceMs(pod);
  return sinceMs !== undefined && sinceMs + minReadySeconds * 1_000 <= wallMs;
}
