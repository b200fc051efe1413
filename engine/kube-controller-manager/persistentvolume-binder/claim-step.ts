import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/kinds.ts';
import { compareQuantities } from '../../api/quantity.ts';
import type { Lister } from '../../client/lister.ts';
import {
  BIND_COMPLETED,
  claimClass,
  findVolume,
  hasAccessModes,
  isBoundTo,
  isProvisioned,
  requestedStorage,
  SELECTED_NODE,
  storageCapacity,
  volumeClass,
  waitsForConsumer,
} from '../../client/volume-binding.ts';

/** What a claim is told in an event. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** The next thing to do about a claim. */
export type ClaimStep =
  | { readonly kind: 'bind'; readonly volume: PersistentVolume }
  /** Nothing can be done now; the claim is Pending. */
  | { readonly kind: 'wait'; readonly notice?: Notice }
  /** Someone outside makes volumes of this class: the claim is marked for them. */
  | { readonly kind: 'provision'; readonly provisioner: string; readonly notice: Notice }
  /** The claim names no class, and there is a default one now. */
  | { readonly kind: 'class'; readonly storageClassName: string }
  | { readonly kind: 'lost'; readonly notice: Notice };

interface Known {
  readonly volumes: Lister<PersistentVolume>;
  readonly storageClasses: Lister<StorageClass>;
  /** The names of Pods that use the claim and have no node yet. */
  readonly waitingPods: (claim: PersistentVolumeClaim) => readonly string[];
}

/**
 * Decides about a claim, from what there is.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding, after `pkg/controller/volume/persistentvolume`
 * (syncClaim).
 */
export function claimStep(claim: PersistentVolumeClaim, known: Known): ClaimStep {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return boundClaimStep(claim, known);
  const { volumeName = '' } = claim.spec;
  if (volumeName !== '') return namedVolumeStep(claim, known.volumes.get(volumeName));
  const isDelayed = waitsForConsumer(known.storageClasses.get(claimClass(claim)));
  const isSelected = claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
  const volumes = known.volumes.list().toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  // While a claim waits for its consumer, only a volume that was given to it already (by the scheduler) is taken.
  const candidates = isDelayed ? volumes.filter((each) => isBoundTo(each, claim)) : volumes;
  const volume = findVolume(claim, candidates);
  if (volume !== undefined) return { kind: 'bind', volume };
  if (findVolume(claim, candidates.filter(isNew).map(asAvailable)) !== undefined) return { kind: 'wait' };
  const defaultClass = missingClass(claim, known.storageClasses);
  if (defaultClass !== undefined) return { kind: 'class', storageClassName: defaultClass };
  if (isDelayed && !isSelected) return waitForConsumer(known.waitingPods(claim));
  if (claimClass(claim) !== '') return provisionStep(claim, known);
  return wait('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
}

/** Whether the volume has only just been made: it is told Available in a moment, and then brings the claims that wait. */
function isNew({ status }: PersistentVolume): boolean {
  return status?.phase === 'Pending';
}

function asAvailable(volume: PersistentVolume): PersistentVolume {
  return { ...volume, status: { ...volume.status, phase: 'Available' } };
}

function wait(type: Notice['type'], reason: string, message: string): ClaimStep {
  return { kind: 'wait', notice: { type, reason, message } };
}

function waitForConsumer(pods: readonly string[]): ClaimStep {
  if (pods.length === 0) {
    return wait('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  }
  const whom = pods.length === 1 ? `pod ${pods[0]}` : `pods ${pods.join(',')}`;
  return wait('Normal', 'WaitForPodScheduled', `waiting for ${whom} to be scheduled`);
}

/** The user asked for this very volume. */
function namedVolumeStep(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): ClaimStep {
  if (volume === undefined) return { kind: 'wait' };
  if (volume.spec.claimRef !== undefined) {
    if (isBoundTo(volume, claim)) return { kind: 'bind', volume };
    const message = `volume "${volume.metadata.name}" already bound to a different claim.`;
    return wait('Warning', 'FailedBinding', message);
  }
  const mismatch = mismatchOf(volume, claim);
  if (mismatch === undefined) return { kind: 'bind', volume };
  const message = `Cannot bind to requested volume "${volume.metadata.name}": ${mismatch}`;
  return wait('Warning', 'VolumeMismatch', message);
}

function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return 'volume is being deleted';
  if (compareQuantities(storageCapacity(volume), requestedStorage(claim)) < 0) return 'requested PV is too small';
  if (volumeClass(volume) !== claimClass(claim)) return 'storageClassName does not match';
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode';
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode';
}

function boundClaimStep(claim: PersistentVolumeClaim, { volumes }: Known): ClaimStep {
  const { volumeName = '' } = claim.spec;
  const lost = (reason: string, message: string): ClaimStep => ({
    kind: 'lost',
    notice: { type: 'Warning', reason, message },
  });
  if (volumeName === '') {
    return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  }
  const volume = volumes.get(volumeName);
  if (volume === undefined) {
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  }
  if (volume.spec.claimRef === undefined || volume.spec.claimRef.uid === claim.metadata.uid)
    return { kind: 'bind', volume };
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** The default class for a claim that was made before there was one; the newest if there are several. */
function missingClass({ metadata, spec }: PersistentVolumeClaim, classes: Lister<StorageClass>): string | undefined {
  if (spec.storageClassName !== undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const defaults = classes.list().filter((each) => each.metadata.annotations?.[IS_DEFAULT] === 'true');
  const [newest] = defaults.toSorted(
    (a, b) =>
      Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return newest?.metadata.name;
}

/** No volume is made here: provisioners are programs of their own, in Pods. */
function provisionStep(claim: PersistentVolumeClaim, { storageClasses }: Known): ClaimStep {
  const name = claimClass(claim);
  const storageClass = storageClasses.get(name);
  if (storageClass === undefined) {
    return wait('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
  }
  const { provisioner } = storageClass;
  if (!isProvisioned(storageClass) || provisioner.startsWith('kubernetes.io/')) {
    return wait('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  return { kind: 'provision', provisioner, notice: { type: 'Normal', reason: 'ExternalProvisioning', message } };
}
