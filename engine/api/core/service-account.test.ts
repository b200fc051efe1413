import { expect, test } from 'vitest';
import type { ServiceAccount } from '../kinds.ts';
import { serviceAccount } from './service-account.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const METADATA = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

test('a table of ServiceAccounts has no secrets', () => {
  const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: METADATA };
  expect(serviceAccount.columns.map(({ name, cell }) => [name, cell(account, NOW)])).toEqual([
    ['Name', 'x'],
    ['Age', '60s'],
  ]);
});
