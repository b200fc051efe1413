import { expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../api/kinds.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';
import type { VolumeSnapshot, VolumeSnapshotContent } from '../snapshot-kinds.ts';

// Snapshots and clones of volumes, as https://kubernetes.io/docs/concepts/storage/volume-snapshots/ and
// https://kubernetes.io/docs/concepts/storage/volume-pvc-datasource/ have them.

const claim = (name: string, source = '', size = '1Gi') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: ${size}}}
${source === '' ? '' : `  dataSource: ${source}\n`}`;

const ofSnapshot = (name: string) => `{name: ${name}, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}`;

const user = (name: string, claimName: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: ${claimName}}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

const snapshot = (name: string, claimName: string, className = '') => `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: ${name}}
spec:
${className === '' ? '' : `  volumeSnapshotClassName: ${className}\n`}  source: {persistentVolumeClaimName: ${claimName}}
`;

const DATA = '/var/lib/csi-hostpath-data';

function start(): Testbed {
  const bed = new Testbed({ storage: true, workers: [{ name: 'node-1' }] });
  bed.apply(claim('data'));
  bed.apply(user('writer', 'data'));
  bed.untilReady('writer');
  bed.kubectl(
    'exec',
    'writer',
    '--',
    'sh',
    '-c',
    'mkdir /data/box && echo kept > /data/box/note && chmod 600 /data/box/note',
  );
  return bed;
}

const snapshotOf = (bed: Testbed, name: string) => bed.get<VolumeSnapshot>('volumesnapshot', name);
const untilSnapshot = (bed: Testbed, name: string) =>
  bed.until(`${name} is ready to use`, () => snapshotOf(bed, name).status?.readyToUse === true);

test('a snapshot keeps what a volume held: written, taken, destroyed, restored, read', () => {
  const bed = start();
  expect(bed.kubectl('get', 'volumesnapshotclass')).toMatch(
    /^NAME +DRIVER +DELETIONPOLICY +AGE\ncsi-hostpath-snapclass +hostpath\.csi\.k8s\.io +Delete +\d+s\n$/,
  );
  bed.apply(snapshot('new-snapshot-demo', 'data'));
  untilSnapshot(bed, 'new-snapshot-demo');
  const { metadata, spec, status } = snapshotOf(bed, 'new-snapshot-demo');
  const contentName = `snapcontent-${metadata.uid}`;
  expect(spec.volumeSnapshotClassName).toBe('csi-hostpath-snapclass');
  expect(status).toMatchObject({ boundVolumeSnapshotContentName: contentName, restoreSize: '1Gi' });
  expect(metadata.finalizers).toEqual([
    'snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection',
    'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection',
  ]);
  expect(bed.eventsOf('new-snapshot-demo')).toEqual([
    'CreatingSnapshot: Waiting for a snapshot default/new-snapshot-demo to be created by the CSI driver.',
    'SnapshotCreated: Snapshot default/new-snapshot-demo was successfully created by the CSI driver.',
    'SnapshotReady: Snapshot default/new-snapshot-demo is ready to use.',
  ]);
  const [heads = '', row = ''] = bed.kubectl('get', 'volumesnapshot').split('\n');
  expect(heads.split(/\s+/)).toEqual(
    'NAME READYTOUSE SOURCEPVC SOURCESNAPSHOTCONTENT RESTORESIZE SNAPSHOTCLASS SNAPSHOTCONTENT CREATIONTIME AGE'.split(
      ' ',
    ),
  );
  expect(row).toMatch(
    new RegExp(`^new-snapshot-demo +true +data +1Gi +csi-hostpath-snapclass +${contentName} +\\d+s +\\d+s$`),
  );
  const content = bed.get<VolumeSnapshotContent>('volumesnapshotcontent', contentName);
  expect(content).toMatchObject({
    metadata: {
      finalizers: ['snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection'],
      labels: { 'snapshot.storage.kubernetes.io/managed-by': 'node-1' },
    },
    spec: { deletionPolicy: 'Delete', driver: 'hostpath.csi.k8s.io', sourceVolumeMode: 'Filesystem' },
    status: { readyToUse: true, restoreSize: 2 ** 30 },
  });
  expect(content.metadata.annotations).toBeUndefined();
  expect(bed.get<PersistentVolumeClaim>('pvc', 'data').metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);

  bed.kubectl('exec', 'writer', '--', 'sh', '-c', 'rm -r /data/box');
  bed.kubectl('delete', 'pod', 'writer');
  bed.kubectl('delete', 'pvc', 'data');
  bed.until('the volume is gone', () => bed.list('pv').length === 0);

  bed.apply(claim('restored', ofSnapshot('new-snapshot-demo'), '2Gi'));
  bed.apply(user('reader', 'restored'));
  bed.untilReady('reader');
  expect(bed.kubectl('exec', 'reader', '--', 'sh', '-c', 'cat /data/box/note; stat -c %a /data/box/note')).toBe(
    'kept\n600\n',
  );
  expect(bed.get<PersistentVolumeClaim>('pvc', 'restored').spec.dataSourceRef).toEqual({
    apiGroup: 'snapshot.storage.k8s.io',
    kind: 'VolumeSnapshot',
    name: 'new-snapshot-demo',
  });

  const files = () => bed.run('node-1', 'ls', DATA).stdout;
  expect(files()).toContain('.snap\n');
  bed.kubectl('delete', 'volumesnapshot', 'new-snapshot-demo');
  expect(bed.list('volumesnapshotcontents')).toEqual([]);
  expect(files()).not.toContain('.snap\n');
});

test('what cannot be taken or restored says why', () => {
  const bed = start();
  bed.apply(snapshot('of-nothing', 'nothing', 'csi-hostpath-snapclass'));
  bed.apply(snapshot('by-nobody', 'data', 'no-such-class'));
  bed.apply(claim('waiting'));
  bed.apply(snapshot('too-early', 'waiting'));
  bed.apply(claim('too-small', ofSnapshot('good'), '512Mi'));
  bed.apply(claim('of-none', ofSnapshot('none')));
  bed.apply(snapshot('good', 'data'));
  untilSnapshot(bed, 'good');
  for (const name of ['too-small', 'of-none']) bed.apply(user(`user-of-${name}`, name));
  bed.pass(10);
  expect(snapshotOf(bed, 'of-nothing').status).toMatchObject({
    readyToUse: false,
    error: {
      message:
        'Failed to create snapshot content with error snapshot controller failed to update of-nothing on API server: cannot get claim from snapshot',
    },
  });
  expect(bed.eventsOf('by-nobody')).toEqual([
    'GetSnapshotClassFailed: Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "no-such-class" not found',
  ]);
  expect(bed.eventsOf('too-early')).toEqual([
    'SnapshotContentCreationFailed: Failed to create snapshot content with error failed to get input parameters to create snapshot too-early: "the PVC waiting is not yet bound to a PV, will not attempt to take a snapshot"',
  ]);
  const failed = (name: string) => bed.eventsOf(name).filter((event) => event.startsWith('ProvisioningFailed'));
  expect(failed('too-small')).toEqual([
    'ProvisioningFailed: failed to provision volume with StorageClass "standard": error getting handle for DataSource Type VolumeSnapshot by Name good: requested volume size 536870912 is less than the size 1073741824 for the source snapshot good',
  ]);
  expect(failed('of-none')).toEqual([
    'ProvisioningFailed: failed to provision volume with StorageClass "standard": error getting handle for DataSource Type VolumeSnapshot by Name none: error getting snapshot none from api server: volumesnapshots.snapshot.storage.k8s.io "none" not found',
  ]);
  bed.apply(user('late', 'waiting'));
  bed.until('it is taken after all', () => snapshotOf(bed, 'too-early').status?.readyToUse === true, 120);
  expect(snapshotOf(bed, 'too-early').status?.error).toBeUndefined();

  const both = bed.applyAnyway(snapshot('both', 'data').replace('{persist', '{volumeSnapshotContentName: x, persist'));
  expect(both.stderr).toContain(
    '"spec.source" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  );
  const changed = bed.kubectlAnyway(
    'patch',
    'volumesnapshot',
    'good',
    '--type=merge',
    '-p',
    '{"spec":{"source":{"persistentVolumeClaimName":"other"}}}',
  );
  expect(changed.stderr).toContain('persistentVolumeClaimName is immutable');
  bed.kubectl(
    'patch',
    'volumesnapshotclass',
    'csi-hostpath-snapclass',
    '--type=merge',
    '-p',
    '{"metadata":{"annotations":{"snapshot.storage.kubernetes.io/is-default-class":"false"}}}',
  );
  bed.apply(snapshot('classless', 'data'));
  bed.pass(3);
  expect(bed.eventsOf('classless')).toEqual([
    'SetDefaultSnapshotClassFailed: Failed to set default snapshot class with error cannot find default snapshot class',
  ]);
  bed.kubectl('delete', 'volumesnapshot', 'of-nothing', 'by-nobody', 'classless');
  expect(bed.list<VolumeSnapshot>('volumesnapshots').map(({ metadata }) => metadata.name)).toEqual([
    'good',
    'too-early',
  ]);
});

test('a snapshot that is retained outlives its object, and can be given another', () => {
  const bed = start();
  bed.apply(`apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: keep}
