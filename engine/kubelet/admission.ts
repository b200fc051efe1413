import type { Node, Pod } from '../api/kinds.ts';
import { podRequest } from './quantities.ts';

/** Why a Pod that was bound to this node cannot run here. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * The kubelet's own check of what the scheduler decided (or of what no scheduler has seen).
 * After `pkg/kubelet/lifecycle/predicate.go`; simplified: of affinity only the node selector is looked at.
 *
 * @param others the Pods that are on the node already
 * @param allocatable amounts in thousandths of a CPU or whole units
 */
export function admitPod(
  pod: Pod,
  others: readonly Pod[],
  allocatable: (resource: string) => number,
  node: Node | undefined,
): Rejection | undefined {
  if (others.length + 1 > allocatable('pods')) {
    return outOf('pods', 1, others.length, allocatable('pods'));
  }
  for (const resource of ['cpu', 'memory', 'ephemeral-storage']) {
    const requested = podRequest(pod, resource);
    if (requested === 0) continue;
    const used = others.reduce((sum, other) => sum + podRequest(other, resource), 0);
    if (used + requested > allocatable(resource)) return outOf(resource, requested, used, allocatable(resource));
  }
  const labels = node?.metadata.labels;
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (labels !== undefined && selector.some(([key, value]) => labels[key] !== value)) {
    const text = "node(s) didn't match Pod's node affinity/selector";
    return { reason: 'NodeAffinity', message: `Predicate NodeAffinity failed: ${text}` };
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}
