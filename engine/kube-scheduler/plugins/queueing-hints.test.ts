import { expect, test } from 'vitest';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import { podInfo } from '../pod-info.ts';
import { Decider } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

// Which event brings back a Pod that a plugin has rejected, and which must not.

type Spec = Partial<Pod['spec']>;

function labelled(pod: Pod, labels: Readonly<Record<string, string>>): Pod {
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

const NEAR = (app: string, topologyKey = 'zone') => [{ topologyKey, labelSelector: { matchLabels: { app } } }];
const wants = (app: string): Spec => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: NEAR(app) } },
});
const shuns = (app: string): Spec => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: NEAR(app) } },
});
const SPREAD: Spec = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ],
};
const CLAIMED: Spec = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'mine' } }] };

const node = (labels = {}, allocatable = { cpu: '4', memory: '8Gi' }, spec: Node['spec'] = {}) =>
  storedNode('n', allocatable, spec, labels);
const nodeUpdate = (previous: Node, next: Node): ClusterEvent => ({ kind: 'NodeUpdate', previous, node: next });
const podUpdate = (previous: Pod, pod: Pod): ClusterEvent => ({
  kind: 'AssignedPodUpdate',
  previous: podInfo(previous),
  info: podInfo(pod),
});
const app = (name: string, requests = {}) => labelled(storedPod(name, requests, { nodeName: 'n' }), { app: name });
const storage = (object: KubeObject, previous?: KubeObject): ClusterEvent => ({
  kind: 'StorageChange',
  previous,
  object,
});
const claim = (name: string) =>
  ({ kind: 'PersistentVolumeClaim', metadata: { namespace: 'default', name } }) as unknown as PersistentVolumeClaim;
const volume = (labels: object) =>
  ({ kind: 'PersistentVolume', metadata: { name: 'pv', labels } }) as unknown as PersistentVolume;
const inZone = (zone: string) => volume({ 'topology.kubernetes.io/zone': zone });

const room = (capacity: string, maximumVolumeSize?: string) =>
  ({ kind: 'CSIStorageCapacity', metadata: { name: 'room' }, capacity, maximumVolumeSize }) as unknown as KubeObject;
const driver = (storageCapacity: boolean) =>
  ({ kind: 'CSIDriver', metadata: { name: 'd' }, spec: { storageCapacity } }) as unknown as KubeObject;

const asking = (requests: Readonly<Record<string, string>>, spec: Spec = {}) => storedPod('waits', requests, spec);
const CORDONED: Node['spec'] = { unschedulable: true };
const tolerating = (key: string): Spec => ({ tolerations: [{ key, operator: 'Exists' }] });

const SMALL = node({ zone: 'a' }, { cpu: '4', memory: '1Gi' });
/** Labels and spec are the same objects, as the API server hands them on. */
const GROWN: Node = { ...SMALL, status: { allocatable: { pods: '110', cpu: '4', memory: '8Gi' } } };

type Case = readonly [what: string, plugin: string, pod: Pod, event: ClusterEvent, helps: boolean];

