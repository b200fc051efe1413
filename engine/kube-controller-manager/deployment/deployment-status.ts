import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import {
  conditionOf,
  type DeploymentCondition,
  type DeploymentStatus,
  hasProgressDeadline,
  withCondition,
  withoutCondition,
} from './conditions.ts';
import { allOf, desiredReplicas, type Revisions, rollingLimits, sumAvailable, sumReplicas } from './revisions.ts';

/**
 * The counts and the Available condition that follow from the ReplicaSets. Counts of zero are left out, as on the wire.
 * After `pkg/controller/deployment/sync.go` (calculateStatus).
 */
export function countedStatus(deployment: Deployment, revisions: Revisions, wallMs: number): DeploymentStatus {
  const all = allOf(revisions);
  const available = sumAvailable(all);
  const isAvailable = available >= desiredReplicas(deployment) - rollingLimits(deployment).maxUnavailable;
  const sum = (count: (status: NonNullable<ReplicaSet['status']>) => number | undefined) =>
    all.reduce((total, { status }) => total + (status === undefined ? 0 : (count(status) ?? 0)), 0);
  const { collisionCount, conditions = [] } = deployment.status ?? {};
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum((status) => status.replicas),
    updatedReplicas: revisions.newest?.status?.replicas ?? 0,
    readyReplicas: sum((status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sumReplicas(all) - available),
  };
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    terminatingReplicas: sum((status) => status.terminatingReplicas),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(
      conditions,
      isAvailable
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
      wallMs,
    ),
  };
}

/**
 * The status of a Deployment that is rolling out: with the Progressing condition (complete, progressing, or stuck for
 * longer than `progressDeadlineSeconds`) and the failure of a ReplicaSet, if any.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status, after
 * `pkg/controller/deployment/progress.go` (syncRolloutStatus).
 */
export function rolloutStatus(deployment: Deployment, revisions: Revisions, wallMs: number): DeploymentStatus {
  const status = countedStatus(deployment, revisions, wallMs);
  const conditions = withReplicaFailure(progress(deployment, status, revisions, wallMs), revisions);
  return { ...status, conditions };
}

function progress(
  deployment: Deployment,
  status: DeploymentStatus,
  { newest }: Revisions,
  wallMs: number,
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = conditionOf(deployment.status, 'Progressing');
  // A finished rollout stays finished: scaling it later is no rollout.
  const finished =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (finished) return conditions;

  const type = 'Progressing';
  const subject =
    newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(conditions, { type, status: 'True', reason: 'NewReplicaSetAvailable', message }, wallMs);
  }
  if (hasProgressed(deployment.status, status)) {
    const message = `${subject} is progressing.`;
    const condition = { type, status: 'True', reason: 'ReplicaSetUpdated', message };
    // Each step counts anew for the deadline, but it is not a transition.
    const updated = withCondition(withoutCondition(conditions, type), condition, wallMs);
    if (current?.status !== 'True') return updated;
    return updated.map((one) => (one.type === type ? { ...one, lastTransitionTime: current.lastTransitionTime } : one));
  }
  if (hasTimedOut(deployment, status, wallMs)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(conditions, { type, status: 'False', reason: 'ProgressDeadlineExceeded', message }, wallMs);
  }
  return conditions;
}

/** Whether all replicas are new and available, and nothing old is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, wallMs: number): boolean {
  const condition = conditionOf(status, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 0) * 1_000;
  return Date.parse(condition.lastUpdateTime ?? '') + deadlineMs < wallMs;
}

/**
 * Milliseconds until the deadline of a rollout that is under way should be checked; undefined when there is nothing to
 * wait for.
 */
export function nextProgressCheckMs(
  deployment: Deployment,
  status: DeploymentStatus,
  wallMs: number,
): number | undefined {
  const condition = conditionOf(status, 'Progressing');
  if (condition === undefined || !hasProgressDeadline(deployment)) return undefined;
  if (isComplete(deployment, status) || condition.reason === 'ProgressDeadlineExceeded') return undefined;
  const endMs = Date.parse(condition.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1_000;
  return Math.max(0, endMs - wallMs) + 1_000;
}

function withReplicaFailure(conditions: DeploymentCondition[], revisions: Revisions): DeploymentCondition[] {
  const others = withoutCondition(conditions, 'ReplicaFailure');
  // The newest ReplicaSet's trouble is what the user wants to hear of.
  for (const replicaSet of [revisions.newest, ...revisions.old]) {
    const failure = replicaSet?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (failure !== undefined) return [...others, { ...failure, lastUpdateTime: failure.lastTransitionTime }];
  }
  return others;
}
