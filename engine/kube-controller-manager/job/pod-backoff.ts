import { readyCondition } from '../../api/core/ready.ts';
import type { Pod } from '../../api/kinds.ts';

const FIRST_MS = 10_000;
const MAX_MS = 10 * 60_000;

/** After so many failures in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), MAX_MS);
}

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

interface Memory {
  /** Uids of ended Pods already considered: a status that could not be written brings them again. */
  readonly seen: Set<string>;
  failures: Failures | undefined;
}

/**
 * How long a Job waits before it replaces failed Pods: 10 s, 20 s, 40 s … up to ten minutes, from the last failure on;
 * a success begins anew. https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy, after
 * `pkg/controller/job/backoff_utils.go`. Kept in memory only: a restarted controller begins anew, too.
 */
export class PodBackoff {
  readonly #memory = new Map<string, Memory>();

  note(key: string, succeeded: readonly Pod[], failed: readonly Pod[], wallMs: number): void {
    const memory = this.#memory.get(key) ?? { seen: new Set(), failures: undefined };
    const isNew = ({ metadata }: Pod) => !memory.seen.has(metadata.uid);
    this.#consider(memory, succeeded.filter(isNew), failed.filter(isNew), wallMs);
    for (const { metadata } of [...succeeded, ...failed]) memory.seen.add(metadata.uid);
    if (memory.seen.size > 0) this.#memory.set(key, memory);
  }

  #consider(memory: Memory, succeeded: readonly Pod[], failed: readonly Pod[], wallMs: number): void {
    const lastSuccessMs = Math.max(0, ...succeeded.map((pod) => endedMs(pod, wallMs)));
    const after = failed.map((pod) => endedMs(pod, wallMs)).filter((ms) => ms > lastSuccessMs);
    const before = succeeded.length > 0 ? undefined : memory.failures;
    const count = (before?.count ?? 0) + after.length;
    memory.failures = count === 0 ? undefined : { count, lastMs: Math.max(before?.lastMs ?? 0, ...after) };
  }

  /** Zero when Pods may be made now. */
  remainingMs(key: string, wallMs: number): number {
    const failures = this.#memory.get(key)?.failures;
    if (failures === undefined) return 0;
    return Math.max(0, failures.lastMs + retryDelayMs(failures.count) - wallMs);
  }

  forget(key: string): void {
    this.#memory.delete(key);
  }
}

/** When the last container ended; for a deleted Pod when it was deleted. */
export function endedMs(pod: Pod, wallMs: number): number {
  const { status, metadata } = pod;
  let latest = 0;
  for (const { state } of status?.containerStatuses ?? []) {
    const finishedAt = state?.terminated?.finishedAt;
    if (finishedAt) latest = Math.max(latest, Date.parse(finishedAt));
  }
  if (latest > 0) return latest;
  const ready = readyCondition(pod)?.lastTransitionTime;
  if (ready) return Date.parse(ready);
  return metadata.deletionTimestamp ? Math.min(wallMs, Date.parse(metadata.deletionTimestamp)) : wallMs;
}
