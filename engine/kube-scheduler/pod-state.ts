import type { Pod } from '../api/kinds.ts';

/** Whether the Pod has a node. */
export function isAssigned({ spec }: Pod): boolean {
  return spec.nodeName !== undefined && spec.nodeName !== '';
}
