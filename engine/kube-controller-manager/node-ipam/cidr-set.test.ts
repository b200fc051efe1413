import { expect, test } from 'vitest';
import { CidrSet } from './cidr-set.ts';

test('subnets are handed out in order, skipping those in use', () => {
  const set = new CidrSet('10.244.0.0/16', 24);
  set.occupy('10.244.1.0/24');
  expect([set.allocate(), set.allocate()]).toEqual(['10.244.0.0/24', '10.244.2.0/24']);
});

test('a freed subnet waits until all others have had their turn', () => {
  const set = new CidrSet('10.244.0.0/22', 24);
  expect([set.allocate(), set.allocate()]).toEqual(['10.244.0.0/24', '10.244.1.0/24']);
  set.release('10.244.0.0/24');
  expect([set.allocate(), set.allocate()]).toEqual(['10.244.2.0/24', '10.244.3.0/24']);
  expect([set.allocate(), set.allocate()]).toEqual(['10.244.0.0/24', undefined]);
});

test('what is not ours is left alone', () => {
  const set = new CidrSet('10.244.0.0/16', 24);
  set.occupy('192.168.0.0/24');
  set.release('nonsense');
  expect(set.allocate()).toBe('10.244.0.0/24');
});
