import { expect, test } from 'vitest';
import type { ConfigMap } from '../kinds.ts';
import { configMap } from './config-map.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const CONTEXT = { timestamp: '', status: false };
const METADATA = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

test('a ConfigMap counts its keys', () => {
  const object = {
    ...METADATA,
    metadata: METADATA,
    data: { a: '1' },
    binaryData: { b: 'AA==' },
  } as unknown as ConfigMap;
  expect(configMap.columns[1]!.cell(object, NOW)).toBe(2);
});

test('a ConfigMap holds a mebibyte of UTF-8', () => {
  const object = (text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: METADATA, data: { a: text } });
  expect(configMap.validateCreate(object('x'.repeat(1048576)))).toEqual([]);
  expect(configMap.validateCreate(object('é'.repeat(524288)))).toEqual([]);
  expect(configMap.validateCreate(object(`😀${'x'.repeat(1048573)}`))).toEqual([
    { type: 'FieldValueTooLong', field: '', message: 'Too long: may not be more than 1048576 bytes' },
  ]);
});

test('an immutable ConfigMap stays so', () => {
  const before: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: METADATA,
    immutable: true,
    data: { a: '1' },
  };
  const errors = (next: Partial<ConfigMap>) =>
    configMap
      .validateUpdate({ ...before, ...next }, before, CONTEXT)
      .map(({ field, message }) => `${field}: ${message}`);
  expect(errors({ data: { a: '1' } })).toEqual([]);
  expect(errors({ data: { a: '2' } })).toEqual(['data: Forbidden: field is immutable when `immutable` is set']);
  expect(errors({ immutable: false })).toEqual(['immutable: Forbidden: field is immutable when `immutable` is set']);
});
