// The CustomResourceDefinitions of the external-snapshotter's project, v1 only.
// https://github.com/kubernetes-csi/external-snapshotter/tree/master/client/config/crd

export const SNAPSHOT_GROUP = 'snapshot.storage.k8s.io';

type Schema = Readonly<Record<string, unknown>>;
type Rule = readonly [rule: string, message: string];

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const object = (description: string, properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  description,
  properties,
  ...more,
});
const rules = (...all: readonly Rule[]): Schema => ({
  'x-kubernetes-validations': all.map(([rule, message]) => ({ rule, message })),
});
const fixed = (name: string): Schema => rules(['self == oldSelf', `${name} is immutable`]);
const lasting = (...names: readonly string[]): readonly Rule[] =>
  names.map((name) => [`!has(oldSelf.${name}) || has(self.${name})`, `${name} is required once set`]);
const either = (...names: readonly string[]): Schema => ({ oneOf: names.map((name) => ({ required: [name] })) });

const driver = text('driver is the name of the CSI driver that takes the snapshot.');
const deletionPolicy = text(
  'deletionPolicy says what becomes of the content and its snapshot when the VolumeSnapshot is deleted: Delete or Retain.',
  { enum: ['Delete', 'Retain'] },
);
const readyToUse: Schema = { type: 'boolean', description: 'readyToUse says whether a volume can be made of it.' };
const error = object('error is what last went wrong; it is cleared upon success.', {
  message: text('message says what went wrong.'),
  time: text('time is when it went wrong.', { format: 'date-time' }),
});
const int64 = (description: string, more: Schema = {}): Schema => ({
  type: 'integer',
  format: 'int64',
  description,
  ...more,
});

interface Column {
  readonly name: string;
  readonly jsonPath: string;
  readonly type?: string;
  readonly description?: string;
}

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly cluster: boolean;
  readonly pull: number;
  readonly columns: readonly Column[];
  readonly schema: Schema;
  readonly hasStatus: boolean;
}

function crd({ kind, plural, shortNames, cluster, pull, columns, schema, hasStatus }: Definition): object {
  const age: Column = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${SNAPSHOT_GROUP}`,
      annotations: {
        'api-approved.kubernetes.io': `https://github.com/kubernetes-csi/external-snapshotter/pull/${pull}`,
        'controller-gen.kubebuilder.io/version': 'v0.15.0',
      },
    },
    spec: {
      group: SNAPSHOT_GROUP,
      names: { kind, listKind: `${kind}List`, plural, shortNames, singular: kind.toLowerCase() },
      scope: cluster ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          additionalPrinterColumns: [...columns, age].map((column) => ({ type: 'string', ...column })),
          schema: { openAPIV3Schema: schema },
          subresources: hasStatus ? { status: {} } : {},
        },
      ],
    },
  };
}

const OBJECT = {
  apiVersion: text('APIVersion defines the versioned schema of this representation of an object.'),
  kind: text('Kind is a string value representing the REST resource this object represents.'),
  metadata: { type: 'object' },
};

const volumeSnapshotClass = crd({
  kind: 'VolumeSnapshotClass',
  plural: 'volumesnapshotclasses',
  shortNames: ['vsclass', 'vsclasses'],
  cluster: true,
  pull: 814,
  columns: [
    { name: 'Driver', jsonPath: '.driver' },
    {
      name: 'DeletionPolicy',
      jsonPath: '.deletionPolicy',
      description: 'What becomes of the content and its snapshot when the VolumeSnapshot is deleted.',
    },
  ],
  schema: object(
    'VolumeSnapshotClass says how snapshots are taken; a VolumeSnapshot names it.',
    {
      ...OBJECT,
      driver,
      deletionPolicy,
      parameters: {
        type: 'object',
        description: 'parameters are handed to the driver, and mean nothing to Kubernetes.',
        additionalProperties: { type: 'string' },
      },
    },
    { required: ['deletionPolicy', 'driver'] },
  ),
  hasStatus: false,
});

