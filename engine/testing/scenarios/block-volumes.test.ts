import { expect, test } from 'vitest';
import type { PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// Volumes with `volumeMode: Block`: a container gets a disk as it is, as a device node.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support

const user = (name: string, claim: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: disk, persistentVolumeClaim: {claimName: ${claim}${more}}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeDevices: [{name: disk, devicePath: /dev/xvda}]}
`;

const claim = (name: string, spec: string) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {volumeMode: Block, accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}, ${spec}}
`;

const WRITE = 'echo kept | dd of=/dev/xvda bs=1 seek=1048576 conv=notrunc 2>/dev/null';
const READ = 'dd if=/dev/xvda bs=1 skip=1048576 count=5 2>/dev/null';

function withDriver(): Testbed {
  const bed = new Testbed({ storage: true });
  bed.until('drivers', () => /hostpath/.test(bed.kubectl('get', 'csinodes', '-o', 'yaml')));
  return bed;
}

function podEvents(bed: Testbed, name: string): readonly string[] {
  return bed.eventsOf(name).filter((text) => /Mount|Map/.test(text));
}

test('a driver makes a disk for a claim; it keeps what was written, and has the size that was asked for', () => {
  const bed = withDriver();
  bed.apply(claim('disk', ''));
  bed.apply(user('first', 'disk'));
  bed.untilReady('first');
  const volume = bed.kubectl('get', 'pvc', 'disk', '-o', 'jsonpath={.spec.volumeName}');
  const { uid } = bed.get<Pod>('pod', 'first').metadata;
  expect(podEvents(bed, 'first')).toEqual([
    `SuccessfulMountVolume: MapVolume.MapPodDevice succeeded for volume "${volume}" globalMapPath "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/${volume}/dev"`,
    `SuccessfulMountVolume: MapVolume.MapPodDevice succeeded for volume "${volume}" volumeMapPath "/var/lib/kubelet/pods/${uid}/volumeDevices/kubernetes.io~csi"`,
  ]);
  expect(bed.kubectl('get', 'pv', volume, '-o', 'jsonpath={.spec.volumeMode}')).toBe('Block');
  const sh = (pod: string, script: string) => bed.kubectlAnyway('exec', pod, '--', 'sh', '-c', script);
  expect(sh('first', 'ls -l /dev/xvda').stdout).toMatch(/^brw-rw---- +1 root +root +7, +0 .* \/dev\/xvda\n$/);
  expect(sh('first', 'blockdev --getsize64 /dev/xvda').stdout).toBe(`${64 * 2 ** 20}\n`);
  expect(sh('first', WRITE).exitCode).toBe(0);
  const full = sh('first', 'dd if=/dev/zero of=/dev/xvda bs=1M seek=60');
  expect(full).toMatchObject({ exitCode: 1 });
  expect(full.stderr).toContain('No space left on device');

  const node = bed.nodeOf('first')!;
  expect(bed.run(node, 'losetup', '-a').stdout).toMatch(/^\/dev\/loop0: \[\d+\]:\d+ \(.*csi-data.*\)\n$/);
  bed.kubectl('delete', 'pod', 'first');
  bed.apply(user('second', 'disk'));
  bed.untilReady('second');
  expect(sh('second', READ).stdout).toBe('kept\n');

  bed.kubectl('delete', 'pod', 'second');
  bed.kubectl('delete', 'pvc', 'disk');
  bed.until('the volume is gone', () => bed.list('pv').length === 0);
  expect(bed.run(node, 'losetup', '-a').stdout).toBe('');
  const devices = '/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices';
  bed.until('all is cleaned up', () => bed.run(node, 'find', devices, '-type', 'f').stdout === '');
});

test('a disk grows under its Pod', () => {
  const bed = withDriver();
  bed.apply(claim('disk', ''));
  bed.apply(user('user', 'disk'));
  bed.untilReady('user');
  const sh = (script: string) => bed.kubectlAnyway('exec', 'user', '--', 'sh', '-c', script);
  bed.kubectl('patch', 'pvc', 'disk', '-p', '{"spec":{"resources":{"requests":{"storage":"128Mi"}}}}');
  const capacity = () => bed.get<PersistentVolumeClaim>('pvc', 'disk').status?.capacity?.['storage'];
  bed.until('grown', () => capacity() === '128Mi', 180);
  expect(sh('blockdev --getsize64 /dev/xvda').stdout).toBe(`${128 * 2 ** 20}\n`);
});

test('a disk outlives the power of its machine', () => {
  const bed = withDriver();
  bed.apply(claim('disk', ''));
  bed.apply(user('user', 'disk'));
  bed.untilReady('user');
  const sh = (script: string) => bed.kubectlAnyway('exec', 'user', '--', 'sh', '-c', script);
  const node = bed.nodeOf('user')!;
  sh(WRITE);
  bed.power(node, 'off');
  bed.pass(2);
  bed.power(node, 'on');
  bed.pass(30);
  bed.untilReady('user', 300);
  expect(sh(READ).stdout).toBe('kept\n');
});

test('a disk of the node, and what is wrong with others', () => {
  const bed = new Testbed();
  bed.run('node-1', 'truncate', '-s', '64M', '/var/disk.img');
  expect(bed.run('node-1', 'losetup', '-f', '--show', '/var/disk.img').stdout).toBe('/dev/loop0\n');
  const volume = (name: string, path: string, mode = 'Block') => `apiVersion: v1
kind: PersistentVolume
metadata: {name: ${name}}
spec:
  capacity: {storage: 64Mi}
  accessModes: [ReadWriteOnce]
  volumeMode: ${mode}
  storageClassName: ""
  local: {path: ${path}}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1]}]}]}}
`;
  bed.apply(volume('loop', '/dev/loop0'));
  bed.apply(volume('directory', '/var/log'));
  bed.apply(volume('files', '/var/log', 'Filesystem'));
  bed.apply(claim('good', 'storageClassName: "", volumeName: loop'));
  bed.apply(claim('bad', 'storageClassName: "", volumeName: directory'));
  bed.apply(claim('files', 'storageClassName: "", volumeName: files').replace('Block', 'Filesystem'));
  bed.apply(user('good', 'good'));
  bed.untilReady('good');
  expect(bed.nodeOf('good')).toBe('node-1');
  bed.kubectl('exec', 'good', '--', 'sh', '-c', WRITE);
  expect(bed.run('node-1', 'sh', '-c', 'dd if=/var/disk.img bs=1 skip=1048576 count=5 2>/dev/null').stdout).toBe(
    'kept\n',
  );

  bed.apply(user('reader', 'good', ', readOnly: true'));
  bed.untilReady('reader');
  expect(bed.kubectl('exec', 'reader', '--', 'sh', '-c', READ)).toBe('kept\n');
  const refused = bed.kubectlAnyway('exec', 'reader', '--', 'sh', '-c', 'echo x > /dev/xvda');
  expect(refused.stderr).toContain("can't create /dev/xvda: Operation not permitted");

  bed.apply(user('bad', 'bad'));
  bed.apply(user('files', 'files'));
  bed.pass(15);
  expect(podEvents(bed, 'bad')[0]).toBe(
    'FailedMapVolume: MapVolume.SetUpDevice failed for volume "directory" : path "/var/log" is not a block device',
  );
  expect(podEvents(bed, 'files')[0]).toContain(
    'volume disk has volumeMode Filesystem, but is specified in volumeDevices',
  );

  const mismatched = claim('mismatch', 'storageClassName: "", volumeName: files');
  bed.apply(mismatched);
  bed.pass(3);
  expect(bed.eventsOf('mismatch')[0]).toContain('already bound to a different claim');
});

test('devices of a Pod that cannot be', () => {
  const bed = new Testbed();
  const pod = (device: string, mounts = '[]') => `apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  volumes: [{name: disk, persistentVolumeClaim: {claimName: disk}}, {name: scratch, emptyDir: {}}]
  containers: [{name: main, image: busybox, volumeMounts: ${mounts}, volumeDevices: [${device}]}]
`;
  const refusal = (device: string, mounts?: string) => bed.applyAnyway(pod(device, mounts)).stderr;
  expect(refusal('{name: scratch, devicePath: /dev/a}')).toContain(
    'spec.containers[0].volumeDevices[0].name: Invalid value: "scratch": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
  );
  expect(refusal('{name: other, devicePath: /dev/a}')).toContain('volumeDevices[0].name: Not found: "other"');
  expect(refusal('{name: disk, devicePath: /dev/../a}')).toContain("can not contain backsteps ('..')");
  expect(refusal('{name: disk, devicePath: /dev/a}', '[{name: disk, mountPath: /a}]')).toContain(
    'volumeDevices[0].name: Invalid value: "disk": must not already exist in volumeMounts',
  );
});
