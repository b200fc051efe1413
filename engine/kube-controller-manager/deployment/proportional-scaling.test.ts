import { expect, test } from 'vitest';
import type { Deployment } from '../../api/kinds.ts';
import { storedDeployment, storedReplicaSet } from '../testing/objects.ts';
import { withSize } from './annotations.ts';
import { isScaled, scalings } from './proportional-scaling.ts';
import type { Revisions } from './revisions.ts';

function deployment(replicas: number): Deployment {
  return storedDeployment({
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
  });
}

/** ReplicaSets last scaled for ten replicas and three of surge. */
function sized(name: string, replicas: number) {
  return storedReplicaSet(name, replicas, replicas, withSize({}, 10, 13));
}

function sizes(scaled: Deployment, revisions: Revisions): Record<string, number> {
  return Object.fromEntries(
    scalings(scaled, revisions).map(({ replicaSet, replicas }) => [replicaSet.metadata.name, replicas]),
  );
}

test('the only ReplicaSet in use takes the whole size', () => {
  expect(sizes(deployment(15), { newest: sized('new', 10), old: [sized('old', 0)] })).toEqual({ new: 15 });
  expect(sizes(deployment(10), { newest: sized('new', 10), old: [] })).toEqual({});
});

test('in the middle of a rollout all grow in proportion', () => {
  // The example of the documentation: 10 to 15 replicas with 8 old and 5 new ones.
  expect(sizes(deployment(15), { newest: sized('new', 5), old: [sized('old', 8)] })).toEqual({ old: 11, new: 7 });
});

test('and shrink in proportion', () => {
  expect(sizes(deployment(5), { newest: sized('new', 5), old: [sized('old', 8)] })).toEqual({ old: 5, new: 3 });
});

test('scaling to zero empties all', () => {
  expect(sizes(deployment(0), { newest: sized('new', 5), old: [sized('old', 8)] })).toEqual({ old: 0, new: 0 });
});

test('a change of size is known by the note on the ReplicaSets', () => {
  const revisions = { newest: sized('new', 5), old: [sized('old', 0)] };
  expect(isScaled(deployment(10), revisions)).toBe(false);
  expect(isScaled(deployment(11), revisions)).toBe(true);
});
