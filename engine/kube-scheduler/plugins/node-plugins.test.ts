import { expect, test } from 'vitest';
import type { Node } from '../../api/kinds.ts';
import { Decider, outcome } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

const MEGABYTE = 1024 * 1024;

test('a profile may add an affinity to every Pod', () => {
  const profile = `
  pluginConfig:
  - name: NodeAffinity
    args:
      addedAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
          - matchExpressions: [{key: team, operator: In, values: [a]}]
`;
  const nodes = [storedNode('a', undefined, {}, { team: 'a' }), storedNode('b', undefined, {}, { team: 'b' })];
  expect(outcome(storedPod('p'), { nodes, profile })).toBe('a');
  expect(outcome(storedPod('p', {}, { nodeSelector: { team: 'b' } }), { nodes, profile })).toBe(
    "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
      "1 node(s) didn't match scheduler-enforced node affinity.",
  );
});

test('a Pod that names its node fits no other', () => {
  const nodes = [storedNode('a'), storedNode('b')];
  const decider = new Decider({ nodes });
  const state = decider.place(storedPod('p')).state;
  const filter = decider.plugin('NodeName').filter!;
  const info = { pod: storedPod('p', {}, { nodeName: 'a' }) } as never;
  expect(decider.cache.nodes.map((node) => filter(state, info, node)?.reasons[0])).toEqual([
    undefined,
    "node(s) didn't match the requested node name",
  ]);
});

test('images that are there already make a node more liked, by their size and spread', () => {
  const withImages = (name: string, images: Record<string, number>): Node => {
    const node = storedNode(name);
    const listed = Object.entries(images).map(([image, sizeBytes]) => ({ names: [image], sizeBytes }));
    return { ...node, status: { ...node.status, images: listed } };
  };
  const nodes = [
    withImages('none', {}),
    withImages('small', { 'busybox:latest': 10 * MEGABYTE }),
    withImages('large', { 'nginx:latest': 523 * MEGABYTE, 'busybox:latest': 10 * MEGABYTE }),
    withImages('too', { 'nginx:latest': 523 * MEGABYTE }),
  ];
  const decider = new Decider({ nodes });
  // Half of the nodes have it, so half of 523 MiB counts, of 23 to 1000.
  expect(decider.scores(storedPod('p'), 'ImageLocality')).toEqual({ none: 0, small: 0, large: 24, too: 24 });
  decider.cache.setNode(withImages('large', {}));
  expect(decider.scores(storedPod('p'), 'ImageLocality')).toEqual({ none: 0, small: 0, large: 0, too: 11 });
});

test('taints that only put off are counted against a node', () => {
  const soft = (name: string, count: number) =>
    storedNode(name, undefined, {
      taints: Array.from({ length: count }, (_, i) => ({ key: `k${i}`, effect: 'PreferNoSchedule' as const })),
    });
  const decider = new Decider({ nodes: [soft('a', 0), soft('b', 1), soft('c', 2)] });
  expect(decider.scores(storedPod('p'), 'TaintToleration')).toEqual({ a: 100, b: 50, c: 0 });
});
