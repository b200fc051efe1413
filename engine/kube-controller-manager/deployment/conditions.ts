import type { Deployment } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;
export type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number];

export function conditionOf(
  status: DeploymentStatus | undefined,
  type: 'Available' | 'Progressing' | 'ReplicaFailure',
): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** The conditions with this one set. One that says the same for the same reason stays as it is, times included. */
export function withCondition(
  conditions: readonly DeploymentCondition[],
  condition: Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>,
  wallMs: number,
): DeploymentCondition[] {
  const current = conditions.find(({ type }) => type === condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return [...conditions];
  const now = timestamp(wallMs);
  const lastTransitionTime = current?.status === condition.status ? current.lastTransitionTime : now;
  return [
    ...conditions.filter((other) => other !== current),
    { ...condition, lastUpdateTime: now, lastTransitionTime },
  ];
}

export function withoutCondition(conditions: readonly DeploymentCondition[], type: string): DeploymentCondition[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** A deadline of 2^31-1 means none: such a Deployment has no Progressing condition. */
export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2_147_483_647;
}
