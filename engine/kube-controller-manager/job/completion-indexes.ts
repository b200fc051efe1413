import type { Job, Pod } from '../../api/kinds.ts';

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode, after pkg/controller/job/indexed_job_utils.go.

/** Annotation and label of a Pod of an Indexed Job; its containers find it in `JOB_COMPLETION_INDEX`. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** So many are kept apart: more than a Job can work through, and a bound on what a forged status can cost. */
const MAX_INDEXES = 1_000_000;

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed';
}

/** The Pod's index, or undefined when it has none that its Job knows. */
export function completionIndex(pod: Pod, { spec }: Job): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX] ?? '';
  const index = /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

/** Reads `status.completedIndexes`: `0,2-4`. What lies beyond the Job's size (it may have shrunk) is left out. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    if (!/^[0-9]{1,9}(-[0-9]{1,9})?$/.test(part)) continue;
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    const end = Math.min(last, completions - 1, first + MAX_INDEXES);
    for (let index = first; index <= end && indexes.size < MAX_INDEXES; index++) indexes.add(index);
  }
  return indexes;
}

/** Three and more in a row become a range. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end += 1;
    if (end - i >= 2) parts.push(`${sorted[i]}-${sorted[end]}`);
    else for (let k = i; k <= end; k++) parts.push(String(sorted[k]));
    i = end + 1;
  }
  return parts.join(',');
}

/** The first `count` indexes that are not settled and have no Pod at work. */
export function pendingIndexes(
  job: Job,
  isSettled: (index: number) => boolean,
  occupying: readonly Pod[],
  count: number,
): number[] {
  const taken = new Set(occupying.map((pod) => completionIndex(pod, job)));
  const pending: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index++) {
    if (!isSettled(index) && !taken.has(index)) pending.push(index);
  }
  return pending;
}

/** Active Pods that are of no use: without a valid index, or one too many of theirs (the older one stays). */
export function uselessPods(job: Job, active: readonly Pod[], isSettled: (index: number) => boolean): Pod[] {
  const seen = new Set<number>();
  const byAge = active.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  return byAge.filter((pod) => {
    const index = completionIndex(pod, job);
    if (index === undefined || seen.has(index) || isSettled(index)) return true;
    seen.add(index);
    return false;
  });
}