const CASES: readonly Case[] = [
  [
    'another asks for less cpu',
    'NodeResourcesFit',
    asking({ cpu: '1' }),
    podUpdate(app('a', { cpu: '2' }), app('a', { cpu: '1' })),
    true,
  ],
  [
    'another asks for less of something else',
    'NodeResourcesFit',
    asking({ cpu: '1' }),
    podUpdate(app('a', { memory: '2Gi' }), app('a', { memory: '1Gi' })),
    false,
  ],
  [
    'a node has got more memory',
    'NodeResourcesFit',
    asking({ memory: '1Gi' }),
    nodeUpdate(node({}, { cpu: '4', memory: '1Gi' }), node()),
    true,
  ],
  [
    'a node has got more of something else',
    'NodeResourcesFit',
    asking({ cpu: '1' }),
    nodeUpdate(node({}, { cpu: '4', memory: '1Gi' }), node()),
    false,
  ],
  [
    'the Pod itself asks for less',
    'NodeResourcesFit',
    asking({ cpu: '1' }),
    { kind: 'PodUpdate', previous: asking({ cpu: '2' }) },
    true,
  ],
  [
    'the Pod itself asks for the same',
    'NodeResourcesFit',
    asking({ cpu: '1' }),
    { kind: 'PodUpdate', previous: asking({ cpu: '1' }) },
    false,
  ],
  [
    'the Pod tolerates cordons now',
    'NodeUnschedulable',
    asking({}, tolerating('node.kubernetes.io/unschedulable')),
    { kind: 'PodUpdate', previous: asking({}) },
    true,
  ],
  [
    'the Pod tolerates something else now',
    'NodeUnschedulable',
    asking({}, tolerating('other')),
    { kind: 'PodUpdate', previous: asking({}) },
    false,
  ],
  ['a node is uncordoned', 'NodeUnschedulable', asking({}), nodeUpdate(node({}, undefined, CORDONED), node()), true],
  [
    'tolerations are written anew as they were',
    'TaintToleration',
    asking({}, tolerating('a')),
    { kind: 'PodUpdate', previous: asking({}, tolerating('a')) },
    false,
  ],
  [
    'one that is wanted near has come',
    'InterPodAffinity',
    asking({}, wants('db')),
    { kind: 'AssignedPodAdd', info: podInfo(app('db')) },
    true,
  ],
  [
    'one that is wanted near has changed, and was there before',
    'InterPodAffinity',
    asking({}, wants('db')),
    podUpdate(app('db', { cpu: '2' }), app('db', { cpu: '1' })),
    false,
  ],
  [
    'a node without a zone comes',
    'InterPodAffinity',
    asking({}, wants('db')),
    { kind: 'NodeAdd', node: node() },
    false,
  ],
  [
    "a node without a zone comes, out of everybody's way",
    'InterPodAffinity',
    asking({}, shuns('db')),
    { kind: 'NodeAdd', node: node() },
    true,
  ],
  [
    'a node loses the zone to be in',
    'InterPodAffinity',
    asking({}, wants('db')),
    nodeUpdate(node({ zone: 'a' }), node()),
    false,
  ],
  [
    'a node loses the zone to keep clear of',
    'InterPodAffinity',
    asking({}, shuns('db')),
    nodeUpdate(node({ zone: 'a' }), node()),
    true,
  ],
  ['a node that counts has got more memory', 'PodTopologySpread', asking({}, SPREAD), nodeUpdate(SMALL, GROWN), false],
  [
    'taints keep nodes out of the count, and the Pod tolerates one more',
    'PodTopologySpread',
    asking({}, { ...SPREAD, ...tolerating('a') }),
    { kind: 'PodUpdate', previous: asking({}, SPREAD) },
    true,
  ],
  ['its claim has changed', 'VolumeRestrictions', asking({}, CLAIMED), storage(claim('mine')), true],
  ['another claim has changed', 'VolumeRestrictions', asking({}, CLAIMED), storage(claim('other')), false],
  ['a volume has got another zone', 'VolumeZone', asking({}, CLAIMED), storage(inZone('b'), inZone('a')), true],
  ['a volume has changed where it is', 'VolumeZone', asking({}, CLAIMED), storage(inZone('a'), inZone('a')), false],
  ['there is more room for volumes', 'VolumeBinding', asking({}, CLAIMED), storage(room('2Gi'), room('1Gi')), true],
  ['there is less room', 'VolumeBinding', asking({}, CLAIMED), storage(room('1Gi'), room('2Gi')), false],
  [
    'there is more room, for volumes as small as ever',
    'VolumeBinding',
    asking({}, CLAIMED),
    storage(room('9Gi', '1Gi'), room('2Gi', '1Gi')),
    false,
  ],
  ['room is told of for the first time', 'VolumeBinding', asking({}, CLAIMED), storage(room('0')), true],
  [
    'a driver tells of its room no more',
    'VolumeBinding',
    asking({}, CLAIMED),
    storage(driver(false), driver(true)),
    true,
  ],
  [
    'a driver begins to tell of its room',
    'VolumeBinding',
    asking({}, CLAIMED),
    storage(driver(true), driver(false)),
    false,
  ],
];

test.each(CASES)('%s (%s)', (_what, plugin, pod, event, helps) => {
  expect(new Decider({}).plugin(plugin).mayHelp!(event, podInfo(pod))).toBe(helps);
});
