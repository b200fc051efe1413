import { expect, test } from 'vitest';
import type { Namespace } from '../kinds.ts';
import { namespace } from './namespace.ts';

const CONTEXT = { timestamp: '', status: false };
const METADATA = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

test('a Namespace is Active, carries its name as a label and waits for its contents', () => {
  const given = { apiVersion: 'v1', kind: 'Namespace', metadata: { ...METADATA, namespace: undefined } } as Namespace;
  const stored = namespace.prepareForCreate!(namespace.applyDefaults!(given), CONTEXT);
  expect(stored.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'x' });
  expect(stored).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  expect(namespace.selectableFields!(stored)['status.phase']).toBe('Active');
  const emptied = namespace.prepareForUpdate!({ ...stored, spec: { finalizers: [] } }, stored, CONTEXT);
  expect(emptied.spec).toBe(stored.spec);
});