const volumeSnapshot = crd({
  kind: 'VolumeSnapshot',
  plural: 'volumesnapshots',
  shortNames: ['vs'],
  cluster: false,
  pull: 814,
  columns: [
    { name: 'ReadyToUse', jsonPath: '.status.readyToUse', type: 'boolean' },
    { name: 'SourcePVC', jsonPath: '.spec.source.persistentVolumeClaimName' },
    { name: 'SourceSnapshotContent', jsonPath: '.spec.source.volumeSnapshotContentName' },
    { name: 'RestoreSize', jsonPath: '.status.restoreSize' },
    { name: 'SnapshotClass', jsonPath: '.spec.volumeSnapshotClassName' },
    { name: 'SnapshotContent', jsonPath: '.status.boundVolumeSnapshotContentName' },
    { name: 'CreationTime', jsonPath: '.status.creationTime', type: 'date' },
  ],
  schema: object(
    'VolumeSnapshot asks for a snapshot of a claim’s volume, or for one that exists.',
    {
      ...OBJECT,
      spec: object(
        'spec is what is asked for.',
        {
          source: object(
            'source says what the snapshot is taken of, or which one it is.',
            {
              persistentVolumeClaimName: text(
                'persistentVolumeClaimName is the claim, in the same namespace, whose volume a snapshot is taken of.',
                fixed('persistentVolumeClaimName'),
              ),
              volumeSnapshotContentName: text(
                'volumeSnapshotContentName is the content of a snapshot that exists.',
                fixed('volumeSnapshotContentName'),
              ),
            },
            {
              ...either('persistentVolumeClaimName', 'volumeSnapshotContentName'),
              ...rules(...lasting('persistentVolumeClaimName', 'volumeSnapshotContentName')),
            },
          ),
          volumeSnapshotClassName: text(
            'volumeSnapshotClassName is the class; without one the driver’s default class is taken.',
            rules(['size(self) > 0', 'volumeSnapshotClassName must not be the empty string when set']),
          ),
        },
        { required: ['source'] },
      ),
      status: object('status is what there is; it counts once the content points back.', {
        boundVolumeSnapshotContentName: text('boundVolumeSnapshotContentName is the content that the snapshot has.'),
        creationTime: text('creationTime is when the snapshot was taken.', { format: 'date-time' }),
        readyToUse,
        restoreSize: {
          description: 'restoreSize is the least size of a volume that is made of it.',
          anyOf: [{ type: 'integer' }, { type: 'string' }],
          pattern:
            '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
          'x-kubernetes-int-or-string': true,
        },
        error,
      }),
    },
    { required: ['spec'] },
  ),
  hasStatus: true,
});

const reference = object(
  'volumeSnapshotRef is the VolumeSnapshot that the content belongs to; for one that exists, name and namespace are given.',
  Object.fromEntries(
    ['apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid'].map((field) => [
      field,
      { type: 'string' },
    ]),
  ),
  {
    'x-kubernetes-map-type': 'atomic',
    ...rules([
      'has(self.name) && has(self.__namespace__)',
      'both spec.volumeSnapshotRef.name and spec.volumeSnapshotRef.namespace must be set',
    ]),
  },
);

const volumeSnapshotContent = crd({
  kind: 'VolumeSnapshotContent',
  plural: 'volumesnapshotcontents',
  shortNames: ['vsc', 'vscs'],
  cluster: true,
  pull: 955,
  columns: [
    { name: 'ReadyToUse', jsonPath: '.status.readyToUse', type: 'boolean' },
    { name: 'RestoreSize', jsonPath: '.status.restoreSize', type: 'integer' },
    { name: 'DeletionPolicy', jsonPath: '.spec.deletionPolicy' },
    { name: 'Driver', jsonPath: '.spec.driver' },
    { name: 'VolumeSnapshotClass', jsonPath: '.spec.volumeSnapshotClassName' },
    { name: 'VolumeSnapshot', jsonPath: '.spec.volumeSnapshotRef.name' },
    { name: 'VolumeSnapshotNamespace', jsonPath: '.spec.volumeSnapshotRef.namespace' },
  ],
  schema: object(
    'VolumeSnapshotContent is the snapshot as the storage has it.',
    {
      ...OBJECT,
      spec: object(
        'spec is what the snapshot was taken of, and whose it is.',
        {
          deletionPolicy,
          driver,
          source: object(
            'source is the volume, or the snapshot that exists.',
            {
              snapshotHandle: text(
                'snapshotHandle is what the driver calls a snapshot that exists.',
                fixed('snapshotHandle'),
              ),
              volumeHandle: text('volumeHandle is what the driver calls the volume.', fixed('volumeHandle')),
            },
            {
              ...either('snapshotHandle', 'volumeHandle'),
              ...rules(...lasting('volumeHandle', 'snapshotHandle')),
            },
          ),
          sourceVolumeMode: text(
            'sourceVolumeMode is the mode of the volume: Filesystem or Block.',
            fixed('sourceVolumeMode'),
          ),
          volumeSnapshotClassName: text('volumeSnapshotClassName is the class that the snapshot was taken by.'),
          volumeSnapshotRef: reference,
        },
        {
          required: ['deletionPolicy', 'driver', 'source', 'volumeSnapshotRef'],
          ...rules(...lasting('sourceVolumeMode')),
        },
      ),
      status: object('status is what the driver says of the snapshot.', {
        creationTime: int64('creationTime is when the snapshot was taken, in nanoseconds since 1970.'),
        error,
        readyToUse,
        restoreSize: int64('restoreSize is the snapshot’s size in bytes.', { minimum: 0 }),
        snapshotHandle: text('snapshotHandle is what the driver calls the snapshot.'),
        volumeGroupSnapshotHandle: text('volumeGroupSnapshotHandle is what the driver calls the group it belongs to.'),
      }),
    },
    { required: ['spec'] },
  ),
  hasStatus: true,
});

/** By the names of their files. */
export const SNAPSHOT_CRDS: Readonly<Record<string, object>> = {
  volumesnapshotclasses: volumeSnapshotClass,
  volumesnapshotcontents: volumeSnapshotContent,
  volumesnapshots: volumeSnapshot,
};
