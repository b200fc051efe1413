import type { Alternative } from './device-requests.ts';
import type { Device } from './pools.ts';

type Taint = NonNullable<Device['taints']>[number];
type Toleration = NonNullable<Alternative['tolerations']>[number];

/** Whether the taints of a device let a request have it. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#device-taints-and-tolerations */
export function toleratesTaints({ taints = [] }: Device, { tolerations = [] }: Alternative): boolean {
  return taints.every((taint) => {
    if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') return true;
    return tolerations.some((toleration) => tolerates(toleration, taint));
  });
}

function tolerates({ key = '', operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || value === (taint.value ?? '');
}
