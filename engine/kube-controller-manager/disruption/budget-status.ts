import { isReady } from '../../api/core/ready.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import type { Pod, PodDisruptionBudget } from '../../api/kinds.ts';
import { withDisruptionAllowed } from '../../api/policy/disruption-allowed.ts';
import { timestamp } from '../../api/timestamp.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** An eviction that was allowed and did not take place in this time is forgotten. */
export const DELETION_TIMEOUT_MS = 2 * 60_000;

/** How many Pods there should be, and how many of them must be healthy. */
export interface Demand {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/**
 * What a budget demands.
 *
 * @param scaled the replicas that the Pods' controllers want; asked for only where the budget depends on it.
 */
export function demandOf({ spec = {} as never }: PodDisruptionBudget, count: number, scaled: () => number): Demand {
  const { minAvailable, maxUnavailable } = spec as NonNullable<PodDisruptionBudget['spec']>;
  if (maxUnavailable !== undefined) {
    const expectedPods = scaled();
    return {
      expectedPods,
      desiredHealthy: Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, true)),
    };
  }
  if (typeof minAvailable === 'number') return { expectedPods: count, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  const expectedPods = scaled();
  return { expectedPods, desiredHealthy: scaledValue(minAvailable, expectedPods, true) };
}

/** Evictions that were allowed: those still under way, and those that came to nothing. */
export interface Evictions {
  readonly underWay: Readonly<Record<string, string>>;
  /** Names of Pods that should have been deleted by now. */
  readonly overdue: readonly string[];
}

export function evictionsOf({ status }: PodDisruptionBudget, pods: readonly Pod[], wallMs: number): Evictions {
  const allowed = Object.entries(status?.disruptedPods ?? {});
  if (allowed.length === 0) return { underWay: {}, overdue: [] };
  const living = new Set(pods.filter((pod) => pod.metadata.deletionTimestamp === undefined).map(nameOf));
  const pending = allowed.filter(([name]) => living.has(name));
  const isOverdue = (at: string) => Date.parse(at) + DELETION_TIMEOUT_MS < wallMs;
  return {
    underWay: Object.fromEntries(pending.filter(([, at]) => !isOverdue(at))),
    overdue: pending.filter(([, at]) => isOverdue(at)).map(([name]) => name),
  };
}

/**
 * The status that says how many Pods may be evicted now. A Pod whose eviction is under way counts as gone already.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/, after `pkg/controller/disruption/disruption.go`.
 */
export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { expectedPods, desiredHealthy }: Demand,
  { underWay }: Evictions,
  wallMs: number,
): Status {
  const isHealthy = (pod: Pod) =>
    pod.metadata.deletionTimestamp === undefined && !Object.hasOwn(underWay, nameOf(pod)) && isReady(pod);
  const currentHealthy = pods.filter(isHealthy).length;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const observedGeneration = budget.metadata.generation ?? 0;
  const counts = { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, observedGeneration };
  const before = { conditions: budget.status?.conditions, disruptionsAllowed };
  const conditions = withDisruptionAllowed(before, observedGeneration, timestamp(wallMs));
  return { ...counts, conditions, ...(Object.keys(underWay).length === 0 ? {} : { disruptedPods: underWay }) };
}

function nameOf({ metadata }: Pod): string {
  return metadata.name;
}
