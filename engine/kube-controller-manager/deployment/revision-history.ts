import type { ReplicaSet } from '../../api/kinds.ts';
import { revisionOf } from './annotations.ts';
import { replicasOf } from './revisions.ts';

/**
 * The old ReplicaSets beyond `revisionHistoryLimit`, oldest revisions first. Those that still have Pods, or of which the
 * size asked for has not been seen to yet, are left for later.
 */
export function surplusRevisions(old: readonly ReplicaSet[], limit: number | undefined): ReplicaSet[] {
  if (limit === undefined) return [];
  const candidates = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return candidates
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, candidates.length - limit))
    .filter(
      (replicaSet) =>
        replicasOf(replicaSet) === 0 &&
        (replicaSet.status?.replicas ?? 0) === 0 &&
        (replicaSet.metadata.generation ?? 0) <= (replicaSet.status?.observedGeneration ?? 0),
    );
}
