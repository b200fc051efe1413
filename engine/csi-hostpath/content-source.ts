import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { persistentVolumeClaims, persistentVolumes } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { claimClass, isBoundTo, requestedStorage } from '../client/volume-binding.ts';
import { NotYet } from './controller-loop.ts';
import type { SidecarSetup } from './sidecar.ts';
import {
  SNAPSHOT_GROUP,
  snapshotContents,
  snapshots,
  type VolumeSnapshot,
  type VolumeSnapshotContent,
} from './snapshot-kinds.ts';
import type { ContentSource } from './volume-content.ts';

/** Keeps a claim as long as it is being cloned. */
const CLONING_FINALIZER = 'provisioner.storage.kubernetes.io/cloning-protection';
const MAY_CHANGE_MODE = 'snapshot.storage.kubernetes.io/allow-volume-mode-change';

type Source = NonNullable<PersistentVolumeClaim['spec']['dataSource']>;

/** Whether a claim's volume is to begin with what another one of the kinds holds that the provisioner knows. */
export function isKnownSource({ apiGroup = '', kind }: Source): boolean {
  return isSnapshot({ apiGroup, kind }) || (apiGroup === '' && kind === 'PersistentVolumeClaim');
}

function isSnapshot({ apiGroup, kind }: Pick<Source, 'apiGroup' | 'kind'>): boolean {
  return apiGroup === SNAPSHOT_GROUP && kind === 'VolumeSnapshot';
}

/**
 * What the claim's volume is to hold from the start, in the driver's words. The messages are those of the external-provisioner.
 *
 * @throws NotYet while that is not there, or does not suit
 */
export function contentSource(
  setup: SidecarSetup,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  source: Source,
): ContentSource {
  const { kind, name } = source;
  const refuse = (why: string): never => {
    throw new NotYet(`error getting handle for DataSource Type ${kind} by Name ${name}: ${why}`);
  };
  return isSnapshot(source)
    ? { snapshot: { snapshot_id: snapshotHandle(setup, claim, storageClass, name, refuse) } }
    : { volume: { volume_id: volumeHandle(setup, claim, storageClass, name, refuse) } };
}

type Refuse = (why: string) => never;

function snapshotHandle(
  { client }: SidecarSetup,
  claim: PersistentVolumeClaim,
  { provisioner }: StorageClass,
  name: string,
  refuse: Refuse,
): string {
  const { namespace } = claim.metadata;
  const snapshot = ask(
    () => client.resource<VolumeSnapshot>(snapshots).get(name, namespace),
    (why) => refuse(`error getting snapshot ${name} from api server: ${why}`),
  );
  if (snapshot.metadata.deletionTimestamp !== undefined) refuse(`snapshot ${name} is currently being deleted`);
  const notBound = (): never => refuse(`snapshot ${name} not bound`);
  const bound = snapshot.status?.boundVolumeSnapshotContentName;
  if (bound === undefined) notBound();
  const content = ask(() => client.resource<VolumeSnapshotContent>(snapshotContents).get(bound!), notBound);
  const { volumeSnapshotRef, driver } = content.spec;
  if (volumeSnapshotRef.uid !== snapshot.metadata.uid || driver !== provisioner) notBound();
  if (snapshot.status?.readyToUse !== true) refuse(`snapshot ${name} is not Ready`);
  const handle = content.status?.snapshotHandle;
  if (handle === undefined) return notBound();
  const wanted = numericValue(requestedStorage(claim));
  const has = numericValue(snapshot.status?.restoreSize ?? '0');
  if (wanted < has)
    refuse(`requested volume size ${wanted} is less than the size ${has} for the source snapshot ${name}`);
  checkMode(claim, content, refuse);
  return handle;
}

/** https://kubernetes.io/docs/concepts/storage/volume-snapshots/#convert-volume-mode */
function checkMode({ metadata, spec }: PersistentVolumeClaim, content: VolumeSnapshotContent, refuse: Refuse): void {
  const { sourceVolumeMode } = content.spec;
  if (sourceVolumeMode === undefined || sourceVolumeMode === (spec.volumeMode ?? 'Filesystem')) return;
  const { name } = content.metadata;
  const allowed = content.metadata.annotations?.[MAY_CHANGE_MODE];
  const text = `requested volume ${metadata.namespace}/${metadata.name} modifies the mode of the source volume but does not have permission to do so.`;
  if (allowed === undefined) refuse(`${text} ${MAY_CHANGE_MODE} annotation is not present on snapshotcontent ${name}`);
  if (allowed !== 'true') refuse(`${text} ${MAY_CHANGE_MODE} is set to ${allowed} on snapshotcontent ${name}`);
}

