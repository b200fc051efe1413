import { expect, test } from 'vitest';
import { testMachine } from './kernel/test-machine.ts';
import { decode, encode, lineReader, print, readAll } from './stdio.ts';

test.for([
  [[0x61, 0xff, 0x62]],
  [[0xc3, 0xa4, 0xc3]],
  [[0xed, 0xa0, 0x80]],
  [[0xf0, 0x9f, 0x90, 0xb3, 0x80]],
  [[0xef, 0xbb, 0xbf, 0x41]],
  [[]],
])('bytes %j survive as text', ([bytes]) => {
  expect([...encode(decode(Uint8Array.from(bytes!)))]).toEqual(bytes);
});

test('valid UTF-8 is ordinary text', () => {
  expect(decode(encode('äö 日本 🐳'))).toBe('äö 日本 🐳');
  expect(decode(encode('\ud800'))).toBe('\ufffd');
});

test('lines come whole however their bytes arrive', () => {
  const machine = testMachine();
  const source = machine.host.source();
  const outcome = machine.start(
    function* (process) {
      const reader = lineReader(process, 0);
      for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
        yield* print(process, `<${line}>${reader.terminated ? '' : '!'}`);
      }
      return 0;
    },
    { files: { 0: source.file } },
  );
  for (const piece of ['on', 'e\ntw', 'o\n\nlast']) {
    source.send(encode(piece));
    machine.sim.runFor(10);
  }
  source.close();
  machine.sim.runFor(10);
  expect(outcome.stdout).toBe('<one><two><><last>!');
});

test('readAll stops at its limit', () => {
  const machine = testMachine();
  const source = machine.host.source();
  source.send(new Uint8Array(100));
  source.close();
  const outcome = machine.run(
    function* (process) {
      try {
        return (yield* readAll(process, 0, 50)).length;
      } catch (error) {
        yield* print(process, String(error));
        return 1;
      }
    },
    { files: { 0: source.file } },
  );
  expect(outcome.stdout).toBe('Errno: File too large');
});
