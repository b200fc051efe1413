import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import type { Notice } from './claim-step.ts';
import { canRecycle } from './recycler.ts';

/** On volumes that a provisioner made, with its name. */
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** The next thing to do about a volume. */
export type VolumeStep =
  | { readonly kind: 'phase'; readonly phase: 'Available' | 'Bound' | 'Released' }
  /** The binding was begun on the volume's side: the claim has to follow. */
  | { readonly kind: 'claim' }
  /** The claim has got another volume. */
  | { readonly kind: 'unbind' }
  /** The claim is gone, and with it the volume. */
  | { readonly kind: 'delete' }
  /** The claim is gone, and what it wrote should be. */
  | { readonly kind: 'recycle' }
  /** The claim is gone, and what should become of the volume cannot be done. */
  | { readonly kind: 'fail'; readonly notice: Notice };

/**
 * Decides about a volume.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming, after syncVolume.
 *
 * @param claim the one of the name that the volume's `claimRef` has, if there is one.
 */
export function volumeStep(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumeStep {
  const { claimRef } = volume.spec;
  // Kept for a claim that has not come yet, it is free for that one only.
  if (claimRef === undefined || (claimRef.uid ?? '') === '') return { kind: 'phase', phase: 'Available' };
  if (claim === undefined || claim.metadata.uid !== claimRef.uid) return reclaim(volume);
  const { volumeName = '' } = claim.spec;
  if (volumeName === '') return { kind: 'claim' };
  if (volumeName === volume.metadata.name) return { kind: 'phase', phase: 'Bound' };
  return isProvisioned(volume) && volume.spec.persistentVolumeReclaimPolicy === 'Delete'
    ? reclaim(volume)
    : { kind: 'unbind' };
}

function isProvisioned({ metadata }: PersistentVolume): boolean {
  return metadata.annotations?.[PROVISIONED_BY] !== undefined;
}

function reclaim(volume: PersistentVolume): VolumeStep {
  const { persistentVolumeReclaimPolicy: policy, hostPath } = volume.spec;
  const { name } = volume.metadata;
  const { phase } = volume.status ?? {};
  if (phase !== 'Released' && phase !== 'Failed') return { kind: 'phase', phase: 'Released' };
  // What a provisioner made it takes away itself.
  if (policy === 'Retain' || isProvisioned(volume)) return { kind: 'phase', phase: 'Released' };
  if (policy === 'Recycle') {
    if (!canRecycle(volume)) return failed('VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    return phase === 'Released' ? { kind: 'recycle' } : { kind: 'phase', phase: 'Released' };
  }
  if (hostPath === undefined) {
    const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
    return failed('VolumeFailedDelete', message);
  }
  if (!/^\/tmp\/.+/.test(hostPath.path)) {
    return failed(
      'VolumeFailedDelete',
      `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`,
    );
  }
  return { kind: 'delete' };
}

function failed(reason: string, message: string): VolumeStep {
  return { kind: 'fail', notice: { type: 'Warning', reason, message } };
}