driver: hostpath.csi.k8s.io
deletionPolicy: Retain
`);
  bed.apply(snapshot('kept', 'data', 'keep'));
  untilSnapshot(bed, 'kept');
  const contentName = snapshotOf(bed, 'kept').status!.boundVolumeSnapshotContentName!;
  const { snapshotHandle } = bed.get<VolumeSnapshotContent>('volumesnapshotcontent', contentName).status!;
  bed.kubectl('delete', 'volumesnapshot', 'kept');
  bed.kubectl('delete', 'volumesnapshotcontent', contentName);
  expect(bed.run('node-1', 'ls', DATA).stdout).toContain(`${snapshotHandle}.snap\n`);

  bed.apply(`apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: test-snapshot}
spec:
  source: {volumeSnapshotContentName: test-content}
`);
  bed.pass(3);
  expect(bed.eventsOf('test-snapshot')).toEqual(['SnapshotContentMissing: VolumeSnapshotContent is missing']);
  bed.apply(`apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotContent
metadata: {name: test-content, labels: {snapshot.storage.kubernetes.io/managed-by: node-1}}
spec:
  deletionPolicy: Delete
  driver: hostpath.csi.k8s.io
  source: {snapshotHandle: ${snapshotHandle}}
  sourceVolumeMode: Filesystem
  volumeSnapshotRef: {name: test-snapshot, namespace: default}