function volumeHandle(
  { client }: SidecarSetup,
  claim: PersistentVolumeClaim,
  { provisioner }: StorageClass,
  name: string,
  refuse: Refuse,
): string {
  const claims = client.resource<PersistentVolumeClaim>(persistentVolumeClaims);
  const source = ask(
    () => claims.get(name, claim.metadata.namespace),
    (why) => refuse(`error getting PVC ${name} (namespace "${claim.metadata.namespace}") from api server: ${why}`),
  );
  const { metadata, spec, status } = source;
  if (status?.phase === 'Lost' || status?.phase === 'Pending') {
    refuse(`the PVC DataSource ${name} must be in Bound state: ${status.phase}`);
  }
  if (metadata.deletionTimestamp !== undefined) refuse(`the PVC DataSource ${name} is currently being deleted`);
  if (claimClass(source) === '') refuse(`the source PVC (${name}) storageclass cannot be empty`);
  const wanted = numericValue(requestedStorage(claim));
  const has = numericValue(requestedStorage(source));
  if (wanted < has) {
    refuse(
      `error, new PVC request must be greater than or equal in size to the specified PVC data source, requested ${wanted} but source is ${has}`,
    );
  }
  const { volumeName = '', volumeMode = 'Filesystem' } = spec;
  if (volumeName === '') refuse(`volume name is empty in source PVC ${name}`);
  const unfit = (): never => refuse('claim in dataSource not bound or invalid');
  const volume = ask(() => client.resource<PersistentVolume>(persistentVolumes).get(volumeName), unfit);
  if (volume.spec.csi?.driver !== provisioner || !isBoundTo(volume, source)) return unfit();
  if (volumeMode !== (claim.spec.volumeMode ?? 'Filesystem')) {
    refuse(
      `the source PVC and destination PVCs must have the same volume mode for cloning. Source is ${volumeMode}, but new PVC requested ${claim.spec.volumeMode}`,
    );
  }
  return volume.spec.csi.volumeHandle;
}

function ask<T>(get: () => T, failed: (why: string) => never): T {
  try {
    return get();
  } catch (error) {
    if (error instanceof StatusError) return failed(error.message);
    throw error;
  }
}

/** Lets a claim that somebody has deleted go, once nobody clones it any more. @throws NotYet, StatusError */
export function releaseCloned({ client, informers }: SidecarSetup, claim: PersistentVolumeClaim): void {
  const { deletionTimestamp, finalizers = [], namespace, name } = claim.metadata;
  if (deletionTimestamp === undefined || !finalizers.includes(CLONING_FINALIZER)) return;
  const clone = informers
    .for<PersistentVolumeClaim>(persistentVolumeClaims)
    .lister.list(namespace)
    .find(({ spec, status }) => {
      const { kind, name: from } = spec.dataSource ?? {};
      return kind === 'PersistentVolumeClaim' && from === name && status?.phase === 'Pending';
    });
  if (clone !== undefined) throw new NotYet(`PVC '${clone.metadata.name}' is in 'Pending' state, cloning in progress`);
  const rest = finalizers.filter((each) => each !== CLONING_FINALIZER);
  client
    .resource<PersistentVolumeClaim>(persistentVolumeClaims)
    .update({ ...claim, metadata: { ...claim.metadata, finalizers: rest } });
}

/** @throws StatusError */
export function protectCloned({ client }: SidecarSetup, name: string, namespace: string | undefined): void {
  const claims = client.resource<PersistentVolumeClaim>(persistentVolumeClaims);
  const source = claims.get(name, namespace);
  const { finalizers = [], deletionTimestamp } = source.metadata;
  if (finalizers.includes(CLONING_FINALIZER) || deletionTimestamp !== undefined) return;
  claims.update({ ...source, metadata: { ...source.metadata, finalizers: [...finalizers, CLONING_FINALIZER] } });
}
