import { expect, test } from 'vitest';
import { hintsFor, mergeHints, type TopologyHint, type TopologyPolicy } from './topology.ts';

const hint = (nodes: readonly number[], preferred: boolean): TopologyHint => ({ nodes: new Set(nodes), preferred });
const DEVICES = new Map([
  ['a', [0]],
  ['b', [0]],
  ['c', [1]],
  ['d', [1]],
]);

test('hints name every set of nodes that would do, and prefer the smallest that could', () => {
  expect(hintsFor(DEVICES, new Set('abcd'), 2)).toEqual([hint([0], true), hint([1], true), hint([0, 1], false)]);
  expect(hintsFor(DEVICES, new Set('acd'), 2)).toEqual([hint([1], true), hint([0, 1], false)]);
  expect(hintsFor(DEVICES, new Set('ac'), 2)).toEqual([hint([0, 1], false)]);
  expect(hintsFor(DEVICES, new Set('abcd'), 3)).toEqual([hint([0, 1], true)]);
  expect(hintsFor(DEVICES, new Set('a'), 2)).toEqual([]);
  expect(hintsFor(new Map([['x', []]]), new Set('x'), 1)).toBeUndefined();
});

test.each<[TopologyPolicy, readonly TopologyHint[], boolean]>([
  ['none', [], true],
  ['best-effort', [hint([0, 1], false)], true],
  ['restricted', [hint([0, 1], false)], false],
  ['restricted', [hint([0, 1], true)], true],
  ['single-numa-node', [hint([0, 1], true)], false],
  ['single-numa-node', [hint([0], true), hint([0, 1], false)], true],
])('the policy %s, given %j, lets in: %s', (policy, hints, admit) => {
  expect(mergeHints(policy, [hints]).admit).toBe(admit);
});

test('resources agree on the nodes that they share', () => {
  const gpu = [hint([0], true), hint([1], true), hint([0, 1], false)];
  const nic = [hint([1], true), hint([0, 1], false)];
  expect(mergeHints('restricted', [gpu, nic, undefined]).affinity).toEqual(hint([1], true));
  expect(mergeHints('restricted', [[hint([0], true)], [hint([1], true)]])).toEqual({
    affinity: { nodes: undefined, preferred: false },
    admit: false,
  });
});
