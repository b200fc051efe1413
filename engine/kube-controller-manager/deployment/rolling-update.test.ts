import { expect, test } from 'vitest';
import type { Deployment } from '../../api/kinds.ts';
import { storedDeployment, storedReplicaSet } from '../testing/objects.ts';
import { type Revisions, rollingLimits } from './revisions.ts';
import { newestReplicas, rollingUpdateStep } from './rolling-update.ts';

function rolling(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment {
  return storedDeployment({
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
  });
}

function step(deployment: Deployment, revisions: Revisions): string[] {
  return rollingUpdateStep(deployment, revisions).map(
    ({ replicaSet, replicas }) => `${replicaSet.metadata.name} → ${replicas}`,
  );
}

test('percentages round up for surge and down for unavailability, and never both to nothing', () => {
  expect(rollingLimits(rolling(10, '25%', '25%'))).toEqual({ maxSurge: 3, maxUnavailable: 2 });
  expect(rollingLimits(rolling(1, '25%', '25%'))).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  expect(rollingLimits(rolling(4, 0, '10%'))).toEqual({ maxSurge: 0, maxUnavailable: 1 });
});

test('the new ReplicaSet gets the whole surge at once', () => {
  const old = storedReplicaSet('old', 10);
  expect(newestReplicas(rolling(10, 3, 2), [old], 0)).toBe(3);
  expect(step(rolling(10, 3, 2), { newest: storedReplicaSet('new', 0), old: [old] })).toEqual(['new → 3']);
});

test('then the old one shrinks to what must stay available', () => {
  const revisions = { newest: storedReplicaSet('new', 3, 0), old: [storedReplicaSet('old', 10)] };
  expect(step(rolling(10, 3, 2), revisions)).toEqual(['old → 8']);
});

test('while new Pods are not available and nothing can be spared, nothing moves', () => {
  const revisions = { newest: storedReplicaSet('new', 5, 0), old: [storedReplicaSet('old', 8)] };
  expect(step(rolling(10, 3, 2), revisions)).toEqual([]);
});

test('as new Pods become available, old ones go', () => {
  const revisions = { newest: storedReplicaSet('new', 5, 4), old: [storedReplicaSet('old', 8)] };
  expect(step(rolling(10, 3, 2), revisions)).toEqual(['old → 4']);
});

test('Pods that are not available go first, whichever revision they are of', () => {
  const revisions = {
    newest: storedReplicaSet('new', 2, 0),
    old: [storedReplicaSet('a-broken', 4, 0), storedReplicaSet('b-good', 8)],
  };
  expect(step(rolling(10, 4, 2), revisions)).toEqual(['a-broken → 0']);
});

test('without surge, old Pods make room first', () => {
  const before = { newest: storedReplicaSet('new', 0), old: [storedReplicaSet('old', 3)] };
  expect(step(rolling(3, 0, 1), before)).toEqual(['old → 2']);
  const after = { newest: storedReplicaSet('new', 0), old: [storedReplicaSet('old', 2)] };
  expect(step(rolling(3, 0, 1), after)).toEqual(['new → 1']);
});

test('a new ReplicaSet larger than wanted shrinks', () => {
  expect(step(rolling(3, 1, 0), { newest: storedReplicaSet('new', 5), old: [] })).toEqual(['new → 3']);
});
