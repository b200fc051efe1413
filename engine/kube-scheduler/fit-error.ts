import type { Rejection } from './framework.ts';
import type { PodInfo } from './pod-info.ts';

/** What was found out about the nodes when none would do. */
export interface Diagnosis {
  readonly nodeCount: number;
  readonly rejections: readonly Rejection[];
  /** The nodes that were not looked at, because the Pod names others. */
  readonly notNamed: number;
  /** The plugins that rejected a node: events they wait for bring the Pod back. */
  readonly plugins: ReadonlySet<string>;
}

/** What the scheduler says when there is no node at all. */
export const NO_NODES = 'no nodes available to schedule pods';

/**
 * The sentence of the `FailedScheduling` event and of the PodScheduled condition, word for word as 1.36 prints it:
 * every node's reasons counted, then what preemption could do.
 *
 * "no new claims to deallocate" is what the plugin for resource claims contributes, whether or not there are claims.
 * Preemption itself is not simulated yet: for a Pod that could evict others of lower priority, the real scheduler would
 * look for victims here. Among Pods of equal priority there are none, and this is exactly what it prints.
 * After `framework/types.go` (FitError) and `framework/preemption/preemption.go`.
 */
export function fitErrorMessage(info: PodInfo, { nodeCount, rejections, notNamed }: Diagnosis): string {
  const reasons: string[] = [];
  const prospects: string[] = [];
  for (const rejection of rejections) {
    reasons.push(...rejection.reasons);
    prospects.push(rejection.resolvable ? 'No preemption victims found for incoming pod' : NOT_HELPFUL);
  }
  for (let i = 0; i < notNamed; i++) {
    reasons.push("node(s) didn't satisfy plugin(s) [NodeAffinity]");
    prospects.push(NOT_HELPFUL);
  }
  const preemption =
    info.pod.spec.preemptionPolicy === 'Never'
      ? 'not eligible due to preemptionPolicy=Never.'
      : unavailable(nodeCount, prospects);
  return `${unavailable(nodeCount, reasons)} no new claims to deallocate, preemption: ${preemption}`;
}

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

function unavailable(nodeCount: number, reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const counted = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${counted.join(', ')}.`;
}
