import { expect, test } from 'vitest';
import type { Node, Pod } from '../api/kinds.ts';
import { feasibleNodesToFind } from './schedule-pod.ts';
import { Decider } from './testing/harness.ts';
import { storedNode, storedPod } from './testing/objects.ts';

/** Puts a Pod before the nodes, on which others already run. Returns the node's name, or each node's reasons. */
function place(pod: Pod, nodes: readonly Node[], running: readonly Pod[] = []): string | string[] {
  const placed = new Decider({ nodes, running }).place(pod);
  if ('node' in placed) return placed.node.name;
  return placed.diagnosis.rejections.map(({ reasons, resolvable }) => reasons.join(', ') + (resolvable ? '' : ' !'));
}

const small = storedNode('small', { cpu: '4', memory: '1.25Gi' });
const large = storedNode('large', { cpu: '4', memory: '2Gi' });

test('requests decide: a Pod goes where all of it fits', () => {
  expect(place(storedPod('p', { memory: '1.5Gi' }), [small, large])).toBe('large');
});

test('what others requested is taken, whether they use it or not', () => {
  const running = storedPod('other', { memory: '1Gi' }, { nodeName: 'large' });
  expect(place(storedPod('p', { memory: '1.5Gi', cpu: '5' }), [small, large], [running])).toEqual([
    'Insufficient cpu, Insufficient memory !',
    'Insufficient cpu, Insufficient memory !',
  ]);
  expect(place(storedPod('p', { memory: '1.2Gi' }), [large], [running])).toEqual(['Insufficient memory']);
});

test('a node takes no more Pods than it allows', () => {
  const node = storedNode('n', { cpu: '4', memory: '8Gi', pods: '1' });
  expect(place(storedPod('p'), [node], [storedPod('other', {}, { nodeName: 'n' })])).toEqual(['Too many pods']);
});

test('extended resources count in whole units', () => {
  const gpus = storedNode('gpus', { cpu: '4', memory: '8Gi', 'nvidia.com/gpu': '2' });
  const taken = storedPod('other', { 'nvidia.com/gpu': '1' }, { nodeName: 'gpus' });
  const pod = storedPod('p', { 'nvidia.com/gpu': '2' });
  expect(place(pod, [gpus, large])).toBe('gpus');
  expect(place(pod, [gpus, large], [taken])).toEqual(['Insufficient nvidia.com/gpu', 'Insufficient nvidia.com/gpu !']);
});

test('a taint keeps Pods away that do not tolerate it', () => {
  const tainted = storedNode('tainted', undefined, { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
  const toleration = { key: 'gpu', operator: 'Equal' as const, value: 'yes', effect: 'NoSchedule' as const };
  expect(place(storedPod('p'), [tainted])).toEqual(['node(s) had untolerated taint(s) !']);
  expect(place(storedPod('p', {}, { tolerations: [toleration] }), [tainted])).toBe('tainted');
  expect(place(storedPod('p', {}, { tolerations: [{ operator: 'Exists' }] }), [tainted])).toBe('tainted');
  expect(place(storedPod('p', {}, { tolerations: [{ ...toleration, value: 'no' }] }), [tainted])).toHaveLength(1);
});

test('PreferNoSchedule only makes a node less liked', () => {
  const disliked = storedNode('a', undefined, { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] });
  expect(place(storedPod('p'), [disliked])).toBe('a');
  expect(place(storedPod('p'), [disliked, storedNode('b')])).toBe('b');
});

test('a cordoned node takes nothing new, unless tolerated', () => {
  const cordoned = storedNode('n', undefined, { unschedulable: true });
  const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' as const }];
  expect(place(storedPod('p'), [cordoned])).toEqual(['node(s) were unschedulable !']);
  expect(place(storedPod('p', {}, { tolerations }), [cordoned])).toBe('n');
});

test('nodeSelector and required affinity both must hold', () => {
  const east = storedNode('east', undefined, {}, { zone: 'east', cores: '8' });
  const west = storedNode('west', undefined, {}, { zone: 'west', cores: '16' });
  expect(place(storedPod('p', {}, { nodeSelector: { zone: 'west' } }), [east, west])).toBe('west');
  const affinity = (key: string, operator: string, values: string[]): Pod['spec']['affinity'] => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator: operator as 'In', values }] }],
      },
    },
  });
  expect(place(storedPod('p', {}, { affinity: affinity('zone', 'NotIn', ['west']) }), [east, west])).toBe('east');
  expect(place(storedPod('p', {}, { affinity: affinity('cores', 'Gt', ['8']) }), [east, west])).toBe('west');
  expect(place(storedPod('p', {}, { affinity: affinity('zone', 'In', ['north']) }), [east])).toEqual([
    "node(s) didn't match Pod's node affinity/selector !",
  ]);
});

