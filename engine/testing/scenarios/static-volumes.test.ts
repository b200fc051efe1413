import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// Volumes that somebody made by hand, and what kubectl says of them.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/

const volume = (name: string, spec: string) => `apiVersion: v1
kind: PersistentVolume
metadata: {name: ${name}}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: "", ${spec}}
`;

const claim = (name: string, spec = '') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}${spec}}
`;

const user = (name: string, claimName: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 0
  nodeName: node-1
  volumes: [{name: data, persistentVolumeClaim: {claimName: ${claimName}}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

const phaseOf = (bed: Testbed, name: string) => bed.get<PersistentVolume>('pv', name).status?.phase;

test('a retained volume is released with its data, and free again when its claimRef is taken away', () => {
  const bed = new Testbed();
  bed.apply(volume('kept', 'hostPath: {path: /var/kept, type: DirectoryOrCreate}'));
  bed.apply(claim('data'));
  bed.apply(user('first', 'data'));
  bed.untilReady('first');
  bed.kubectl('exec', 'first', '--', 'sh', '-c', 'echo kept > /data/note');
  bed.kubectl('delete', 'pod', 'first');
  bed.kubectl('delete', 'pvc', 'data');
  bed.until('released', () => phaseOf(bed, 'kept') === 'Released');
  bed.apply(claim('data'));
  bed.pass(20);
  expect(bed.get<PersistentVolumeClaim>('pvc', 'data').status?.phase).toBe('Pending');
  expect(bed.kubectl('get', 'pv', 'kept', '--no-headers').split(/\s+/).slice(1, 6)).toEqual([
    '1Gi',
    'RWO',
    'Retain',
    'Released',
    'default/data',
  ]);
  bed.kubectl('patch', 'pv', 'kept', '--type=json', '-p', '[{"op": "remove", "path": "/spec/claimRef"}]');
  bed.until('bound anew', () => phaseOf(bed, 'kept') === 'Bound');
  bed.apply(user('second', 'data'));
  bed.untilReady('second');
  expect(bed.kubectl('exec', 'second', '--', 'cat', '/data/note')).toBe('kept\n');
});

test('a recycled volume is emptied by a Pod, and free again', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.run('node-1', 'sh', '-c', 'mkdir -p /var/scrub/deep; echo x > /var/scrub/deep/file');
  bed.apply(volume('scrubbed', 'persistentVolumeReclaimPolicy: Recycle, hostPath: {path: /var/scrub}'));
  bed.apply(volume('local', 'persistentVolumeReclaimPolicy: Recycle, csi: {driver: none, volumeHandle: a}'));
  bed.apply(claim('data', ', volumeName: scrubbed'));
  bed.apply(claim('other', ', volumeName: local'));
  bed.until('bound', () => phaseOf(bed, 'scrubbed') === 'Bound' && phaseOf(bed, 'local') === 'Bound');
  bed.kubectl('delete', 'pvc', 'data', 'other');
  bed.until('free again', () => phaseOf(bed, 'scrubbed') === 'Available');
  expect(bed.eventsOf('scrubbed')).toEqual(['VolumeRecycled: Volume recycled']);
  expect(bed.eventsOf('recycler-for-scrubbed')).toContain('Started: Container started');
  expect(bed.run('node-1', 'ls', '/var/scrub').stdout).toBe('');
  bed.until('no recycler', () => bed.podViews().length === 0);
  expect(phaseOf(bed, 'local')).toBe('Failed');
  expect(bed.eventsOf('local')).toEqual(['VolumeFailedRecycle: No recycler plugin found for the volume!']);
});

test('of two default classes the newest is meant, also for claims that were there before', () => {
  const bed = new Testbed();
  const storageClass = (name: string) => `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ${name}, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: example.com/none
`;
  const plain = (name: string) => claim(name).replace('storageClassName: "", ', '');
  const classOf = (name: string) => bed.get<PersistentVolumeClaim>('pvc', name).spec.storageClassName;
  bed.apply(plain('before'));
  bed.apply(claim('none'));
  bed.pass(2);
  expect(classOf('before')).toBeUndefined();
  bed.apply(storageClass('older'));
  bed.pass(2);
  expect(classOf('before')).toBe('older');
  bed.apply(storageClass('newer'));
  bed.pass(2);
  bed.apply(plain('after'));
  bed.pass(2);
  expect([classOf('before'), classOf('after'), classOf('none')]).toEqual(['older', 'newer', '']);
  expect(bed.kubectl('get', 'storageclass', '--no-headers')).toMatch(/newer \(default\).*\n.*older \(default\)/);
  const changed = bed.applyAnyway(storageClass('newer').replace('example.com/none', 'example.com/other'));
  expect(changed.stderr).toContain('provisioner: Forbidden: updates to provisioner are forbidden.');
});

test('what kubectl describes of volumes, claims and classes', () => {
  const bed = new Testbed();
  const affinity =
    'nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1]}]}]}}';
  bed.apply(volume('local', `local: {path: /mnt/disk}, ${affinity}`));
  bed.apply(volume('share', 'nfs: {server: nfs.example.com, path: /exports}, claimRef: {name: x, namespace: default}'));
  const attributes = 'volumeAttributes: {size: big, colour: red}';
  bed.apply(
    volume(
      'driven',
      `csi: {driver: d.example.com, volumeHandle: h1, fsType: ext4, ${attributes}}, claimRef: {name: x, namespace: default}`,
    ),
  );
  const sourceOf = (name: string) => /Source:\n([\s\S]*)Events:/.exec(bed.kubectl('describe', 'pv', name))?.[1];
  expect(sourceOf('local')).toBe(
    '    Type:  LocalVolume (a persistent volume backed by local storage on a node)\n    Path:  /mnt/disk\n',
  );
  expect(sourceOf('share')).toBe(
    '    Type:      NFS (an NFS mount that lasts the lifetime of a pod)\n    Server:    nfs.example.com\n    Path:      /exports\n    ReadOnly:  false\n',
  );
  expect(sourceOf('driven')?.split('\n')).toEqual([
    '    Type:              CSI (a Container Storage Interface (CSI) volume source)',
    '    Driver:            d.example.com',
    '    FSType:            ext4',
    '    VolumeHandle:      h1',
    '    ReadOnly:          false',
    '    VolumeAttributes:      colour=red',
    '                           size=big',
    '',
  ]);
  bed.apply(claim('data'));
  bed.pass(3);
  const told = bed.kubectl('describe', 'pvc', 'data');
  expect(told).toMatch(/^Status: +Bound$/m);
  expect(told).toMatch(/^Volume: +local$/m);
  expect(told).toMatch(/^Used By: +<none>$/m);
  expect(bed.kubectl('describe', 'pv', 'local')).toMatch(
    /^Node Affinity: +\n {2}Required Terms: +\n {4}Term 0: +kubernetes\.io\/hostname in \[node-1\]$/m,
  );
});
