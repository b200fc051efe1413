import { expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../kinds.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';

type Spec = PersistentVolumeClaim['spec'];

const claim = (spec: Partial<Spec> | object, status?: object) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default', uid: 'u', creationTimestamp: '', resourceVersion: '1' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    ...(status === undefined ? {} : { status }),
  }) as unknown as PersistentVolumeClaim;

const created = (spec: object) => {
  const { dataSource, dataSourceRef } = persistentVolumeClaim.prepareForCreate!(claim(spec), {} as never).spec;
  return { dataSource, dataSourceRef };
};
const refusals = (spec: object) =>
  persistentVolumeClaim.validateCreate!(claim(spec)).map(({ field, message }) => `${field}: ${message}`);

const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'monday' };
const populator = { apiGroup: 'hello.example.com', kind: 'Hello', name: 'hi' };

test('both fields say where the content comes from, whichever was given', () => {
  expect(created({ dataSource: snapshot })).toEqual({ dataSource: snapshot, dataSourceRef: snapshot });
  expect(created({ dataSourceRef: snapshot })).toEqual({ dataSource: snapshot, dataSourceRef: snapshot });
  expect(created({ dataSourceRef: populator })).toEqual({ dataSource: populator, dataSourceRef: populator });
  expect(created({})).toEqual({});
});

test('the older field drops what is neither a claim nor a snapshot', () => {
  expect(created({ dataSource: populator })).toEqual({});
  expect(created({ dataSource: { kind: 'PersistentVolumeClaim', name: 'other' } })).toMatchObject({
    dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'other' },
  });
});

test('sources that make no sense are refused', () => {
  expect(refusals({ dataSource: { kind: '', name: '' } })).toEqual([
    'spec.dataSource.name: Required value',
    'spec.dataSource.kind: Required value',
    'spec.dataSource: Invalid value: "": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
  ]);
  expect(refusals({ dataSource: snapshot, dataSourceRef: { ...snapshot, name: 'sunday' } })).toEqual([
    'spec: Invalid value: "spec.dataSource": must match dataSourceRef',
  ]);
});

const bound = { phase: 'Bound', capacity: { storage: '1Gi' } };
const size = (storage: string) => ({ resources: { requests: { storage } } });
const changes = (before: object, after: object, status: object = bound) =>
  persistentVolumeClaim.validateUpdate!(claim(after, status), claim(before, status), {} as never).map(
    ({ field, message }) => `${field}: ${message}`,
  );

test('a claim that could not grow may ask for less, but for more than it has', () => {
  expect(changes(size('100Gi'), size('2Gi'))).toEqual([]);
  expect(changes(size('2Gi'), size('1Gi'))).toEqual([
    'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  ]);
  expect(changes(size('1Gi'), size('2Gi'), { phase: 'Pending' })).toEqual([
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
  ]);
});

test('the attributes of a volume can be changed, and not be taken back once they are there', () => {
  const [silver, gold] = [{ volumeAttributesClassName: 'silver' }, { volumeAttributesClassName: 'gold' }];
  expect(changes({}, silver)).toEqual([]);
  expect(changes(silver, gold)).toEqual([]);
  expect(changes(silver, {})).toEqual([]);
  expect(changes(silver, {}, { ...bound, currentVolumeAttributesClassName: 'silver' })).toEqual([
    'spec.volumeAttributesClassName: Forbidden: update to nil is forbidden when status.currentVolumeAttributesClassName is not nil',
  ]);
  expect(changes({}, silver, { phase: 'Pending' })).toHaveLength(1);
});
