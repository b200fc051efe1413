import { expect, test } from 'vitest';
import type { FieldError } from './field-error.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata-validation.ts';
import type { KubeObject, ObjectMeta } from './object.ts';

const GOOD: ObjectMeta = { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: 't' };

function create(metadata: object, namespaced = true): string[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, { ...GOOD, ...metadata }, namespaced);
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function update(metadata: object, before: object = {}): string[] {
  const object = (more: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { ...GOOD, ...more } }) as KubeObject;
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, object({ ...before, ...metadata }), object(before));
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

test('names and namespaces', () => {
  expect(create({})).toEqual([]);
  expect(create({ name: '' })).toEqual(['metadata.name: Required value: name or generateName is required']);
  expect(create({ generateName: 'web-' })).toEqual([]);
  expect(create({ generateName: 'A_' })[0]).toContain(
    'metadata.generateName: Invalid value: "A_": a lowercase RFC 1123',
  );
  expect(create({ namespace: undefined })).toEqual(['metadata.namespace: Required value']);
  expect(create({ namespace: 'x' }, false)).toEqual(['metadata.namespace: Forbidden: not allowed on this type']);
});

test('annotations: upper case passes, too much does not', () => {
  expect(create({ annotations: { 'Example.com/Key': 'x' } })).toEqual([]);
  expect(create({ annotations: { big: 'x'.repeat(262144) } })).toEqual([
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ]);
});

test('owners', () => {
  const owner = (kind: string) => ({ apiVersion: 'v1', kind, name: kind.toLowerCase(), uid: '1', controller: true });
  expect(create({ ownerReferences: [{}] })).toEqual([
    'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
    'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
  ]);
  expect(create({ ownerReferences: [owner('A'), owner('B')] })[0]).toContain(
    'Only one reference can have Controller set to true. Found "true" in references for A/a and B/b',
  );
  expect(create({ ownerReferences: [owner('Event')] })[0]).toContain(
    '/v1, Kind=Event is disallowed from being an owner',
  );
});

test('finalizers', () => {
  expect(create({ finalizers: ['example.com/x', 'orphan'] })).toEqual([]);
  expect(create({ finalizers: ['foo'] })).toEqual([
    'metadata.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  expect(create({ finalizers: ['orphan', 'foregroundDeletion'] })).toEqual([
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ]);
});

test('what identifies an object never changes', () => {
  expect(update({ labels: { a: 'b' } })).toEqual([]);
  expect(update({ name: 'z' })).toEqual(['metadata.name: Invalid value: "z": field is immutable']);
  expect(update({ uid: 'z' })).toEqual(['metadata.uid: Invalid value: "z": field is immutable']);
  expect(update({ resourceVersion: '' })).toEqual([
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
  ]);
  expect(update({ generation: 2 }, { generation: 3 })).toEqual([
    'metadata.generation: Invalid value: 2: must not be decremented',
  ]);
  expect(update({ deletionTimestamp: '2026-01-01T00:00:00Z' })).toEqual([
    'metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable',
  ]);
});

test('an object on its way out takes no new finalizers, and may lose those it has', () => {
  const leaving = { deletionTimestamp: 't', finalizers: ['example.com/a'] };
  expect(update({ finalizers: [] }, leaving)).toEqual([]);
  expect(update({ finalizers: ['example.com/a', 'example.com/b'] }, leaving)).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}',
  ]);
});

test('stored parts are not checked again, new ones are', () => {
  const labels = { 'a b': 'stored before the rules were tightened' };
  expect(update({}, { labels })).toEqual([]);
  expect(update({ labels: { 'a b': 'c' } })[0]).toContain('metadata.labels: Invalid value: "a b"');
});
