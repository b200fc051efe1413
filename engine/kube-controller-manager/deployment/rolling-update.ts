import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import { allOf, byAge, desiredReplicas, type Revisions, replicasOf, rollingLimits, sumReplicas } from './revisions.ts';

/** A decision: this ReplicaSet shall have so many replicas. */
export interface Scaling {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

/**
 * The next step of a rolling update: first the new ReplicaSet grows as far as `maxSurge` allows; when it cannot, the
 * old ones shrink as far as `maxUnavailable` allows. Then the cluster moves, and the question is asked again.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment, after
 * `pkg/controller/deployment/rolling.go`.
 */
export function rollingUpdateStep(deployment: Deployment, revisions: Revisions): Scaling[] {
  const growth = resizeNewest(deployment, revisions);
  return growth.length > 0 ? growth : shrinkOld(deployment, revisions);
}

function resizeNewest(deployment: Deployment, revisions: Revisions): Scaling[] {
  const { newest } = revisions;
  if (newest === undefined) return [];
  const desired = desiredReplicas(deployment);
  const current = replicasOf(newest);
  const replicas = current > desired ? desired : newestReplicas(deployment, allOf(revisions), current);
  return replicas === current ? [] : [{ replicaSet: newest, replicas }];
}

/** How many replicas the new ReplicaSet, now with `current`, may have. */
export function newestReplicas(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const desired = desiredReplicas(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const room = desired + rollingLimits(deployment).maxSurge - sumReplicas(all);
  if (room <= 0) return current;
  return current + Math.min(room, desired - current);
}

function shrinkOld(deployment: Deployment, revisions: Revisions): Scaling[] {
  const old = revisions.old.filter((replicaSet) => replicasOf(replicaSet) > 0);
  if (old.length === 0) return [];
  const all = allOf(revisions);
  const minAvailable = desiredReplicas(deployment) - rollingLimits(deployment).maxUnavailable;
  const { newest } = revisions;
  // What the new ReplicaSet has asked for but not got yet must not be taken from the old ones.
  const awaited = newest === undefined ? 0 : replicasOf(newest) - (newest.status?.availableReplicas ?? 0);
  const removable = sumReplicas(all) - minAvailable - awaited;
  if (removable <= 0) return [];

  const sizes = new Map(byAge(old).map((replicaSet) => [replicaSet, replicasOf(replicaSet)]));
  removeUnavailable(sizes, removable);
  removeAvailable(sizes, all.reduce((sum, replicaSet) => sum + lastingAvailable(replicaSet), 0) - minAvailable);
  return [...sizes]
    .filter(([replicaSet, replicas]) => replicas !== replicasOf(replicaSet))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}

/**
 * The available Pods that are to stay: a ReplicaSet told to shrink may still report those it is about to lose. (The real
 * controller counts them, and can for a moment leave too few.)
 */
function lastingAvailable(replicaSet: ReplicaSet): number {
  return Math.min(replicaSet.status?.availableReplicas ?? 0, replicasOf(replicaSet));
}

/** Pods that are not available serve nobody: they go first, and cost nothing. */
function removeUnavailable(sizes: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const [replicaSet, size] of sizes) {
    const count = Math.min(left, size - (replicaSet.status?.availableReplicas ?? 0));
    if (count <= 0) continue;
    sizes.set(replicaSet, size - count);
    left -= count;
  }
}

function removeAvailable(sizes: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const [replicaSet, size] of sizes) {
    const count = Math.min(left, size);
    if (count <= 0) continue;
    sizes.set(replicaSet, size - count);
    left -= count;
  }
}
