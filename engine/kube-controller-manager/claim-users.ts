import type { Pod } from '../api/kinds.ts';
import type { Informer } from '../client/informer.ts';

/** The index of Pods by the claims that they use, as `namespace/name`. */
export const CLAIM_INDEX = 'claims';

export function indexByClaim(pods: Informer<Pod>): void {
  pods.addIndex(CLAIM_INDEX, claimKeys);
}

/** The claims that a Pod uses: those it names, and those made for its generic ephemeral volumes. */
export function claimKeys({ metadata, spec }: Pod): readonly string[] {
  const keys: string[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of spec.volumes ?? []) {
    if (persistentVolumeClaim !== undefined) keys.push(`${metadata.namespace}/${persistentVolumeClaim.claimName}`);
    else if (ephemeral !== undefined) keys.push(`${metadata.namespace}/${metadata.name}-${name}`);
  }
  return keys;
}
