import { expect, test } from 'vitest';
import type { ReplicaSet } from '../kinds.ts';
import { replicaSet } from './replica-set.ts';

const CONTEXT = { timestamp: '', status: false };

function stored(spec: object = {}): ReplicaSet {
  const given = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'r', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  } as ReplicaSet;
  return replicaSet.prepareForCreate!(replicaSet.applyDefaults!(given), CONTEXT);
}

test('one replica unless told otherwise, none yet', () => {
  expect(stored().spec.replicas).toBe(1);
  expect(stored({ replicas: 0 }).spec.replicas).toBe(0);
  expect(stored().status).toEqual({ replicas: 0 });
});

test('scaling is a new generation, counting is not', () => {
  const before = stored();
  const scaled = replicaSet.prepareForUpdate!({ ...before, spec: { ...before.spec, replicas: 3 } }, before, CONTEXT);
  expect(scaled.metadata.generation).toBe(2);
  const status = { ...CONTEXT, status: true };
  const counted = replicaSet.prepareForUpdate!({ ...before, status: { replicas: 1 } }, before, status);
  expect(counted.metadata).toBe(before.metadata);
  expect(replicaSet.validateUpdate(counted, before, status)).toEqual([]);
});

test('columns', () => {
  const object = { ...stored({ replicas: 3 }), status: { replicas: 2, readyReplicas: 1 } };
  const cells = replicaSet.columns.map(({ name, cell }) => [name, cell(object, 0)]);
  expect(cells.slice(0, 4)).toEqual([
    ['Name', 'r'],
    ['Desired', 3],
    ['Current', 2],
    ['Ready', 1],
  ]);
});
