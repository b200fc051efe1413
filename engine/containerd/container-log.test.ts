import { expect, test } from 'vitest';
import { createFabric, createHost } from '../linux/index.ts';
import { Simulation } from '../sim/index.ts';
import { ContainerLog } from './container-log.ts';
import { parseRecords } from './log-format.ts';
import { readContainerLog } from './log-reader.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function setUp() {
  const sizes: number[] = [];
  const sim = new Simulation({ seed: 'log' });
  const root = createHost({
    sim,
    name: 'node',
    fabric: createFabric(sim),
    addresses: [],
    cpuMillis: 1000,
    memoryBytes: 1e9,
    root: { '/log': { directory: true } },
  }).root;
  const log = new ContainerLog(sim, root, '/log/0.log', (bytes) => sizes.push(bytes));
  const read = (options = {}): string => {
    let text = '';
    readContainerLog(root, log, options)({ write: (chunk) => (text += decode(chunk)), end: () => {} });
    return text;
  };
  return { sim, root, log, read, sizes };
}

test('lines become records; a line without an end is kept until there is one', () => {
  const { sim, root, log, read } = setUp();
  log.write('stdout', encode('one\ntw'));
  sim.runFor(1500);
  log.write('stderr', encode('oops\n'));
  log.write('stdout', encode('o\n'));
  expect(decode(root.readFile('/log/0.log'))).toBe(
    '2026-01-12T09:00:00.000000000Z stdout F one\n' +
      '2026-01-12T09:00:01.500000000Z stderr F oops\n' +
      '2026-01-12T09:00:01.500000000Z stdout F two\n',
  );
  expect(read()).toBe('one\noops\ntwo\n');
  expect(read({ tailLines: 1 })).toBe('two\n');
  expect(read({ tailLines: 0 })).toBe('');
  expect(read({ sinceMs: sim.wallMs - 1000 })).toBe('oops\ntwo\n');
  expect(read({ limitBytes: 5 })).toBe('one\no');
  expect(read({ timestamps: true, tailLines: 1 })).toBe('2026-01-12T09:00:01.500000000Z two\n');
});

test('what is left at the end is written without a newline', () => {
  const { log, read } = setUp();
  log.write('stdout', encode('a\nb'));
  log.end();
  expect(read()).toBe('a\nb');
});

test('long lines are broken into partial records and read as one', () => {
  const { root, log, read } = setUp();
  const line = 'x'.repeat(40_000);
  log.write('stdout', encode(`${line}\nnext\n`));
  expect(parseRecords(root.readFile('/log/0.log')).map(({ partial }) => partial)).toEqual([true, true, false, false]);
  expect(read()).toBe(`${line}\nnext\n`);
  expect(read({ tailLines: 2 })).toBe(`${line}\nnext\n`);
});

test('a file that was moved away is followed by a new one', () => {
  const { root, log, read, sizes } = setUp();
  const followed: string[] = [];
  readContainerLog(root, log, { follow: true })({ write: (chunk) => followed.push(decode(chunk)), end: () => {} });
  log.write('stdout', encode('before\n'));
  root.rename('/log/0.log', '/log/0.log.20260112-090000');
  log.reopen();
  log.write('stdout', encode('after\n'));
  expect(read()).toBe('after\n');
  expect(followed.join('')).toBe('before\nafter\n');
  expect(sizes).toEqual([0, 47, 0, 46]);
});
