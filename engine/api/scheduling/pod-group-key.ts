import type { Pod } from '../kinds.ts';

/** The PodGroup that a Pod names, as `namespace/name`; undefined for most. */
export function podGroupKey({ metadata, spec }: Pod): string | undefined {
  const name = spec.schedulingGroup?.podGroupName;
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}
