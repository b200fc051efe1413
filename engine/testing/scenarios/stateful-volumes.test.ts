import { expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// StatefulSets and generic ephemeral volumes on volumes that are made for them; and what is asked for and cannot be had.

const bed = new Testbed({ storage: true });

const SET = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
`;

test('a StatefulSet keeps its data, and waits for the node that has them', () => {
  bed.apply(SET);
  bed.untilReady('db-0');
  const node = bed.nodeOf('db-0')!;
  bed.kubectl('exec', 'db-0', '--', 'sh', '-c', 'echo kept > /data/note');
  bed.kubectl('cordon', node);
  bed.kubectl('delete', 'pod', 'db-0');
  bed.pass(5);
  expect(bed.podView('db-0')?.status).toBe('Pending');
  expect(bed.eventsOf('db-0')).toContainEqual(
    expect.stringMatching(
      /^FailedScheduling: 0\/3 nodes are available: .*1 node\(s\) didn't match PersistentVolume's node affinity/,
    ),
  );
  bed.kubectl('uncordon', node);
  bed.untilReady('db-0');
  expect(bed.kubectl('exec', 'db-0', '--', 'cat', '/data/note')).toBe('kept\n');
});

test('a generic ephemeral volume comes and goes with its Pod', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: scratch}
spec:
  terminationGracePeriodSeconds: 0
  volumes:
  - name: tmp
    ephemeral:
      volumeClaimTemplate:
        metadata: {labels: {kind: scratch}}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 100Mi}}}
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: tmp, mountPath: /tmp}]}
`);
  bed.untilReady('scratch');
  const claim = bed.get<PersistentVolumeClaim>('pvc', 'scratch-tmp');
  expect(claim.metadata).toMatchObject({
    labels: { kind: 'scratch' },
    ownerReferences: [{ kind: 'Pod', name: 'scratch' }],
  });
  bed.kubectl('delete', 'pod', 'scratch');
  bed.until('its claim is gone', () => !bed.kubectl('get', 'pvc', '-o', 'name').includes('scratch-tmp'));
  bed.until('its volume is gone', () => bed.list('pv').length === 1);
});

test('a volume of a driver for the Pod alone needs no claim', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: inline}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: tmp, csi: {driver: hostpath.csi.k8s.io}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: tmp, mountPath: /tmp}]}
`);
  bed.untilReady('inline');
  bed.kubectl('exec', 'inline', '--', 'touch', '/tmp/x');
  bed.kubectl('delete', 'pod', 'inline');
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: stranger}
spec:
  volumes: [{name: tmp, csi: {driver: disk.example.com}}]
  containers: [{name: main, image: "busybox:1.37", volumeMounts: [{name: tmp, mountPath: /tmp}]}]
`);
  bed.pass(5);
  expect(bed.eventsOf('stranger')).toContainEqual(
    'FailedMount: MountVolume.SetUp failed for volume "tmp" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name disk.example.com not found in the list of registered CSI drivers',
  );
});

test('what cannot be had is said', () => {
  const claim = (name: string, size: string, more = '') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}${more}}
`;
  bed.apply(claim('huge', '100Ti'));
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: greedy}
spec:
  volumes: [{name: data, persistentVolumeClaim: {claimName: huge}}]
  containers: [{name: main, image: "busybox:1.37", volumeMounts: [{name: data, mountPath: /data}]}]
`);
  bed.pass(5);
  expect(bed.eventsOf('greedy')).toContainEqual(expect.stringContaining('2 node(s) did not have enough free storage'));
  const shrink = bed.kubectlAnyway(
    ...['patch', 'pvc', 'data-db-0', '-p', '{"spec":{"resources":{"requests":{"storage":"1Mi"}}}}'],
  );
  expect(shrink.stderr).toContain('field can not be less than status.capacity');
  bed.kubectl('patch', 'pvc', 'data-db-0', '-p', '{"spec":{"resources":{"requests":{"storage":"100Ti"}}}}');
  bed.pass(5);
  expect(bed.eventsOf('data-db-0')).toEqual(
    expect.arrayContaining([
      'ExternalExpanding: waiting for an external controller to expand this PVC',
      expect.stringMatching(
        /^VolumeResizeFailed: resize volume "pvc-.*" by resizer "hostpath.csi.k8s.io" failed: rpc error: code = OutOfRange desc = /,
      ),
    ]),
  );
  bed.kubectl('delete', 'pvc', 'data-db-0', '--wait=false');
  expect(bed.kubectl('get', 'pvc', 'data-db-0', '--no-headers')).toContain('Terminating');
  const { volumeName = '' } = bed.get<PersistentVolumeClaim>('pvc', 'data-db-0').spec;
  bed.kubectl('delete', 'pv', volumeName, '--wait=false');
  bed.pass(5);
  expect(bed.kubectl('get', 'pv', volumeName, '--no-headers')).toContain('Terminating');
  expect(bed.podView('db-0')?.ready).toBe(true);
});
