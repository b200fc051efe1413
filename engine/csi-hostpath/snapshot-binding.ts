import type { PersistentVolumeClaim } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { quantityOf } from '../api/quantity.ts';
import { persistentVolumeClaims } from '../api/resources.ts';
import { timestamp } from '../api/timestamp.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { type LoopSetup, NotYet } from './controller-loop.ts';
import {
  BEING_DELETED,
  snapshotContents,
  snapshots,
  type VolumeSnapshot,
  type VolumeSnapshotContent,
} from './snapshot-kinds.ts';

// What ties a VolumeSnapshot and its VolumeSnapshotContent together: each names the other.

/** What the snapshot-controller has when it begins. */
export interface SnapshotSetup extends LoopSetup {
  readonly recorder: EventRecorder;
  /** Whether drivers run on every node for themselves: contents then say on which. */
  readonly isDistributed: boolean;
}

export const isReady = ({ status }: VolumeSnapshot): boolean => status?.readyToUse === true;

export const boundContent = ({ status }: VolumeSnapshot): string => status?.boundVolumeSnapshotContentName ?? '';

/** The content's name of a snapshot that is taken because somebody asks. */
export const dynamicContentName = ({ metadata }: VolumeSnapshot): string => `snapcontent-${metadata.uid}`;

/** Whether the content was given to this very snapshot. */
export function pointsTo({ spec }: VolumeSnapshotContent, { metadata }: VolumeSnapshot): boolean {
  const { name, namespace, uid } = spec.volumeSnapshotRef;
  return name === metadata.name && namespace === metadata.namespace && uid === metadata.uid;
}

export function contentNamed({ informers }: SnapshotSetup, name: string): VolumeSnapshotContent | undefined {
  return informers.for(snapshotContents).lister.get(name);
}

/** The claim whose volume is to be taken a snapshot of. */
export function sourceClaim({ informers }: SnapshotSetup, { metadata, spec }: VolumeSnapshot) {
  const name = spec.source.persistentVolumeClaimName ?? '';
  return informers.for<PersistentVolumeClaim>(persistentVolumeClaims).lister.get(name, metadata.namespace);
}

/** Notes what went wrong, and tells it once; the snapshot is looked at again. @throws NotYet */
export function fail(
  setup: SnapshotSetup,
  snapshot: VolumeSnapshot,
  reason: string,
  message: string,
  readyToUse = false,
): never {
  reportError(setup, snapshot, reason, message, readyToUse);
  throw new NotYet(message);
}

/** The same where looking again would not help. */
export function reportError(
  { client, recorder, sim }: SnapshotSetup,
  snapshot: VolumeSnapshot,
  reason: string,
  message: string,
  readyToUse = false,
): void {
  if (snapshot.status?.error?.message === message) return;
  const error = { message, time: timestamp(sim.wallMs) };
  const status = { ...snapshot.status, error, readyToUse };
  unlessGone(() => client.resource<VolumeSnapshot>(snapshots).updateStatus({ ...snapshot, status }));
  recorder.event(snapshot, 'Warning', reason, message);
}

/** What the content knows by now. */
export function followContent(
  { client, recorder }: SnapshotSetup,
  snapshot: VolumeSnapshot,
  { metadata, status: known = {} }: VolumeSnapshotContent,
): void {
  const { creationTime, restoreSize, readyToUse = false } = known;
  const resource = client.resource<VolumeSnapshot>(snapshots);
  const current = unlessGone(() => resource.get(snapshot.metadata.name, snapshot.metadata.namespace));
  if (current === undefined) return;
  const { error: _, ...before } = current.status ?? {};
  const status = {
    ...before,
    boundVolumeSnapshotContentName: before.boundVolumeSnapshotContentName ?? metadata.name,
    readyToUse,
    ...(creationTime === undefined ? {} : { creationTime: timestamp(creationTime / 1_000_000) }),
    ...(restoreSize === undefined ? {} : { restoreSize: quantityOf(restoreSize, 'BinarySI') }),
    ...(known.error === undefined ? {} : { error: known.error }),
  };
  if (JSON.stringify(sorted(status)) === JSON.stringify(sorted(current.status ?? {}))) return;
  resource.updateStatus({ ...current, status });
  const told = (reason: string, text: string): void => {
    recorder.event(snapshot, 'Normal', reason, `Snapshot ${objectKey(snapshot)} ${text}`);
  };
  if (before.creationTime === undefined && status.creationTime !== undefined) {
    told('SnapshotCreated', 'was successfully created by the CSI driver.');
  }
  if (before.readyToUse !== true && readyToUse) told('SnapshotReady', 'is ready to use.');
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Lets the driver's sidecar remove the snapshot, once the content is deleted. */
export function markBeingDeleted({ client }: SnapshotSetup, content: VolumeSnapshotContent): void {
  if (content.metadata.annotations?.[BEING_DELETED] !== undefined) return;
  const annotations = { ...content.metadata.annotations, [BEING_DELETED]: 'yes' };
  unlessGone(() =>
    client
      .resource<VolumeSnapshotContent>(snapshotContents)
      .update({ ...content, metadata: { ...content.metadata, annotations } }),
  );
}
