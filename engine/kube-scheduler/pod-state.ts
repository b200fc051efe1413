import type { Pod } from '../api/kinds.ts';

/** Whether the Pod has a node. */
export function isAssigned({ spec }: Pod): boolean {
  return spec.nodeName !== undefined && spec.nodeName !== '';
}

/** Whether the Pod has come to its end, and gives its room back. */
export function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** The group that a Pod names, as `namespace/name`; undefined for most. */
export function groupKey({ metadata, spec }: Pod): string | undefined {
  const name = spec.schedulingGroup?.podGroupName;
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}
