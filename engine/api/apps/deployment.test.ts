import { expect, test } from 'vitest';
import type { Deployment } from '../kinds.ts';
import { deployment } from './deployment.ts';

const CONTEXT = { timestamp: '', status: false };
const NOW = Date.parse('2026-01-01T00:00:07Z');

function stored(spec: object = {}): Deployment {
  const given = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'd',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  } as Deployment;
  return deployment.prepareForCreate!(deployment.applyDefaults!(given), CONTEXT);
}

function update(next: Deployment, previous: Deployment, context = CONTEXT) {
  const after = deployment.prepareForUpdate!(deployment.applyDefaults!(next), previous, context);
  const errors = deployment.validateUpdate(after, previous, context);
  return { after, errors: errors.map(({ field, message }) => `${field}: ${message}`) };
}

test('the smallest Deployment', () => {
  const { spec, status, metadata } = stored();
  expect({ ...spec, selector: undefined, template: undefined }).toEqual({
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  expect(spec.template.spec?.restartPolicy).toBe('Always');
  expect(status).toEqual({});
  expect(metadata.generation).toBe(1);
});

test('what is said stays', () => {
  expect(stored({ strategy: { type: 'Recreate' }, replicas: 0 }).spec).toMatchObject({
    replicas: 0,
    strategy: { type: 'Recreate' },
  });
  expect(stored({ strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } } }).spec.strategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 },
  });
});

test('a change of spec or annotations is a new generation, of labels is not', () => {
  const before = stored();
  const generation = (next: Deployment) => update(next, before).after.metadata.generation;
  expect(generation({ ...before, spec: { ...before.spec, replicas: 3 } })).toBe(2);
  expect(generation({ ...before, metadata: { ...before.metadata, annotations: { a: 'b' } } })).toBe(2);
  expect(generation({ ...before, metadata: { ...before.metadata, labels: { a: 'b' } } })).toBe(1);
  expect(generation({ ...before, metadata: { ...before.metadata, generation: 7 } })).toBe(1);
});

test('the selector is for ever', () => {
  const before = stored();
  const spec = {
    ...before.spec,
    selector: { matchLabels: { app: 'z' } },
    template: { ...before.spec.template, metadata: { labels: { app: 'z' } } },
  };
  expect(update({ ...before, spec }, before).errors).toEqual([
    'spec.selector: Invalid value: {"matchLabels":{"app":"z"}}: field is immutable',
  ]);
});

test('a status write changes neither spec nor labels', () => {
  const before = stored();
  const next = {
    ...before,
    metadata: { ...before.metadata, labels: { a: 'b' } },
    spec: { ...before.spec, replicas: 9 },
    status: { replicas: 1, readyReplicas: 2 },
  };
  const { after, errors } = update(next, before, { ...CONTEXT, status: true });
  expect(after.spec).toBe(before.spec);
  expect(after.metadata).toEqual(before.metadata);
  expect(errors).toEqual(['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas']);
});

test('a template with faults is refused with its own paths', () => {
  const template = {
    metadata: { labels: { app: 'x', '?': '!' } },
    spec: { restartPolicy: 'OnFailure', containers: [{}] },
  };
  const errors = deployment.validateCreate(stored({ template })).map(({ field }) => field);
  expect(errors).toEqual([
    'spec.template.labels',
    'spec.template.labels',
    'spec.template.spec.containers[0].name',
    'spec.template.spec.containers[0].image',
    'spec.template.spec.restartPolicy',
  ]);
});

test('columns', () => {
  const object = {
    ...stored({
      replicas: 2,
      selector: { matchExpressions: [{ key: 'b', operator: 'In', values: ['y', 'x'] }], matchLabels: { a: '1' } },
    }),
    status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
  };
  expect(deployment.columns.map(({ name, priority, cell }) => [name, priority, cell(object, NOW)])).toEqual([
    ['Name', 0, 'd'],
    ['Ready', 0, '1/2'],
    ['Up-to-date', 0, 2],
    ['Available', 0, 1],
    ['Age', 0, '7s'],
    ['Containers', 1, 'c'],
    ['Images', 1, 'nginx'],
    ['Selector', 1, 'a=1,b in (x,y)'],
  ]);
});
