import type { HorizontalPodAutoscaler } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { Note } from './scaling-limits.ts';

type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Condition = NonNullable<Status['conditions']>[number];
export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

/** The conditions with this one set; its time moves when its status does. */
export function withNote(
  conditions: readonly Condition[],
  type: ConditionType,
  { status, reason, message }: Note,
  wallMs: number,
): Condition[] {
  const current = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = current?.status === status ? current.lastTransitionTime : timestamp(wallMs);
  const next: Condition = { type, status, lastTransitionTime, reason, message };
  if (current === undefined) return [...conditions, next];
  return conditions.map((condition) => (condition === current ? next : condition));
}
