import { expect, test } from 'vitest';
import type { Lease } from '../kinds.ts';
import { lease } from './lease.ts';

const CONTEXT = { timestamp: '', status: false };
const METADATA = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

test('a Lease shows its holder and lasts', () => {
  const held: Lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: METADATA,
    spec: { holderIdentity: 'node-1' },
  };
  expect(lease.columns[1]!.cell(held, 0)).toBe('node-1');
  expect(lease.validateCreate(held)).toEqual([]);
  expect(lease.validateUpdate({ ...held, spec: { leaseDurationSeconds: 0 } }, held, CONTEXT)).toMatchObject([
    { field: 'spec.leaseDurationSeconds', message: 'Invalid value: 0: must be greater than 0' },
  ]);
});
