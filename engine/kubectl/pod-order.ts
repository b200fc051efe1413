import { isReady, readyCondition } from '../api/core/ready.ts';
import type { Pod } from '../api/kinds.ts';

// Which of an object's Pods kubectl talks to. Reading logs and entering a Pod go by different orders; both begin with
// scheduled, running, ready, and then the one that has been ready longest.
// After kubernetes/kubectl pkg/util/podutils/podutils.go (ByLogging, ActivePods).

/** Best first for logs: of equals the one that restarted most, since that is the one to read about. */
export function byLogging(left: Pod, right: Pod): number {
  return byActivity(left, right, restarts(right) - restarts(left));
}

/** Best first for exec, attach and port-forward: of equals the one that restarted least. */
export function byReadiness(left: Pod, right: Pod): number {
  return byActivity(left, right, restarts(left) - restarts(right));
}

function byActivity(left: Pod, right: Pod, byRestarts: number): number {
  const byRank = rank(left) - rank(right);
  if (byRank !== 0) return byRank;
  const ready = isReady(left) ? compareTimes(readySince(left), readySince(right)) : 0;
  if (ready !== 0) return ready;
  return byRestarts === 0
    ? compareTimes(left.metadata.creationTimestamp, right.metadata.creationTimestamp)
    : byRestarts;
}

/** Running, and what has ended, come first. */
const PHASE_RANKS: ReadonlyMap<string | undefined, number> = new Map([
  ['Unknown', 2],
  ['Pending', 4],
]);

function rank({ spec, status }: Pod): number {
  const phase = PHASE_RANKS.get(status?.phase) ?? 0;
  return ((spec.nodeName ?? '') === '' ? 8 : 0) + phase + (isReady({ status }) ? 0 : 1);
}

function readySince(pod: Pod): string {
  return readyCondition(pod)?.lastTransitionTime ?? '';
}

function restarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

/** RFC 3339 of one form sorts as text; a missing time comes last. */
function compareTimes(left: string, right: string): number {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? 1 : -1;
  return left < right ? -1 : 1;
}
