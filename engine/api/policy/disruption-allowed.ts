import type { PodDisruptionBudget } from '../kinds.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/**
 * The conditions of a budget with `DisruptionAllowed` as its counts have it. The controller and whoever evicts keep it.
 * After k8s.io/component-helpers/apps/poddisruptionbudget.
 *
 * @param now RFC 3339
 */
export function withDisruptionAllowed(
  { conditions = [], disruptionsAllowed }: Pick<Status, 'conditions' | 'disruptionsAllowed'>,
  observedGeneration: number,
  now: string,
): NonNullable<Status['conditions']> {
  const isAllowed = (disruptionsAllowed ?? 0) > 0;
  const reason = isAllowed ? 'SufficientPods' : 'InsufficientPods';
  return withDisruptionCondition(conditions, isAllowed, reason, '', observedGeneration, now);
}

/** The same with any reason and message: for a budget that could not be reckoned. */
export function withDisruptionCondition(
  conditions: NonNullable<Status['conditions']>,
  isAllowed: boolean,
  reason: string,
  message: string,
  observedGeneration: number,
  now: string,
): NonNullable<Status['conditions']> {
  const status = isAllowed ? 'True' : 'False';
  const current = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const lastTransitionTime = current?.status === status ? current.lastTransitionTime : now;
  // As of no generation at all, where the budget has never been reckoned.
  const asOf = observedGeneration === 0 ? {} : { observedGeneration };
  const next = { type: 'DisruptionAllowed', status, ...asOf, lastTransitionTime, reason, message } as const;
  return [...conditions.filter((condition) => condition !== current), next];
}
