import { expect, test } from 'vitest';
import { codeOf } from '../kernel/test-machine.ts';
import { FileContent } from './file-content.ts';
import { Quota } from './filesystem.ts';

const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

test('shared content is copied by the first write and only then counts', () => {
  const quota = new Quota(100);
  const shared = filled(40, 1);
  const content = new FileContent(quota, shared);
  expect(quota.usedBytes).toBe(0);
  content.write(39, filled(2, 2));
  expect(quota.usedBytes).toBe(41);
  expect([...shared]).toEqual([...filled(40, 1)]);
  expect([...content.read(38, 10)]).toEqual([1, 2, 2]);
  content.free();
  expect(quota.usedBytes).toBe(0);
});

test('what was read does not change when the file does', () => {
  const content = new FileContent(new Quota(100));
  content.write(0, filled(4, 1));
  const before = content.read(0, 4);
  content.write(0, filled(4, 2));
  expect([...before]).toEqual([1, 1, 1, 1]);
});

test('truncation counts in both directions', () => {
  const quota = new Quota(100);
  const content = new FileContent(quota, filled(80, 1));
  content.truncate(60);
  expect(quota.usedBytes).toBe(60);
  content.truncate(0);
  expect(quota.usedBytes).toBe(0);
  content.truncate(100);
  expect(quota.usedBytes).toBe(100);
  expect(codeOf(() => content.truncate(101))).toBe('ENOSPC');
  expect(content.size).toBe(100);
  content.truncate(10);
  expect(quota.usedBytes).toBe(10);
});

test('a write that does not fit leaves everything as it was', () => {
  const quota = new Quota(10);
  const content = new FileContent(quota);
  content.write(0, filled(8, 1));
  expect(codeOf(() => content.write(8, filled(3, 1)))).toBe('ENOSPC');
  expect([content.size, quota.usedBytes]).toEqual([8, 8]);
});
