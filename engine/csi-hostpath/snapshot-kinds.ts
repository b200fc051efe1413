import type { KubeObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';

// The kinds that the external-snapshotter's project defines. https://kubernetes.io/docs/concepts/storage/volume-snapshots/

export const SNAPSHOT_GROUP = 'snapshot.storage.k8s.io';

/** Keeps a content's object until the snapshot itself is gone. */
export const CONTENT_FINALIZER = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection';
/** On a content: the driver has been asked for the snapshot, and nobody knows yet what came of it. */
export const BEING_CREATED = 'snapshot.storage.kubernetes.io/volumesnapshot-being-created';
/** On a content: its snapshot's object is being deleted. */
export const BEING_DELETED = 'snapshot.storage.kubernetes.io/volumesnapshot-being-deleted';
/** The node that has the snapshot, as a label of its content, where drivers run on every node for themselves. */
export const MANAGED_BY = 'snapshot.storage.kubernetes.io/managed-by';

interface SnapshotError {
  readonly message?: string;
  readonly time?: string;
}

export interface VolumeSnapshotClass extends KubeObject {
  readonly driver: string;
  readonly deletionPolicy: 'Delete' | 'Retain';
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface VolumeSnapshot extends KubeObject {
  readonly spec: {
    readonly source: { readonly persistentVolumeClaimName?: string; readonly volumeSnapshotContentName?: string };
    readonly volumeSnapshotClassName?: string;
  };
  readonly status?: {
    readonly boundVolumeSnapshotContentName?: string;
    readonly creationTime?: string;
    readonly readyToUse?: boolean;
    /** A quantity. */
    readonly restoreSize?: string;
    readonly error?: SnapshotError;
  };
}

export interface VolumeSnapshotContent extends KubeObject {
  readonly spec: {
    readonly deletionPolicy: 'Delete' | 'Retain';
    readonly driver: string;
    readonly source: { readonly volumeHandle?: string; readonly snapshotHandle?: string };
    readonly sourceVolumeMode?: string;
    readonly volumeSnapshotClassName?: string;
    readonly volumeSnapshotRef: { readonly name: string; readonly namespace: string; readonly uid?: string };
  };
  readonly status?: {
    readonly snapshotHandle?: string;
    /** In nanoseconds since 1970. */
    readonly creationTime?: number;
    readonly readyToUse?: boolean;
    /** In bytes. */
    readonly restoreSize?: number;
    readonly error?: SnapshotError;
  };
}

function resource<T extends KubeObject>(plural: string, kind: string, namespaced: boolean): Resource<T> {
  return { group: SNAPSHOT_GROUP, version: 'v1', plural, kind, namespaced };
}

export const snapshotClasses = resource<VolumeSnapshotClass>('volumesnapshotclasses', 'VolumeSnapshotClass', false);
export const snapshots = resource<VolumeSnapshot>('volumesnapshots', 'VolumeSnapshot', true);
export const snapshotContents = resource<VolumeSnapshotContent>(
  'volumesnapshotcontents',
  'VolumeSnapshotContent',
  false,
);
