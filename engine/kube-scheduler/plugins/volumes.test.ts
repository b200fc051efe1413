import { expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { outcome } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

function object(kind: string, name: string, rest: object, metadata: object = {}): KubeObject {
  const apiVersion = kind === 'PersistentVolume' || kind === 'PersistentVolumeClaim' ? 'v1' : 'storage.k8s.io/v1';
  const namespace = kind === 'PersistentVolumeClaim' ? 'default' : undefined;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp: '', ...metadata },
    ...rest,
  };
}

/** A claim that has its volume, which has the claim's name. */
function bound(
  name: string,
  volume: object,
  labels: Record<string, string> = {},
  accessModes = ['ReadWriteOnce'],
): KubeObject[] {
  const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
  return [
    object(
      'PersistentVolumeClaim',
      name,
      { spec: { volumeName: name, accessModes }, status: { phase: 'Bound' } },
      { annotations },
    ),
    object('PersistentVolume', name, { spec: volume }, { labels }),
  ];
}

function waiting(name: string, storage = '1Gi', metadata: object = {}): KubeObject {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'cloud', resources: { requests: { storage } } };
  return object('PersistentVolumeClaim', name, { spec, status: { phase: 'Pending' } }, metadata);
}

const cloud = (rest: object = {}) =>
  object('StorageClass', 'cloud', {
    provisioner: 'csi.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...rest,
  });

function using(...claims: string[]): Pod {
  return storedPod(
    'p',
    {},
    { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
  );
}

function node(name: string, zone: string): Node {
  return storedNode(name, undefined, {}, { [ZONE]: zone, [HOST]: name });
}

const nodes = [node('a', 'z1'), node('b', 'z2')];
const onlyOn = (name: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: [name] }] }] },
  },
});
const topologies = (...values: string[]) => ({
  allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values }] }],
});
const capacityIn = (zone: string, capacity: string) =>
  object('CSIStorageCapacity', zone, {
    storageClassName: 'cloud',
    capacity,
    nodeTopology: { matchLabels: { [ZONE]: zone } },
  });
const publishesCapacity = object('CSIDriver', 'csi.example.com', { spec: { storageCapacity: true } });
const refused = (...reasons: string[]) => `0/2 nodes are available: ${reasons.join(', ')}.`;

test.each<[string, Pod, KubeObject[], string]>([
  ['a bound volume that one node can reach', using('v'), bound('v', onlyOn('b')), 'b'],
  [
    'two bound volumes that no node can reach both',
    using('v', 'w'),
    [...bound('v', onlyOn('a')), ...bound('w', onlyOn('b'))],
    refused("2 node(s) didn't match PersistentVolume's node affinity"),
  ],
  [
    'a claim bound to what is not there',
    using('v'),
    bound('v', {}).slice(0, 1),
    refused('persistentvolume "v" not found'),
  ],
  ['a volume in a zone', using('v'), bound('v', {}, { [ZONE]: 'z2' }), 'b'],
  [
    'a volume in zones where no node is',
    using('v'),
    bound('v', {}, { [ZONE]: 'z8__z9' }),
    refused('2 node(s) had no available volume zone'),
  ],
  ['one that is made where the Pod goes', using('c'), [waiting('c'), cloud(topologies('z2'))], 'b'],
  [
    'one that can be made nowhere here',
    using('c'),
    [waiting('c'), cloud(topologies('z9'))],
    refused("2 node(s) didn't find available persistent volumes to bind"),
  ],
  [
    'one for which a node was chosen already',
    using('c'),
    [waiting('c', '1Gi', { annotations: { 'volume.kubernetes.io/selected-node': 'b' } }), cloud()],
    'b',
  ],
  [
    'space where there is enough',
    using('c'),
    [waiting('c', '5Gi'), cloud(), publishesCapacity, capacityIn('z1', '1Gi'), capacityIn('z2', '9Gi')],
    'b',
  ],
  [
    'no space anywhere',
    using('c'),
    [waiting('c', '50Gi'), cloud(), publishesCapacity, capacityIn('z1', '1Gi')],
    refused('2 node(s) did not have enough free storage'),
  ],
  [
    'a claim that is being deleted',
    using('c'),
    [waiting('c', '1Gi', { deletionTimestamp: '2026-01-01T00:00:00Z' }), cloud()],
    refused('persistentvolumeclaim "c" is being deleted'),
  ],
])('%s', (_, pod, objects, expected) => {
  expect(outcome(pod, { nodes, objects })).toBe(expected);
});

const user = (name: string, nodeName: string, spec: Partial<Pod['spec']>): Pod =>
  storedPod(name, {}, { ...spec, nodeName });

test('a ReadWriteOncePod claim serves one Pod in the whole cluster', () => {
  const objects = bound('v', {}, {}, ['ReadWriteOncePod']);
  const running = [user('other', 'a', { volumes: using('v').spec.volumes })];
  expect(outcome(using('v'), { nodes, objects, running })).toBe(
    refused('2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'),
  );
  expect(outcome(using('v'), { nodes, objects })).not.toMatch(/^0/);
});

test('a disk is attached to a node once, unless all only read', () => {
  const disk = (readOnly: boolean) => [{ name: 'd', gcePersistentDisk: { pdName: 'disk', readOnly } }];
  const running = [user('other', 'a', { volumes: disk(true) })];
  expect(outcome(storedPod('p', {}, { volumes: disk(false) }), { nodes: nodes.slice(0, 1), running })).toBe(
    '0/1 nodes are available: 1 node(s) had no available disk.',
  );
  expect(outcome(storedPod('p', {}, { volumes: disk(true) }), { nodes: nodes.slice(0, 1), running })).toBe('a');
});

test('a driver attaches only so many volumes to a node, and one that is shared counts once', () => {
  const csi = (name: string) => bound(name, { csi: { driver: 'csi.example.com', volumeHandle: name } });
  const limit = (name: string) =>
    object('CSINode', name, {
      spec: { drivers: [{ name: 'csi.example.com', nodeID: name, allocatable: { count: 1 } }] },
    });
  const objects = [...csi('v'), ...csi('w'), limit('a'), limit('b')];
  const running = ['a', 'b'].map((name) => user(`on-${name}`, name, { volumes: using('v').spec.volumes }));
  expect(outcome(using('w'), { nodes, objects, running })).toBe(refused('2 node(s) exceed max volume count'));
  expect(outcome(using('v'), { nodes, objects, running })).not.toMatch(/^0/);
});
