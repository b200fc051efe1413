import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { Testbed } from './testbed.ts';

// Claims, volumes and the Pods that use them, in a whole cluster: everybody acts with the rights of their own role.

const VOLUME = (name: string, node: string) => `apiVersion: v1
kind: PersistentVolume
metadata: {name: ${name}}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /srv/${name}}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [${node}]}]
`;

const CLASS = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
`;

const STATEFUL_SET = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: db
        image: busybox:1.37
        command: [sh, -c, "echo $(hostname) >> /data/names; trap exit TERM; while true; do sleep 1; done"]
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: local
      resources: {requests: {storage: 1Gi}}
`;

test('each Pod of a StatefulSet goes where its volume is, and comes back to it', () => {
  const bed = new Testbed();
  for (const [name, node] of [
    ['one', 'node-1'],
    ['two', 'node-2'],
  ] as const) {
    bed.run(node, 'mkdir', '-p', `/srv/${name}`);
    bed.apply(VOLUME(name, node));
  }
  bed.apply(CLASS);
  bed.apply(STATEFUL_SET);
  bed.untilReady('db-0', 60);
  bed.untilReady('db-1', 60);
  expect(bed.kubectl('get', 'pvc')).toMatch(/data-db-0 +Bound +(one|two) +1Gi +RWO +local /);
  const home = bed.get<Pod>('pod', 'db-0').spec.nodeName;
  expect(bed.get<Pod>('pod', 'db-1').spec.nodeName).not.toBe(home);
  bed.kubectl('delete', 'pod', 'db-0');
  bed.untilReady('db-0', 60);
  expect(bed.get<Pod>('pod', 'db-0').spec.nodeName).toBe(home);
  expect(bed.kubectl('exec', 'db-0', '--', 'cat', '/data/names')).toBe('db-0\ndb-0\n');
  // A claim in use does not go before its Pod.
  bed.kubectl('delete', 'pvc', 'data-db-1', '--wait=false');
  bed.pass(5);
  expect(bed.kubectl('get', 'pvc', 'data-db-1')).toContain('Terminating');
  bed.kubectl('delete', 'statefulset', 'db');
  bed.until('the claim is gone', () => !bed.kubectl('get', 'pvc').includes('data-db-1'));
  expect(bed.kubectl('get', 'pv')).toContain('Released');
});
