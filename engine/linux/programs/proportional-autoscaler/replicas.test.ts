import { expect, test } from 'vitest';
import { type ClusterSize, wantedReplicas } from './replicas.ts';

const size = (nodes: number, cores: number, schedulableNodes = nodes): ClusterSize => ({
  nodes,
  cores,
  schedulableNodes,
  schedulableCores: cores,
});
const linear = (parameters: object) => ({ linear: JSON.stringify(parameters) });

test('linear: by cores or nodes, whichever want more, within bounds', () => {
  const parameters = { coresPerReplica: 256, nodesPerReplica: 16 };
  expect(wantedReplicas(linear(parameters), size(4, 13))).toBe(1);
  expect(wantedReplicas(linear(parameters), size(17, 34))).toBe(2);
  expect(wantedReplicas(linear(parameters), size(17, 1000))).toBe(4);
  expect(wantedReplicas(linear({ ...parameters, min: 3 }), size(4, 13))).toBe(3);
  expect(wantedReplicas(linear({ ...parameters, max: 2 }), size(99, 1000))).toBe(2);
});

test('linear: two replicas against a single point of failure; cordoned nodes count when asked for', () => {
  const parameters = { coresPerReplica: 256, nodesPerReplica: 2, preventSinglePointFailure: true };
  expect(wantedReplicas(linear(parameters), size(2, 4))).toBe(2);
  expect(wantedReplicas(linear(parameters), size(1, 4))).toBe(1);
  expect(wantedReplicas(linear(parameters), size(6, 4, 3))).toBe(2);
  expect(wantedReplicas(linear({ ...parameters, includeUnschedulableNodes: true }), size(6, 4, 3))).toBe(3);
});

test('ladder: the last step that is reached', () => {
  const ladder = { ladder: '{"coresToReplicas": [[1, 1], [64, 3], [512, 5]], "nodesToReplicas": [[1, 1], [2, 2]]}' };
  expect(wantedReplicas(ladder, size(1, 2))).toBe(1);
  expect(wantedReplicas(ladder, size(3, 6))).toBe(2);
  expect(wantedReplicas(ladder, size(32, 64))).toBe(3);
});

test('what cannot be gone by is refused', () => {
  expect(() => wantedReplicas({ linear: '{' }, size(1, 1))).toThrow(/^error parsing linear params: could not parse/);
  expect(() => wantedReplicas(linear({ min: 1 }), size(1, 1))).toThrow(
    'should at least provide either CoresPerReplica',
  );
  expect(() => wantedReplicas({ cubic: '{}' }, size(1, 1))).toThrow('not a supported control mode: cubic');
  expect(() => wantedReplicas({}, size(1, 1))).toThrow('expected only one entry, got: 0');
});