test('preferred affinity weighs', () => {
  const affinity: Pod['spec']['affinity'] = {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
      ],
    },
  };
  const nodes = [storedNode('a'), storedNode('b', undefined, {}, { disk: 'ssd' }), storedNode('c')];
  expect(place(storedPod('p', {}, { affinity }), nodes)).toBe('b');
});

test('a Pod that names nodes by field, as those of a DaemonSet do, has only these looked at', () => {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['b'] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  expect(place(storedPod('p', {}, { affinity }), [storedNode('a'), storedNode('b')])).toBe('b');
});

test('a hostPort can be had once on each node and address', () => {
  const ports = (hostIP: string, hostPort = 80) => ({
    containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort, hostIP }] }],
  });
  const node = storedNode('n');
  const running = storedPod('other', {}, { ...ports(''), nodeName: 'n' });
  expect(place(storedPod('p', {}, ports('10.0.0.1')), [node], [running])).toEqual([
    "node(s) didn't have free ports for the requested pod ports",
  ]);
  expect(place(storedPod('p', {}, ports('10.0.0.1', 81)), [node], [running])).toBe('n');
});

test('the emptier node wins, in proportion to its size', () => {
  const running = storedPod('other', { cpu: '2', memory: '4Gi' }, { nodeName: 'a' });
  expect(place(storedPod('p', { cpu: '1', memory: '1Gi' }), [storedNode('a'), storedNode('b')], [running])).toBe('b');
});

test('equals are chosen among by lot', () => {
  const nodes = Array.from({ length: 10 }, (_, i) => storedNode(`node-${i}`));
  const decider = new Decider({ nodes });
  const chosen = new Set<string>();
  for (let i = 0; i < 50; i++) chosen.add(decider.outcome(storedPod(`p${i}`)));
  expect(chosen.size).toBeGreaterThan(5);
});

test('in large clusters it is enough to find a share of the nodes', () => {
  expect([50, 100, 500, 5_000, 20_000].map((nodes) => feasibleNodesToFind(nodes))).toEqual([50, 100, 230, 500, 1_000]);
});

test('the configured share of nodes counts instead, but never fewer than a hundred', () => {
  const shares = [10, 50, 100].map((percentage) => feasibleNodesToFind(1_000, percentage));
  expect(shares).toEqual([100, 500, 1_000]);
  expect(feasibleNodesToFind(200, 10)).toBe(100);
});

test('where nobody compares nodes the first that fits is taken, and the search goes on from there', () => {
  const nodes = ['a', 'b', 'c'].map((name) => storedNode(name));
  const profile = '  plugins: {multiPoint: {disabled: [{name: "*"}]}, filter: {enabled: [{name: NodeName}]}';
  const decider = new Decider({
    nodes,
    profile: `${profile}, queueSort: {enabled: [{name: PrioritySort}]}, bind: {enabled: [{name: DefaultBinder}]}}\n`,
  });
  expect(['1', '2', '3', '4'].map((name) => decider.outcome(storedPod(name)))).toEqual(['a', 'b', 'c', 'a']);
});

test('zones take turns, so that a search that ends early has seen them all', () => {
  const zone = (name: string, value: string) => storedNode(name, {}, {}, { 'topology.kubernetes.io/zone': value });
  const nodes = [zone('a1', 'a'), zone('a2', 'a'), zone('a3', 'a'), zone('b1', 'b'), zone('b2', 'b')];
  const { cache } = new Decider({ nodes });
  expect(cache.nodes.map(({ name }) => name)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  cache.removeNode('b1');
  expect(cache.nodes.map(({ name }) => name)).toEqual(['a1', 'b2', 'a2', 'a3']);
});
