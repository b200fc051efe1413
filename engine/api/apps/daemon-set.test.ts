import { expect, test } from 'vitest';
import type { DaemonSet } from '../kinds.ts';
import { daemonSet } from './daemon-set.ts';

const CONTEXT = { timestamp: '', status: false };

function stored(spec: object = {}): DaemonSet {
  const given = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'ds',
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
  } as DaemonSet;
  return daemonSet.prepareForCreate!(daemonSet.applyDefaults!(given), CONTEXT);
}

function refusals(spec: object): string[] {
  return daemonSet.validateCreate(stored(spec)).map(({ field, message }) => `${field}: ${message}`);
}

test('the smallest DaemonSet', () => {
  const { spec, status, metadata } = stored();
  expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } });
  expect(spec.revisionHistoryLimit).toBe(10);
  expect(metadata).toMatchObject({
    generation: 1,
    annotations: { 'deprecated.daemonset.template.generation': '1' },
  });
  expect(status).toEqual({
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  });
  expect(stored({ updateStrategy: { type: 'OnDelete' } }).spec.updateStrategy).toEqual({ type: 'OnDelete' });
});

test.each([
  [
    { selector: { matchLabels: { app: 'y' } } },
    ['spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'],
  ],
  [
    { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ],
  [
    { updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } },
    ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
  ],
  [
    {
      template: {
        metadata: { labels: { app: 'x' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'OnFailure' },
      },
    },
    ['spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"'],
  ],
])('%j is refused', (spec, expected) => {
  expect(refusals(spec)).toEqual(expected);
});

test('a new template counts; a new strategy does not; the selector stays', () => {
  const previous = stored();
  const update = (spec: object) =>
    daemonSet.prepareForUpdate!({ ...previous, spec: { ...previous.spec, ...spec } }, previous, CONTEXT);
  const template = { ...previous.spec.template, metadata: { labels: { app: 'x', tier: 'a' } } };
  const generation = ({ metadata }: DaemonSet) => metadata.annotations?.['deprecated.daemonset.template.generation'];
  expect(generation(update({ template }))).toBe('2');
  expect(generation(update({ minReadySeconds: 5 }))).toBe('1');
  const other = update({ selector: { matchLabels: { tier: 'a' } }, template });
  expect(daemonSet.validateUpdate(other, previous, CONTEXT).map(({ message }) => message)).toEqual([
    'Invalid value: {"matchLabels":{"tier":"a"}}: field is immutable',
  ]);
});

test('the row of a DaemonSet', () => {
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }], nodeSelector: { no: 'where' } },
  };
  const row = daemonSet.columns.map(({ cell }) => cell(stored({ template }), Date.parse('2026-01-01T00:00:07Z')));
  expect(row).toEqual(['ds', 0, 0, 0, 0, 0, 'no=where', '7s', 'c', 'nginx', 'app=x']);
});
