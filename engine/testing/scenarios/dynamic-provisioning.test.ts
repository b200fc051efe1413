import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// Volumes that are made when somebody asks: the CSI hostpath driver with its sidecars, a default class, claims and Pods.

const claim = (name: string, size = '1Gi', more = '') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: ${size}}}
${more}
`;

const user = (name: string, claimName: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: ${claimName}}}]
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"], volumeMounts: [{name: data, mountPath: /data}]}
${more}
`;

/** Asks the node's kubelet on its port, with a token of somebody who may. */
function kubeletOf(bed: Testbed, node: string): (path: string) => string {
  bed.kubectl('create', 'serviceaccount', 'watcher');
  bed.kubectl('create', 'clusterrolebinding', 'w', '--clusterrole=cluster-admin', '--serviceaccount=default:watcher');
  const token = bed.kubectl('create', 'token', 'watcher').trim();
  return (path) =>
    bed.run(node, 'curl', '-sk', '-H', `Authorization: Bearer ${token}`, `https://${node}:10250${path}`).stdout;
}

test('a claim gets its volume when a Pod needs it, where the Pod is; data stay until the claim goes', () => {
  const bed = new Testbed({ storage: true });
  bed.until('drivers', () => /hostpath/.test(bed.kubectl('get', 'csinodes', '-o', 'yaml')));
  expect(bed.kubectl('get', 'storageclass', '--no-headers').split(/\s+/)).toEqual(
    expect.arrayContaining(['standard', '(default)', 'hostpath.csi.k8s.io', 'Delete', 'WaitForFirstConsumer', 'true']),
  );
  bed.apply(claim('data'));
  bed.pass(3);
  expect(bed.eventsOf('data')).toEqual([
    'WaitForFirstConsumer: waiting for first consumer to be created before binding',
  ]);
  bed.apply(user('first', 'data'));
  bed.untilReady('first');
  const node = bed.nodeOf('first')!;
  const { uid } = bed.get<PersistentVolumeClaim>('pvc', 'data').metadata;
  expect(bed.eventsOf('data').slice(1)).toEqual([
    "ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'hostpath.csi.k8s.io' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    'Provisioning: External provisioner is provisioning volume for claim "default/data"',
    `ProvisioningSucceeded: Successfully provisioned volume pvc-${uid}`,
  ]);
  const volume = bed.get<PersistentVolume>('pv', `pvc-${uid}`);
  expect(volume.spec).toMatchObject({
    capacity: { storage: '1Gi' },
    persistentVolumeReclaimPolicy: 'Delete',
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.hostpath.csi/node', values: [node] }] }],
      },
    },
  });
  const calls = bed.sim.trace.entries.filter(({ kind }) => kind === 'grpc.call').map(({ subject }) => subject);
  const after = calls.lastIndexOf('csi.v1.Controller/CreateVolume');
  expect(calls.slice(after).filter((call) => /Stage|Publish/.test(call))).toEqual([
    'csi.v1.Node/NodeStageVolume',
    'csi.v1.Node/NodePublishVolume',
  ]);

  bed.kubectl('exec', 'first', '--', 'sh', '-c', 'echo kept > /data/note');
  bed.kubectl('delete', 'pod', 'first');
  bed.apply(user('second', 'data'));
  bed.untilReady('second');
  expect(bed.nodeOf('second')).toBe(node);
  expect(bed.kubectl('exec', 'second', '--', 'cat', '/data/note')).toBe('kept\n');

  bed.pass(60);
  const ask = kubeletOf(bed, node);
  const summary = JSON.parse(ask('/stats/summary'));
  const used = summary.pods.find(({ podRef }: { podRef: { name: string } }) => podRef.name === 'second');
  expect(used.volume).toContainEqual(
    expect.objectContaining({
      name: 'data',
      pvcRef: { name: 'data', namespace: 'default' },
      capacityBytes: 40 * 2 ** 30,
    }),
  );
  expect(ask('/metrics')).toContain(
    `kubelet_volume_stats_capacity_bytes{namespace="default",persistentvolumeclaim="data"} ${40 * 2 ** 30}\n`,
  );

  bed.power(node, 'off');
  bed.pass(2);
  bed.power(node, 'on');
  bed.pass(60);
  bed.untilReady('second', 300);
  expect(bed.kubectl('exec', 'second', '--', 'cat', '/data/note')).toBe('kept\n');

  bed.kubectl('patch', 'pvc', 'data', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
  bed.until('grown', () => bed.get<PersistentVolumeClaim>('pvc', 'data').status?.capacity?.['storage'] === '2Gi', 180);
  expect(bed.eventsOf('data')).toEqual(
    expect.arrayContaining([
      `Resizing: External resizer is resizing volume pvc-${uid}`,
      'FileSystemResizeRequired: Require file system resize of volume on node',
      `FileSystemResizeSuccessful: MountVolume.NodeExpandVolume succeeded for volume "pvc-${uid}" ${node}`,
    ]),
  );

  bed.kubectl('delete', 'pod', 'second');
  bed.kubectl('delete', 'pvc', 'data');
  bed.until('the volume is gone', () => bed.list('pv').length === 0);
  expect(bed.run(node, 'ls', '/var/lib/csi-hostpath-data').stdout).toBe('state.json\n');
});
