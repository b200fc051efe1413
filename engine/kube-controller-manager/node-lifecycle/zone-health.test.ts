import { expect, test } from 'vitest';
import type { Node } from '../../api/kinds.ts';
import { evictionRate, zoneOf, zoneState } from './zone-health.ts';

function nodes(ready: number, notReady: number): Node[] {
  const node = (status: string, index: number): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}`, uid: '', resourceVersion: '', creationTimestamp: '' },
    spec: {},
    status: { conditions: [{ type: 'Ready', status }] } as Node['status'],
  });
  return [...Array(ready).fill('True'), ...Array(notReady).fill('Unknown')].map(node);
}

test.each([
  [3, 0, 'Normal', 0.1],
  [2, 1, 'Normal', 0.1],
  // Two lost nodes of three are a partial disruption by share, but not by number.
  [1, 2, 'Normal', 0.1],
  [2, 3, 'PartialDisruption', 0],
  [20, 31, 'PartialDisruption', 0.01],
  [0, 3, 'FullDisruption', 0.1],
] as const)('%i ready, %i not: %s', (ready, notReady, state, rate) => {
  const zone = nodes(ready, notReady);
  expect(zoneState(zone)).toBe(state);
  expect(evictionRate(state, zone.length, false)).toBe(rate);
});

test('when all zones are down nobody is evicted', () => {
  expect(evictionRate('FullDisruption', 3, true)).toBe(0);
});

test('a zone is known by its labels', () => {
  const [node] = nodes(1, 0);
  const labels = { 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': 'z' };
  expect(zoneOf({ ...node!, metadata: { ...node!.metadata, labels } })).toBe('r:z');
  expect(zoneOf(node!)).toBe(':');
});
