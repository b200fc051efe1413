import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// Volumes that change while they are used: https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/ and
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims.

const claim = (more = '') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
${more}`;

const POD = `apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

const attributes = (name: string, iops: string) => `apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: ${name}}
driverName: hostpath.csi.k8s.io
parameters: {${iops}}
`;

function start(more = ''): Testbed {
  const bed = new Testbed({ storage: true, workers: [{ name: 'node-1' }] });
  bed.apply(attributes('silver', 'provisioned-iops: "3000", provisioned-throughput: "50"'));
  bed.apply(claim(more));
  bed.apply(POD);
  bed.untilReady('user');
  return bed;
}

const dataOf = (bed: Testbed) => bed.get<PersistentVolumeClaim>('pvc', 'data');
const statusOf = (bed: Testbed) => dataOf(bed).status!;
const volumeOf = (bed: Testbed) => bed.get<PersistentVolume>('pv', dataOf(bed).spec.volumeName!);
const change = (bed: Testbed, spec: object) =>
  bed.kubectlAnyway('patch', 'pvc', 'data', '--type=merge', '-p', JSON.stringify({ spec }));
const ask = (bed: Testbed, storage: string) => change(bed, { resources: { requests: { storage } } });
const eventsSince = (bed: Testbed, earlier: number) => bed.eventsOf('data').slice(earlier);

test('a volume is made with the attributes of a class, and gets those of another while it is used', () => {
  const bed = start('  volumeAttributesClassName: silver\n');
  expect(statusOf(bed).currentVolumeAttributesClassName).toBe('silver');
  expect(volumeOf(bed).spec.volumeAttributesClassName).toBe('silver');
  expect(bed.kubectl('get', 'pvc', 'data')).toMatch(/ standard +silver /);
  const before = bed.eventsOf('data').length;
  bed.apply(attributes('gold', 'provisioned-iops: "4000"'));
  expect(change(bed, { volumeAttributesClassName: 'gold' }).exitCode).toBe(0);
  bed.until('it is gold', () => statusOf(bed).currentVolumeAttributesClassName === 'gold');
  expect(statusOf(bed).modifyVolumeStatus).toBeUndefined();
  expect(statusOf(bed).conditions).toBeUndefined();
  expect(volumeOf(bed).spec.volumeAttributesClassName).toBe('gold');
  expect(eventsSince(bed, before)).toEqual([
    'VolumeModify: external resizer is modifying volume data with vac gold',
    'VolumeModifySuccessful: external resizer modified volume data with vac gold successfully',
  ]);
  expect(change(bed, { volumeAttributesClassName: null }).stderr).toContain(
    'update to nil is forbidden when status.currentVolumeAttributesClassName is not nil',
  );
});

test('a class that is not there is waited for; one that the driver cannot make is refused, and can be left', () => {
  const bed = start();
  const before = bed.eventsOf('data').length;
  change(bed, { volumeAttributesClassName: 'copper' });
  bed.pass(2);
  expect(statusOf(bed).modifyVolumeStatus).toEqual({ status: 'Pending', targetVolumeAttributesClassName: 'copper' });
  expect(eventsSince(bed, before)).toEqual(['VolumeModifyFailed: VAC "copper" does not exist.']);
  bed.apply(attributes('copper', 'colour: red'));
  bed.pass(2);
  const refusal = 'rpc error: code = InvalidArgument desc = invalid parameters: [colour]';
  expect(statusOf(bed)).toMatchObject({
    modifyVolumeStatus: { status: 'Infeasible', targetVolumeAttributesClassName: 'copper' },
    conditions: [
      { type: 'ModifyingVolume', status: 'True' },
      { type: 'ModifyVolumeError', message: `ModifyVolume failed with error: ${refusal}. Waiting for retry.` },
    ],
  });
  expect(bed.eventsOf('data').at(-1)).toBe(`VolumeModifyFailed: ${refusal}`);
  const told = bed.rawEventsOf('data').reduce((sum, { count = 1 }) => sum + count, 0);
  bed.pass(200);
  expect(bed.rawEventsOf('data').reduce((sum, { count = 1 }) => sum + count, 0)).toBe(told);
  change(bed, { volumeAttributesClassName: null });
  bed.pass(2);
  expect(bed.eventsOf('data').at(-1)).toBe('VolumeModifyCancelled: Cancelled modify.');
  change(bed, { volumeAttributesClassName: 'silver' });
  bed.until('it is silver', () => statusOf(bed).currentVolumeAttributesClassName === 'silver');
});

test('a claim that nobody uses grows when somebody does', () => {
  const bed = start();
  bed.kubectl('delete', 'pod', 'user');
  expect(ask(bed, '2Gi').exitCode).toBe(0);
  bed.pass(5);
  expect(statusOf(bed)).toMatchObject({
    capacity: { storage: '1Gi' },
    allocatedResources: { storage: '2Gi' },
    allocatedResourceStatuses: { storage: 'NodeResizePending' },
    conditions: [{ type: 'FileSystemResizePending' }],
  });
  expect(volumeOf(bed).spec.capacity).toEqual({ storage: '2Gi' });
  bed.apply(POD);
  bed.until('it has grown', () => statusOf(bed).capacity?.['storage'] === '2Gi');
  expect(statusOf(bed)).toMatchObject({ allocatedResources: { storage: '2Gi' } });
  expect(statusOf(bed).allocatedResourceStatuses).toBeUndefined();
});

test('what cannot grow so far says so, and grows less when it is asked for less', () => {
  const bed = start();
  ask(bed, '2Ti');
  bed.pass(3);
  const { volumeName } = dataOf(bed).spec;
  const refusal =
    'rpc error: code = OutOfRange desc = Requested capacity 2199023255552 exceeds maximum allowed 1099511627776';
  expect(statusOf(bed)).toMatchObject({
    capacity: { storage: '1Gi' },
    allocatedResources: { storage: '2Ti' },
    allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
    conditions: [
      { type: 'Resizing' },
      { type: 'ControllerResizeError', message: `failed to expand pvc with: ${refusal}` },
    ],
  });
  expect(bed.eventsOf('data').at(-1)).toBe(
    `VolumeResizeFailed: resize volume "${volumeName}" by resizer "hostpath.csi.k8s.io" failed: ${refusal}`,
  );
  expect(ask(bed, '1Gi').stderr).toContain('field can not be less than status.capacity');
  expect(ask(bed, '3Gi').exitCode).toBe(0);
  bed.until('it has grown', () => statusOf(bed).capacity?.['storage'] === '3Gi', 180);
  expect(statusOf(bed).allocatedResourceStatuses).toBeUndefined();
  expect(statusOf(bed).conditions).toBeUndefined();
});
