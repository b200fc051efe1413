import type { Cluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { whyOf } from './causes.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
};

test('why a Pod waits: what was said of each node, and which extenders said nothing', () => {
  const decision = {
    nodes: [
      { node: 'node-1', refusedBy: 'NodeResourcesFit', reasons: ['Insufficient cpu', 'Too many pods'] },
      { node: 'node-2', refusedBy: 'http://ext', reasons: [] },
      { node: 'node-3' },
    ],
    extenders: [
      { extender: 'http://ext', verb: 'filter', nodes: ['node-3'] },
      { extender: 'http://other', verb: 'rank', error: 'EOF', ignored: true },
    ],
  };
  const cluster = { explainScheduling: () => decision, stored: () => [], sim: { trace: { entries: [] } } };
  expect(whyOf(cluster as unknown as Cluster, POD).nodes).toEqual([
    'node-1: Insufficient cpu, Too many pods (NodeResourcesFit)',
    'node-2: no reason given (http://ext)',
    'rank: EOF (http://other, ignored)',
  ]);
});
