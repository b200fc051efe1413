import type { Pod } from '../api/kinds.ts';
import type { Informer } from '../client/informer.ts';

/** The index of Pods by the claims that they use, as `namespace/name`. */
export const CLAIM_INDEX = 'claims';

export function indexByClaim(pods: Informer<Pod>): void {
  pods.addIndex(CLAIM_INDEX, claimKeys);
}

/** The claims that a Pod uses: those it names, and those made for its generic ephemeral volumes. */
export function claimKeys({ metadata, spec }: Pod): readonly string[] {
  let keys: string[] | undefined;
  for (const { name, persistentVolumeClaim, ephemeral } of spec.volumes ?? []) {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);
    if (claim === undefined) continue;
    keys ??= [];
    keys.push(`${metadata.namespace}/${claim}`);
  }
  return keys ?? NONE;
}

const NONE: readonly string[] = [];
