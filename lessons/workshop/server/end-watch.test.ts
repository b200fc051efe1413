import { expect, test } from 'vitest';
import { openRoom, START } from '../testing/room.ts';
import { EndWatch } from './end-watch.ts';

const HOUR = 3_600_000;

/** A watch over a room, whose waits end when they are told to. */
async function watched() {
  const room = await openRoom();
  const ends: number[] = [];
  const waits: { readonly ms: number; readonly signal: AbortSignal; readonly done: () => void }[] = [];
  const wait = (ms: number, signal: AbortSignal) =>
    new Promise<void>((done, stopped) => {
      waits.push({ ms, signal, done });
      signal.addEventListener('abort', stopped);
    });
  const watch = new EndWatch(room.store, { now: () => room.now, wait }, (_, at) => ends.push(at));
  watch.look();
  const settle = (change: object) => room.request('PATCH', '/board/settings', room.key, change);
  /** The wait that is under way is over. */
  const pass = () => {
    const { ms, done } = waits.at(-1)!;
    room.now += ms;
    done();
  };
  return { room, watch, ends, waits, settle, pass };
}

test('the end is the moment that the instructor sets, overtime and all, wherever it is moved', async () => {
  const { ends, waits, settle, pass } = await watched();
  await settle({ closesAt: START + HOUR });
  await expect.poll(() => waits.at(-1)?.ms).toBe(HOUR);
  await settle({ closesAt: START + 2 * HOUR, overtimeMs: 1000 });
  await expect.poll(() => waits.at(-1)?.ms).toBe(2 * HOUR + 1000);
  expect(waits[0]!.signal.aborted).toBe(true);
  pass();
  await expect.poll(() => ends).toEqual([START + 2 * HOUR + 1000]);
});

test('an end that is past is told no more, and one that is taken away is none', async () => {
  const { ends, waits, settle } = await watched();
  await settle({ closesAt: START + HOUR });
  await expect.poll(() => waits).toHaveLength(1);
  await settle({ closesAt: null });
  await expect.poll(() => waits[0]!.signal.aborted).toBe(true);
  await settle({ closesAt: START - HOUR });
  expect([waits.length, ends]).toEqual([1, []]);
});

test('a month is waited for in days', async () => {
  const { ends, waits, settle, pass } = await watched();
  await settle({ closesAt: START + 30 * 24 * HOUR });
  for (let day = 1; day <= 30; day++) {
    await expect.poll(() => waits).toHaveLength(day);
    expect(waits.at(-1)!.ms).toBe(24 * HOUR);
    pass();
  }
  await expect.poll(() => ends).toHaveLength(1);
});

test('a server that stops waits no more', async () => {
  const { watch, waits, settle } = await watched();
  await settle({ closesAt: START + HOUR });
  await expect.poll(() => waits).toHaveLength(1);
  watch.close();
  expect(waits[0]!.signal.aborted).toBe(true);
});
