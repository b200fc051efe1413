import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../api/label-selector.ts';
import { compareQuantities } from '../api/quantity.ts';
import { requiredTermsMatch } from './node-selector.ts';

// What the scheduler and the controllers of volumes must agree on, after k8s.io/component-helpers/storage/volume.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding

/** On a claim: the binding to the volume in `spec.volumeName` is complete. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** On a claim or a volume: the other side was chosen by the controller, not by a user, and may be let go again. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** On a claim: the node for which a volume is to be made. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** The older name of a claim's or a volume's class; it wins over the field. */
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
/** The provisioner of classes whose volumes are made by hand. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

type Amounts = Readonly<Record<string, string | number>> | undefined;

/** The name of a claim's class; empty for "no class". */
export function claimClass({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? '';
}

/** The name of a volume's class; empty for "no class". */
export function volumeClass({ metadata, spec }: PersistentVolume): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? '';
}

/** Whether the claim has its volume for good. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return (spec.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Whether volumes of the class are bound only when a Pod that uses the claim is being scheduled. */
export function waitsForConsumer(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** Whether someone makes volumes of the class when they are asked for. */
export function isProvisioned(storageClass: StorageClass): boolean {
  return storageClass.provisioner !== '' && storageClass.provisioner !== NO_PROVISIONER;
}

/** Whether the volume was given to this very claim: by name, and by UID where one is noted. */
export function isBoundTo({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (claimRef === undefined) return false;
  if (claimRef.name !== claim.metadata.name || claimRef.namespace !== claim.metadata.namespace) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === claim.metadata.uid;
}

/** Whether Pods on the node can reach the volume. */
export function isReachableFrom({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required;
  return required === undefined || requiredTermsMatch(required, node);
}

export function requestedStorage({ spec }: PersistentVolumeClaim): string | number {
  return (spec.resources?.requests as Amounts)?.['storage'] ?? '0';
}

export function storageCapacity({ spec }: PersistentVolume): string | number {
  return (spec.capacity as Amounts)?.['storage'] ?? '0';
}

/** Whether the volume has what the claim asks for, whoever has it now. */
function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (compareQuantities(storageCapacity(volume), requestedStorage(claim)) < 0) return false;
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
  const attributes = [volume, claim].map(({ spec }) => spec.volumeAttributesClassName ?? '');
  if (attributes[0] !== attributes[1]) return false;
  return volumeClass(volume) === claimClass(claim) && hasAccessModes(volume, claim);
}

export function hasAccessModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode) === true);
}

export interface MatchOptions {
  /** The volume must be reachable from here. */
  readonly node?: Node;
  /** Names of volumes that are promised to others. */
  readonly taken?: ReadonlySet<string>;
}

/**
 * The volume for a claim: one that was kept for it, else the smallest that suits it and is free.
 *
 * @param volumes looked at in this order; among volumes of the same size the first wins.
 */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, taken }: MatchOptions = {},
): PersistentVolume | undefined {
  const selector = claim.spec.selector as LabelSelectorFields | undefined;
  const labels = selector === undefined ? undefined : labelSelectorOf(selector);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) === true || volume.metadata.deletionTimestamp !== undefined) continue;
    if (!suits(volume, claim)) continue;
    if (node !== undefined && !isReachableFrom(volume, node)) continue;
    if (isBoundTo(volume, claim)) return volume;
    if (volume.spec.claimRef !== undefined || volume.status?.phase !== 'Available') continue;
    if (labels !== undefined && !labels.matches(volume.metadata.labels)) continue;
    if (smallest === undefined || compareQuantities(storageCapacity(volume), storageCapacity(smallest)) < 0) {
      smallest = volume;
    }
  }
  return smallest;
}
