import { expect, test } from 'vitest';
import { codeOf } from '../kernel/test-machine.ts';
import { FileContent } from './file-content.ts';
import { Quota } from './filesystem.ts';

const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

function room(limitBytes: number, heapBytes = 64 * 2 ** 20) {
  return { quota: new Quota(limitBytes), heap: new Quota(heapBytes) };
}

const GIGABYTE = 2 ** 30;
const CHUNK = 16_384;

test('shared content is copied by the first write and only then counts', () => {
  const disk = room(100);
  const shared = filled(40, 1);
  const content = new FileContent(disk, shared);
  expect(disk.quota.usedBytes).toBe(0);
  content.write(39, filled(2, 2));
  expect(disk.quota.usedBytes).toBe(41);
  expect([...shared]).toEqual([...filled(40, 1)]);
  expect([...content.read(38, 10)]).toEqual([1, 2, 2]);
  content.free();
  expect([disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([0, 0]);
});

test('what was read does not change when the file does', () => {
  const content = new FileContent(room(100));
  content.write(0, filled(4, 1));
  const before = content.read(0, 4);
  content.write(0, filled(4, 2));
  expect([...before]).toEqual([1, 1, 1, 1]);
});

test('text that replaces all is read, added to and cut like any other bytes', () => {
  const disk = room(100);
  const content = new FileContent(disk, filled(80, 1));
  const told = () => new TextDecoder().decode(content.read(0, 100));
  content.replace('a tide table');
  expect([content.size, content.allocatedBytes, disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([12, 12, 12, 12]);
  expect(new TextDecoder().decode(content.read(2, 4))).toBe('tide');
  content.replace('ebb');
  content.write(3, filled(2, 33));
  expect([told(), disk.quota.usedBytes]).toEqual(['ebb!!', 5]);
  content.replace('flood');
  content.truncate(3);
  expect([told(), disk.quota.usedBytes]).toEqual(['flo', 3]);
  content.replace('Ebbe und Höhe');
  expect([told(), content.size]).toEqual(['Ebbe und Höhe', 14]);
  expect(codeOf(() => content.replace('x'.repeat(101)))).toBe('ENOSPC');
  expect([content.size, disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([0, 0, 0]);
});

test('truncation counts in both directions', () => {
  const disk = room(100);
  const { quota } = disk;
  const content = new FileContent(disk, filled(80, 1));
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
  const disk = room(10);
  const content = new FileContent(disk);
  content.write(0, filled(8, 1));
  expect(codeOf(() => content.write(8, filled(3, 1)))).toBe('ENOSPC');
  expect([content.size, disk.quota.usedBytes]).toEqual([8, 8]);
});

test('a gigabyte of zeros fills the disk but not the memory', () => {
  const disk = room(2 * GIGABYTE);
  const content = new FileContent(disk);
  const block = new Uint8Array(2 ** 20);
  for (let at = 0; at < GIGABYTE; at += block.length) content.write(at, block);
  expect([content.size, disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([GIGABYTE, GIGABYTE, 0]);
  expect([...content.read(GIGABYTE - 2, 10)]).toEqual([0, 0]);
});

test('so does what repeats itself', () => {
  const disk = room(2 * GIGABYTE);
  const content = new FileContent(disk);
  const block = new TextEncoder().encode('y\n'.repeat(4096));
  for (let at = 0; at < 16 * 2 ** 20; at += block.length) content.write(at, block);
  expect(disk.quota.usedBytes).toBe(16 * 2 ** 20);
  expect(disk.heap.usedBytes).toBeLessThanOrEqual(2 * CHUNK);
  content.write(5 * CHUNK + 1, filled(1, 1));
  expect([...content.read(5 * CHUNK, 3)]).toEqual([0x79, 1, 0x79]);
  expect([...content.read(6 * CHUNK, 2)]).toEqual([0x79, 0x0a]);
  content.free();
  expect([disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([0, 0]);
});

test('a hole takes no room on the disk', () => {
  const disk = room(10 * CHUNK);
  const content = new FileContent(disk);
  content.truncate(GIGABYTE);
  expect([content.size, content.allocatedBytes]).toEqual([GIGABYTE, 0]);
  content.write(GIGABYTE / 2, filled(3, 7));
  expect([...content.read(GIGABYTE / 2 - 1, 5)]).toEqual([0, 7, 7, 7, 0]);
  expect(content.allocatedBytes).toBe(CHUNK);
  content.truncate(GIGABYTE / 2 + 1);
  content.truncate(GIGABYTE);
  expect([...content.read(GIGABYTE / 2, 3)]).toEqual([7, 0, 0]);
});

test('content that cannot be held is refused as a full disk', () => {
  const disk = room(GIGABYTE, 5 * CHUNK);
  const content = new FileContent(disk);
  let value = 0;
  const chunk = () => new Uint8Array(CHUNK).map((_, index) => (index === 0 ? ++value : 1));
  content.truncate(GIGABYTE);
  for (let i = 0; i < 5; i++) content.write(i * CHUNK, chunk());
  expect(codeOf(() => content.write(5 * CHUNK, chunk()))).toBe('ENOSPC');
  content.free();
  expect([disk.quota.usedBytes, disk.heap.usedBytes]).toEqual([0, 0]);
});
