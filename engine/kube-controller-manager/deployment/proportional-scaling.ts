import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import { desiredReplicasOf, maxReplicasOf } from './annotations.ts';
import { allOf, desiredReplicas, type Revisions, replicasOf, rollingLimits, sumReplicas } from './revisions.ts';
import type { Scaling } from './rolling-update.ts';

/** Whether `spec.replicas` has changed since the ReplicaSets were last scaled. */
export function isScaled(deployment: Deployment, revisions: Revisions): boolean {
  return allOf(revisions).some((replicaSet) => {
    const noted = desiredReplicasOf(replicaSet);
    return replicasOf(replicaSet) > 0 && noted !== undefined && noted !== desiredReplicas(deployment);
  });
}

/**
 * What scaling a Deployment does to its ReplicaSets. With one of them in use that is simple. In the middle of a rolling
 * update all are scaled in proportion to their size, so that a bad revision does not get all the new Pods.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling, after
 * `pkg/controller/deployment/sync.go` (scale).
 */
export function scalings(deployment: Deployment, revisions: Revisions): Scaling[] {
  const desired = desiredReplicas(deployment);
  const only = activeOrLatest(revisions);
  if (only !== undefined) return replicasOf(only) === desired ? [] : [{ replicaSet: only, replicas: desired }];

  const { newest, old } = revisions;
  if (newest !== undefined && isSaturated(deployment, newest)) {
    return old.filter(isInUse).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  }
  return deployment.spec.strategy?.type === 'Recreate'
    ? []
    : inProportion(deployment, allOf(revisions).filter(isInUse));
}

function isInUse(replicaSet: ReplicaSet): boolean {
  return replicasOf(replicaSet) > 0;
}

/** The one ReplicaSet in use; the newest when none is; undefined when several are. */
function activeOrLatest(revisions: Revisions): ReplicaSet | undefined {
  const all = allOf(revisions);
  const inUse = all.filter(isInUse);
  if (inUse.length === 1) return inUse[0];
  return inUse.length === 0 ? (revisions.newest ?? latest(all)) : undefined;
}

function latest(replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return replicaSets.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0];
}

function isSaturated(deployment: Deployment, newest: ReplicaSet): boolean {
  const desired = desiredReplicas(deployment);
  return (
    replicasOf(newest) === desired &&
    desiredReplicasOf(newest) === desired &&
    (newest.status?.availableReplicas ?? 0) === desired
  );
}

function inProportion(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Scaling[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + rollingLimits(deployment).maxSurge : 0;
  const toAdd = allowed - sumReplicas(replicaSets);
  // The largest first; of equal ones the newer when growing, the older when shrinking.
  const sorted = replicaSets.toSorted((a, b) => {
    if (replicasOf(a) !== replicasOf(b)) return replicasOf(b) - replicasOf(a);
    const older = a.metadata.creationTimestamp < b.metadata.creationTimestamp;
    return older === toAdd < 0 ? -1 : 1;
  });
  let added = 0;
  const sizes = sorted.map((replicaSet) => {
    const share = proportion(deployment, replicaSet, toAdd, added);
    added += share;
    return replicasOf(replicaSet) + share;
  });
  // What rounding left over goes to the largest.
  if (sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return sorted.map((replicaSet, i) => ({ replicaSet, replicas: sizes[i]! }));
}

function proportion(deployment: Deployment, replicaSet: ReplicaSet, toAdd: number, added: number): number {
  if (toAdd === 0 || toAdd === added) return 0;
  const size = replicasOf(replicaSet);
  const desired = desiredReplicas(deployment);
  const maxBefore = maxReplicasOf(replicaSet) || (deployment.status?.replicas ?? 0) || size;
  const maxNow = desired + rollingLimits(deployment).maxSurge;
  const share = desired === 0 ? -size : Math.round((size * maxNow) / maxBefore) - size;
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}
