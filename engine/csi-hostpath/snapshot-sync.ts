import { objectKey } from '../api/object.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { isBeingRestored, releaseClaim } from './claim-in-use.ts';
import {
  boundContent,
  contentNamed,
  dynamicContentName,
  fail,
  followContent,
  isReady,
  markBeingDeleted,
  pointsTo,
  reportError,
  type SnapshotSetup,
} from './snapshot-binding.ts';
import { chooseClass } from './snapshot-class.ts';
import { createContent } from './snapshot-creation.ts';
import { snapshotContents, snapshots, type VolumeSnapshot, type VolumeSnapshotContent } from './snapshot-kinds.ts';

/** Keep a snapshot's object as long as volumes are made of it, and until its content has gone. */
const AS_SOURCE = 'snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection';
const BOUND = 'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection';

/** The snapshot-controller's part in a VolumeSnapshot. After `syncSnapshot`. @throws NotYet, StatusError */
export function syncSnapshot(setup: SnapshotSetup, seen: VolumeSnapshot): void {
  const isGoing = seen.metadata.deletionTimestamp !== undefined;
  releaseClaim(setup, seen);
  if (isGoing) {
    remove(setup, seen);
    return;
  }
  const snapshot = chooseClass(setup, seen);
  if (snapshot === undefined) return;
  const content = contentOf(setup, snapshot);
  if (protect(setup, snapshot, content)) return;
  if (isReady(snapshot) && boundContent(snapshot) !== '') checkBinding(setup, snapshot);
  else if (snapshot.spec.source.volumeSnapshotContentName !== undefined) bindExisting(setup, snapshot, content);
  else followContent(setup, snapshot, content ?? createContent(setup, snapshot));
}

/** The content that the snapshot has, or is to have. @throws NotYet when that is another one's */
function contentOf(setup: SnapshotSetup, snapshot: VolumeSnapshot): VolumeSnapshotContent | undefined {
  const { volumeSnapshotContentName: given } = snapshot.spec.source;
  const name = given ?? dynamicContentName(snapshot);
  const content = contentNamed(setup, name);
  if (content === undefined) return undefined;
  const isExisting = content.spec.source.snapshotHandle !== undefined;
  if (given !== undefined && !isExisting) {
    const message = 'VolumeSnapshotContent is dynamically provisioned while expecting a pre-provisioned one';
    fail(setup, snapshot, 'SnapshotContentMismatch', message);
  }
  if (given === undefined && isExisting) {
    const message = `VolumeSnapshotContent ${name} is pre-provisioned while expecting a dynamically provisioned one`;
    fail(setup, snapshot, 'SnapshotContentMismatch', message);
  }
  const { name: refName, namespace, uid = '' } = content.spec.volumeSnapshotRef;
  const isReserved = uid === '' && refName === snapshot.metadata.name && namespace === snapshot.metadata.namespace;
  if (!pointsTo(content, snapshot) && !(given !== undefined && isReserved)) {
    const message = `VolumeSnapshotContent [${name}] is bound to a different snapshot`;
    fail(setup, snapshot, 'SnapshotContentMisbound', message);
  }
  return content;
}

/** Finalizers first. @returns whether some were missing: the change brings the snapshot back here */
function protect({ client }: SnapshotSetup, snapshot: VolumeSnapshot, content?: VolumeSnapshotContent): boolean {
  const { finalizers = [] } = snapshot.metadata;
  const wanted = [AS_SOURCE, ...(content?.spec.deletionPolicy === 'Delete' ? [BOUND] : [])];
  const missing = wanted.filter((each) => !finalizers.includes(each));
  if (missing.length === 0) return false;
  const metadata = { ...snapshot.metadata, finalizers: [...finalizers, ...missing] };
  client.resource<VolumeSnapshot>(snapshots).update({ ...snapshot, metadata });
  return true;
}

function checkBinding(setup: SnapshotSetup, snapshot: VolumeSnapshot): void {
  const content = contentNamed(setup, boundContent(snapshot));
  if (content === undefined) {
    reportError(setup, snapshot, 'SnapshotContentMissing', 'VolumeSnapshotContent is missing', true);
  } else if (!pointsTo(content, snapshot)) {
    const message = 'VolumeSnapshotContent is not bound to the VolumeSnapshot correctly';
    reportError(setup, snapshot, 'SnapshotMisbound', message);
  }
}

/** A snapshot that was there before its objects: the content learns whose it is. */
function bindExisting(setup: SnapshotSetup, snapshot: VolumeSnapshot, content?: VolumeSnapshotContent): void {
  if (content === undefined) fail(setup, snapshot, 'SnapshotContentMissing', 'VolumeSnapshotContent is missing');
  const { volumeSnapshotClassName } = snapshot.spec;
  let bound = content;
  if (!pointsTo(content, snapshot)) {
    const volumeSnapshotRef = { ...content.spec.volumeSnapshotRef, uid: snapshot.metadata.uid };
    const spec = {
      ...content.spec,
      volumeSnapshotRef,
      ...(volumeSnapshotClassName === undefined ? {} : { volumeSnapshotClassName }),
    };
    bound = setup.client.resource<VolumeSnapshotContent>(snapshotContents).update({ ...content, spec });
  }
  followContent(setup, snapshot, bound);
}

function remove(setup: SnapshotSetup, snapshot: VolumeSnapshot): void {
  const { client, recorder } = setup;
  const { finalizers = [] } = snapshot.metadata;
  if (finalizers.length === 0) return;
  const found = contentNamed(setup, boundContent(snapshot) || dynamicContentName(snapshot));
  const content = found !== undefined && pointsTo(found, snapshot) ? found : undefined;
  if (content !== undefined && isBeingRestored(setup, snapshot)) {
    recorder.event(snapshot, 'Warning', 'SnapshotDeletePending', 'Snapshot is being used to restore a PVC');
    return;
  }
  if (content !== undefined) markBeingDeleted(setup, content);
  const takesContent = content?.spec.deletionPolicy === 'Delete';
  if (takesContent && content.metadata.deletionTimestamp === undefined) {
    unlessGone(() => client.resource(snapshotContents).delete(content.metadata.name));
  }
  const done = [AS_SOURCE, ...(takesContent ? [] : [BOUND])];
  const rest = finalizers.filter((each) => !done.includes(each));
  if (rest.length === finalizers.length) return;
  const current = unlessGone(() => client.resource<VolumeSnapshot>(snapshots).get(...keyOf(snapshot)));
  if (current?.metadata.uid !== snapshot.metadata.uid) return;
  const metadata = { ...current.metadata, finalizers: rest };
  unlessGone(() => client.resource<VolumeSnapshot>(snapshots).update({ ...current, metadata }));
}

function keyOf(snapshot: VolumeSnapshot): [name: string, namespace: string] {
  const [namespace = '', name = ''] = objectKey(snapshot).split('/');
  return [name, namespace];
}
