import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { Decider, outcome } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

const empty = storedNode('empty', { cpu: '4', memory: '8Gi', 'example.com/gpu': '4' });
const half = storedNode('half', { cpu: '4', memory: '8Gi', 'example.com/gpu': '4' });
const other = storedPod('other', { cpu: '2', memory: '4Gi', 'example.com/gpu': '2' }, { nodeName: 'half' });
const situation = { nodes: [empty, half], running: [other] };

function fit(strategy: string): string {
  return `
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy: ${strategy}
`;
}

const pod = storedPod('p', { cpu: '1', memory: '2Gi', 'example.com/gpu': '1' });
const both = '[{name: cpu, weight: 1}, {name: memory, weight: 1}]';

test.each<[string, Pod, string, Record<string, number>]>([
  ['the emptier', pod, '{type: LeastAllocated}', { empty: 75, half: 25 }],
  ['the fuller', pod, '{type: MostAllocated}', { empty: 25, half: 75 }],
  [
    'a shape',
    pod,
    `{type: RequestedToCapacityRatio, resources: ${both}, requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 50, score: 10}, {utilization: 100, score: 5}]}}`,
    { empty: 50, half: 75 },
  ],
  [
    'an extended resource that weighs three times as much',
    pod,
    '{type: MostAllocated, resources: [{name: example.com/gpu, weight: 3}, {name: cpu, weight: 1}]}',
    { empty: 25, half: 75 },
  ],
  [
    'an extended resource that the Pod does not ask for counts nothing',
    storedPod('p', { cpu: '1' }),
    '{type: MostAllocated, resources: [{name: example.com/gpu, weight: 3}, {name: cpu, weight: 1}]}',
    { empty: 25, half: 75 },
  ],
  ['what is not asked for counts as 100m and 200Mi', storedPod('p'), '{type: LeastAllocated}', { empty: 97, half: 47 }],
])('scores: %s', (_, asked, strategy, expected) => {
  expect(new Decider({ ...situation, profile: fit(strategy) }).scores(asked, 'NodeResourcesFit')).toEqual(expected);
});

test('a node that the Pod would bring out of balance gets 50 at worst, one that it brings into balance up to 100', () => {
  const nodes = [storedNode('even', { cpu: '4', memory: '4Gi' }), storedNode('lopsided', { cpu: '4', memory: '4Gi' })];
  const running = [storedPod('other', { cpu: '3' }, { nodeName: 'lopsided' })];
  const memory = storedPod('p', { memory: '4Gi' });
  const decider = new Decider({ nodes, running });
  expect(decider.scores(memory, 'NodeResourcesBalancedAllocation')).toEqual({ even: 50, lopsided: 87 });
});

test('ignored resources are somebody else’s business', () => {
  const greedy = storedPod('p', { 'example.com/gpu': '100', 'vendor.io/card': '1' });
  expect(outcome(greedy, situation)).toBe(
    '0/2 nodes are available: 2 Insufficient example.com/gpu, 2 Insufficient vendor.io/card.',
  );
  const profile = `
  pluginConfig:
  - name: NodeResourcesFit
    args: {ignoredResources: [example.com/gpu], ignoredResourceGroups: [vendor.io]}
`;
  expect(outcome(greedy, { ...situation, profile })).not.toMatch(/^0/);
});

test('sidecars and overhead count, and an init container that asks for most', () => {
  const container = (cpu: string, restartPolicy?: 'Always') => ({
    name: 'c',
    image: 'i',
    restartPolicy,
    resources: { requests: { cpu } },
  });
  const spec = {
    initContainers: [container('500m', 'Always'), container('3')],
    containers: [container('1')],
    overhead: { cpu: '250m' },
  };
  const decider = new Decider({
    nodes: [storedNode('small', { cpu: '3749m', memory: '1Gi' }), storedNode('big', { cpu: '3750m', memory: '1Gi' })],
  });
  expect(decider.outcome(storedPod('p', {}, spec))).toBe('big');
});

test('what the whole Pod asks for wins over its containers', () => {
  const nodes = [storedNode('n', { cpu: '2', memory: '1Gi' })];
  const resources = { requests: { cpu: '3' } };
  expect(outcome(storedPod('p', { cpu: '1' }, { resources }), { nodes })).toBe(
    '0/1 nodes are available: 1 Insufficient cpu.',
  );
});
