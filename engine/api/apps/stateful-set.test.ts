import { expect, test } from 'vitest';
import type { ControllerRevision, StatefulSet } from '../kinds.ts';
import { controllerRevision } from './controller-revision.ts';
import { statefulSet } from './stateful-set.ts';

const CONTEXT = { timestamp: '', status: false };
const NOW = Date.parse('2026-01-01T00:00:07Z');
const metadata = {
  name: 's',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

function stored(spec: object = {}): StatefulSet {
  const given = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      serviceName: 's',
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  } as StatefulSet;
  return statefulSet.prepareForCreate!(statefulSet.applyDefaults!(given), CONTEXT);
}

test('the smallest StatefulSet', () => {
  const { spec, status } = stored();
  expect({ ...spec, template: undefined, selector: undefined }).toEqual({
    serviceName: 's',
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    revisionHistoryLimit: 10,
  });
  expect(status).toEqual({ replicas: 0, availableReplicas: 0 });
});

test('claim templates are completed', () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
  expect(stored({ volumeClaimTemplates: [claim] }).spec.volumeClaimTemplates).toEqual([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ]);
});

test('containers may mount what claim templates bring', () => {
  const containers = [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
  const template = { metadata: { labels: { app: 'x' } }, spec: { containers } };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const errors = (spec: object) => statefulSet.validateCreate!(stored(spec)).map(({ field }) => field);
  expect(errors({ template, volumeClaimTemplates: [claim] })).toEqual([]);
  expect(errors({ template })).toEqual(['spec.template.spec.containers[0].volumeMounts[0].name']);
});

test.each([
  [
    { selector: undefined },
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
    ],
  ],
  [
    { podManagementPolicy: 'X' },
    ["spec.podManagementPolicy: Invalid value: \"X\": must be 'OrderedReady' or 'Parallel'"],
  ],
  [
    { updateStrategy: { type: 'X' } },
    [
      'spec.updateStrategy: Invalid value: {"Type":"X","RollingUpdate":null}: must be \'RollingUpdate\' or \'OnDelete\'',
    ],
  ],
  [
    { updateStrategy: { rollingUpdate: { partition: -1 } } },
    ['spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0'],
  ],
])('%j is refused', (spec, expected) => {
  const refusals = statefulSet.validateCreate(stored(spec)).map(({ field, message }) => `${field}: ${message}`);
  expect(refusals).toEqual(expected);
});

test('most of the spec is frozen', () => {
  const previous = stored();
  const refusals = (spec: object) => {
    const next = statefulSet.prepareForUpdate!({ ...previous, spec: { ...previous.spec, ...spec } }, previous, CONTEXT);
    return statefulSet.validateUpdate(next, previous, CONTEXT).map(({ field, message }) => `${field}: ${message}`);
  };
  expect(refusals({ serviceName: 'z' })).toEqual([
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ]);
  expect(refusals({ replicas: 3, minReadySeconds: 1, ordinals: { start: 1 } })).toEqual([]);
});

test('the rows of a StatefulSet and of a revision', () => {
  expect(statefulSet.columns.map(({ cell }) => cell(stored(), NOW))).toEqual(['s', '0/1', '7s', 'c', 'nginx']);
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', uid: 'u', controller: true };
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { ...metadata, name: 's-1', ownerReferences: [owner] },
    data: { a: 1 },
    revision: 1,
  };
  expect(controllerRevision.columns.map(({ cell }) => cell(revision, NOW))).toEqual([
    's-1',
    'statefulset.apps/s',
    1,
    '7s',
  ]);
  const changed = controllerRevision.validateUpdate({ ...revision, data: { a: 2 } }, revision, CONTEXT);
  expect(changed.map(({ field, message }) => `${field}: ${message}`)).toEqual([
    'data: Invalid value: {"a":2}: field is immutable',
  ]);
});
