import { type Diagnosis, notNamedReason } from './diagnosis.ts';
import type { Rejection } from './rejection.ts';

/** What the scheduler says when there is no node at all. */
export const NO_NODES = 'no nodes available to schedule pods';

/**
 * The sentence of the `FailedScheduling` event and of the PodScheduled condition, word for word as 1.36 prints it: every
 * node's reasons counted, then what PostFilter plugins (preemption) could do about it. After `framework/types.go` (FitError).
 */
export function fitErrorMessage(diagnosis: Diagnosis, postFilterMessage = ''): string {
  return postFilterMessage === '' ? whyNot(diagnosis) : `${whyNot(diagnosis)} ${postFilterMessage}`;
}

function whyNot({ nodeCount, nodes, rejections, naming, preFilter }: Diagnosis): string {
  if (preFilter !== undefined) {
    return `0/${nodeCount} nodes are available: ${preFilter.rejection.reasons.join(', ')}.`;
  }
  const reasons = new ReasonCounts();
  reasons.addAll(rejections);
  if (naming.length > 0) reasons.add(notNamedReason(naming), nodeCount - nodes.length);
  return reasons.sentence(nodeCount);
}

/** Reasons with the number of nodes that gave them. */
export class ReasonCounts {
  readonly #counts = new Map<string, number>();

  add(reason: string, times = 1): void {
    if (times > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + times);
  }

  /** Plugins share rejections, so that few differ. */
  addAll(rejections: readonly Rejection[]): void {
    const times = new Map<Rejection, number>();
    for (const rejection of rejections) times.set(rejection, (times.get(rejection) ?? 0) + 1);
    for (const [{ reasons }, count] of times) for (const reason of reasons) this.add(reason, count);
  }

  /** E.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
  sentence(nodeCount: number): string {
    const counted = [...this.#counts].map(([reason, count]) => `${count} ${reason}`).sort();
    const available = `0/${nodeCount} nodes are available:`;
    // An extender need not say why.
    return counted.length === 0 ? available : `${available} ${counted.join(', ')}.`;
  }
}
