import { expect, test } from 'vitest';
import { testMachine } from '../kernel/test-machine.ts';
import { decode, encode } from '../stdio.ts';
import type { MappedMemory } from '../syscalls.ts';

function ledger() {
  let made = 0;
  const memory = {
    version: 1,
    text: 'ebb',
    bytes: () => {
      made += 1;
      return encode(memory.text);
    },
    get made() {
      return made;
    },
  };
  return memory satisfies MappedMemory;
}

test('the bytes of a mapped file are made when somebody reads, once for each version, and take no room', () => {
  const { root } = testMachine().host;
  const memory = ledger();
  const before = root.statfs('/srv').usedBytes;
  root.mapFile('/srv/db', memory, 0o600);
  expect(memory.made).toBe(0);
  expect([root.readText('/srv/db'), root.stat('/srv/db').size, root.stat('/srv/db').mode]).toEqual(['ebb', 3, 0o600]);
  expect(memory.made).toBe(1);
  Object.assign(memory, { version: 2, text: 'flood' });
  expect(decode(root.readFile('/srv/db'))).toBe('flood');
  root.rename('/srv/db', '/srv/moved');
  expect(root.mappedFile('/srv/moved')).toBe(memory);
  expect(root.statfs('/srv').usedBytes).toBe(before);
});

test('whoever writes to it parts the file from the memory', () => {
  const { root } = testMachine().host;
  const memory = ledger();
  root.mapFile('/srv/db', memory, 0o600);
  root.writeFile('/srv/db', '!', { append: true });
  Object.assign(memory, { version: 2, text: 'flood' });
  expect(root.readText('/srv/db')).toBe('ebb!');
  expect(root.mappedFile('/srv/db')).toBeUndefined();
  root.mapFile('/srv/db', memory, 0o600);
  root.writeFile('/srv/db', 'anew');
  expect(root.readText('/srv/db')).toBe('anew');
});
