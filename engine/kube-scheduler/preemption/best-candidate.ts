import type { Victims } from './victims.ts';

/**
 * The node where preemption does the least harm: the fewest broken disruption budgets; then the lowest highest priority
 * among the victims; then the lowest sum of priorities; then the fewest victims; then the node whose most important victims
 * have run for the shortest time; then the first.
 * After `framework/preemption/preemption.go` (pickOneNodeForPreemption).
 */
export function bestCandidate(candidates: readonly Victims[]): Victims {
  let best = candidates;
  for (const harm of HARMS) {
    if (best.length === 1) break;
    const measured = best.map(harm);
    const least = measured.reduce((a, b) => Math.min(a, b));
    best = best.filter((_, i) => measured[i] === least);
  }
  return best[0]!;
}

const HARMS: readonly ((victims: Victims) => number)[] = [
  ({ violations }) => violations,
  ({ pods }) => pods[0]?.priority ?? Number.NEGATIVE_INFINITY,
  ({ prioritySum }) => prioritySum,
  ({ pods }) => pods.length,
  ({ earliestStartMs }) => -earliestStartMs,
];