`);
  untilSnapshot(bed, 'test-snapshot');
  bed.apply(claim('restored', ofSnapshot('test-snapshot')));
  bed.apply(user('reader', 'restored'));
  bed.untilReady('reader');
  expect(bed.kubectl('exec', 'reader', '--', 'cat', '/data/box/note')).toBe('kept\n');
  bed.kubectl('delete', 'volumesnapshot', 'test-snapshot');
  expect(bed.run('node-1', 'ls', DATA).stdout).not.toContain('.snap\n');
});

test('a claim is cloned, of the same mode and no smaller, and the copy goes its own way', () => {
  const bed = start();
  const ofClaim = '{kind: PersistentVolumeClaim, name: data}';
  bed.apply(claim('small', ofClaim, '1Mi'));
  bed.apply(user('user-of-small', 'small'));
  bed.apply(claim('copy', ofClaim, '2Gi'));
  bed.apply(user('other', 'copy'));
  bed.untilReady('other');
  bed.kubectl('exec', 'writer', '--', 'sh', '-c', 'echo new > /data/box/note');
  expect(bed.kubectl('exec', 'other', '--', 'cat', '/data/box/note')).toBe('kept\n');
  expect(bed.eventsOf('small').filter((event) => event.startsWith('ProvisioningFailed'))).toEqual([
    'ProvisioningFailed: failed to provision volume with StorageClass "standard": error getting handle for DataSource Type PersistentVolumeClaim by Name data: error, new PVC request must be greater than or equal in size to the specified PVC data source, requested 1048576 but source is 1073741824',
  ]);
  bed.kubectl('delete', 'pod', 'user-of-small', 'writer');
  bed.kubectl('delete', 'pvc', 'small', 'data');
  bed.until('the claim is gone', () => bed.list('pvc').length === 1);
});

test('a disk is taken a snapshot of, and restored as a disk', () => {
  const bed = new Testbed({ storage: true, workers: [{ name: 'node-1' }] });
  const disk = (name: string, claimName: string) =>
    user(name, claimName).replace(
      'volumeMounts: [{name: data, mountPath: /data}]',
      'volumeDevices: [{name: data, devicePath: /dev/disk}]',
    );
  const raw = (text: string) => text.replace('spec:\n', 'spec:\n  volumeMode: Block\n');
  bed.apply(raw(claim('data', '', '8Mi')));
  bed.apply(disk('writer', 'data'));
  bed.untilReady('writer');
  bed.kubectl('exec', 'writer', '--', 'sh', '-c', 'echo kept | dd of=/dev/disk bs=1 seek=4096 conv=notrunc');
  bed.apply(snapshot('raw', 'data'));
  untilSnapshot(bed, 'raw');
  bed.apply(claim('as-files', ofSnapshot('raw'), '8Mi'));
  bed.apply(user('confused', 'as-files'));
  bed.apply(raw(claim('restored', ofSnapshot('raw'), '16Mi')));
  bed.apply(disk('reader', 'restored'));
  bed.untilReady('reader');
  expect(bed.kubectl('exec', 'reader', '--', 'sh', '-c', 'dd if=/dev/disk bs=1 skip=4096 count=5 2>/dev/null')).toBe(
    'kept\n',
  );
  const { boundVolumeSnapshotContentName } = snapshotOf(bed, 'raw').status!;
  expect(bed.eventsOf('as-files').filter((event) => event.startsWith('ProvisioningFailed'))).toEqual([
    `ProvisioningFailed: failed to provision volume with StorageClass "standard": error getting handle for DataSource Type VolumeSnapshot by Name raw: requested volume default/as-files modifies the mode of the source volume but does not have permission to do so. snapshot.storage.kubernetes.io/allow-volume-mode-change annotation is not present on snapshotcontent ${boundVolumeSnapshotContentName}`,
  ]);
});
