import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A share that Pods on all nodes write to, served by a Pod. https://github.com/kubernetes/examples/tree/master/_archived/volumes/nfs

const SERVER = `apiVersion: v1
kind: Service
metadata: {name: nfs-server}
spec:
  clusterIP: 10.96.0.100
  ports: [{name: nfs, port: 2049}]
  selector: {role: nfs-server}
---
apiVersion: v1
kind: Pod
metadata: {name: nfs-server, labels: {role: nfs-server}}
spec:
  nodeName: node-2
  terminationGracePeriodSeconds: 0
  volumes: [{name: disk, hostPath: {path: /srv/shared, type: DirectoryOrCreate}}]
  containers:
  - name: server
    image: registry.k8s.io/volume-nfs:0.8
    securityContext: {privileged: true}
    volumeMounts: [{name: disk, mountPath: /exports}]
`;

const CLAIM = `apiVersion: v1
kind: PersistentVolume
metadata: {name: shared}
spec:
  capacity: {storage: 1Mi}
  accessModes: [ReadWriteMany]
  mountOptions: [nfsvers=4.2]
  nfs: {server: 10.96.0.100, path: /}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shared}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ''
  resources: {requests: {storage: 1Mi}}
`;

const user = (name: string, node: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: shared}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

test('a share is seen from all nodes, waits for its server, and outlives everybody who uses it', () => {
  const bed = new Testbed();
  bed.apply(CLAIM);
  bed.apply(user('early', 'node-1'));
  bed.pass(150);
  const { uid } = bed.podView('early')!;
  expect(bed.eventsOf('early')).toContainEqual(
    [
      'FailedMount: MountVolume.SetUp failed for volume "shared" : mount failed: exit status 32',
      'Mounting command: mount',
      `Mounting arguments: -t nfs -o nfsvers=4.2 10.96.0.100:/ /var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~nfs/shared`,
      'Output: mount.nfs: Connection timed out',
      '',
    ].join('\n'),
  );
  expect(bed.eventsOf('early')).toContainEqual(
    'FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
  );
  bed.apply(SERVER);
  bed.apply(user('other', 'node-2'));
  bed.untilReady('early', 130);
  bed.untilReady('other');
  bed.kubectl('exec', 'early', '--', 'sh', '-c', 'echo hello > /data/note');
  expect(bed.kubectl('exec', 'other', '--', 'cat', '/data/note')).toBe('hello\n');
  expect(bed.kubectl('exec', 'other', '--', 'mount', '-t', 'nfs4')).toBe(
    '10.96.0.100:/ on /data type nfs4 (rw,relatime,vers=4.2,soft,proto=tcp)\n',
  );
  expect(bed.run('node-2', 'cat', '/srv/shared/note').stdout).toBe('hello\n');

  bed.killContainer('nfs-server', 'server');
  expect(bed.kubectlAnyway('exec', 'other', '--', 'cat', '/data/note').stderr).toContain('Input/output error');
  bed.untilReady('nfs-server');
  expect(bed.kubectl('exec', 'other', '--', 'cat', '/data/note')).toBe('hello\n');

  bed.kubectl('delete', 'pod', 'early', 'other');
  bed.pass(5);
  expect(bed.run('node-1', 'ls', '/var/lib/kubelet/pods').stdout).not.toContain(uid);
  expect(bed.run('node-2', 'cat', '/srv/shared/note').stdout).toBe('hello\n');
});
