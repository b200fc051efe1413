import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { shutdownGrace, shutdownOrder } from './shutdown-groups.ts';

const pod = (name: string, priority?: number, terminationGracePeriodSeconds = 30): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, creationTimestamp: '', resourceVersion: '' },
  spec: { containers: [], terminationGracePeriodSeconds, ...(priority === undefined ? {} : { priority }) },
});

// The example of https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#pod-priority-graceful-node-shutdown
const GROUPS = [
  { priority: 100_000, periodMs: 10_000 },
  { priority: 10_000, periodMs: 180_000 },
  { priority: 1000, periodMs: 120_000 },
  { priority: 0, periodMs: 60_000 },
];

test('Pods of the lowest priority end first; nobody waits for a group without Pods', () => {
  const pods = [pod('a', 100_000), pod('b', 99_999), pod('c'), pod('d', -5), pod('e', 2_000_001_000)];
  const order = shutdownOrder(GROUPS, pods).map(({ periodMs, pods: some }) => [
    periodMs,
    some.map(({ metadata }) => metadata.name).join(),
  ]);
  expect(order).toEqual([
    [60_000, 'c,d'],
    [180_000, 'b'],
    [10_000, 'a,e'],
  ]);
});

test('a Pod gets what it asks for, and no more than its group has', () => {
  expect(shutdownGrace(pod('a', 0, 5), 60_000)).toBe(5);
  expect(shutdownGrace(pod('a', 0, 300), 60_000)).toBe(60);
});
