import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

const volume = (gid: string) => `apiVersion: v1
kind: PersistentVolume
metadata: {name: task-pv-volume, annotations: {pv.beta.kubernetes.io/gid: "${gid}"}}
spec:
  storageClassName: manual
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /mnt/data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: task-pv-claim}
spec:
  storageClassName: manual
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 3Gi}}
---
apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  securityContext: {supplementalGroups: [4000]}
  volumes: [{name: data, persistentVolumeClaim: {claimName: task-pv-claim}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
`;

// https://kubernetes.io/docs/tasks/configure-pod-container/configure-persistent-volume-storage/#access-control
test.each([
  ['1234', 'groups=0(root),1234,4000'],
  ['some', 'groups=0(root),4000'],
])('whoever uses a volume of the group %s is in %s', (gid, groups) => {
  const bed = new Testbed({ workers: [{ name: 'node-1' }] });
  expect(bed.run('node-1', 'mkdir', '/mnt/data').exitCode).toBe(0);
  bed.apply(volume(gid));
  bed.untilReady('user');
  expect(bed.kubectl('exec', 'user', '--', 'id')).toContain(groups);
});
