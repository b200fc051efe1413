import type { JournalEntry } from '@drydock/engine';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type Grade, type Person, type Workshop } from '../records.ts';
import type { Change, Store } from '../store/store.ts';

const WORKSHOP: Workshop = {
  id: 'w1',
  title: 'Tuesday',
  code: 'ABC234',
  instructorHash: 'hash',
  createdAt: 1000,
  settings: DEFAULT_SETTINGS,
};

function person(id: string, name: string): Person {
  return { id, name, tokenHash: `token of ${id}`, joinedAt: 1000, seenAt: 1000 };
}

function entry(number: number): JournalEntry {
  return { timeMs: number * 10, step: number, input: { kind: 'file.write', path: 'a', text: `${number}` } };
}

const BENCH = 'lesson/one';
const run = (personId: string, runId: string) => ({
  personId,
  benchId: BENCH,
  runId,
  options: { seed: 's' },
  beganAt: 2000,
});

const grade = (personId: string, earned: number): Grade => ({
  personId,
  exerciseId: 'e',
  benchId: 'exercise/e',
  runId: 'r',
  count: 1,
  at: 1,
  lastAt: 1,
  by: 'learner',
  earned,
  points: 2,
  checks: [],
});

/** What every storage of a workshop must do. `open` opens the same storage each time; `clean` empties it. */
export function storeContract(open: () => Promise<Store>, clean: () => Promise<void>): void {
  let store: Store;
  beforeEach(async () => {
    await clean();
    store = await open();
    await store.create(WORKSHOP);
    await store.addPerson(person('ada', 'Ada'));
  });
  afterEach(() => store.close());

  /** As after the process was killed: nothing but the storage is left. */
  const again = async (): Promise<void> => {
    await store.close();
    store = await open();
  };

  test('a workshop and its settings are there again', async () => {
    await store.changeSettings('w1', (settings) => ({ ...settings, locked: ['lesson/two'], paused: true }));
    await again();
    expect(await store.workshop()).toEqual({
      ...WORKSHOP,
      settings: { ...DEFAULT_SETTINGS, locked: ['lesson/two'], paused: true },
    });
  });

  test('of two servers that begin at once one is the first', async () => {
    expect(await store.create({ ...WORKSHOP, code: 'ZZZ999' })).toBe(false);
    expect((await store.workshop())?.code).toBe(WORKSHOP.code);
  });

  test('people are found by id and by token; a name is taken once, however it is written', async () => {
    expect(await store.addPerson(person('ben', 'Ben'))).toBe(true);
    expect(await store.addPerson(person('eve', 'ADA'))).toBe(false);
    await store.changePerson('ada', { handAt: 5000 });
    await store.changeToken('ada', 'another');
    await again();
    expect((await store.people()).map(({ id }) => id)).toEqual(['ada', 'ben']);
    expect(await store.personByToken('another')).toMatchObject({ id: 'ada', handAt: 5000 });
    expect(await store.personByToken('token of ada')).toBeUndefined();
    await store.changePerson('ada', { handAt: undefined });
    expect((await store.person('ada'))?.handAt).toBeUndefined();
    expect(await store.person('nobody')).toBeUndefined();
  });

  test('whoever is taken out leaves nothing behind, and what comes of them later is not kept', async () => {
    await store.addPerson(person('ben', 'Ben'));
    await store.changePerson('ben', { pairedWith: 'ada' });
    const state = { personId: 'ada', benchId: BENCH, checkId: 'c', met: true, changedAt: 4000 };
    const work = async (): Promise<void> => {
      await store.setChecks([state]);
      await store.saveGrade(grade('ada', 1));
    };
    await store.beginRun(run('ada', 'r1'));
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0)] }, 3000);
    await store.post('ada', { kind: 'announce', text: 'for Ada' }, 3000);
    await store.post(undefined, { kind: 'announce', text: 'for all' }, 3000);
    await work();
    const heard: Change[] = [];
    store.onChange((change) => heard.push(change));
    await store.removePerson('ada');
    await work();
    await store.removePerson('nobody');
    await again();
    const lines: string[] = [];
    for await (const line of store.exportLines()) lines.push(line);
    expect(lines.filter((line) => /ada/i.test(line))).toEqual([]);
    expect((await store.messages(undefined, 0)).map(({ body }) => body)).toEqual([
      { kind: 'announce', text: 'for all' },
    ]);
    expect(await store.person('ben')).not.toHaveProperty('pairedWith');
    expect(await store.append('ada', BENCH, 'r1', { from: 1, entries: [entry(1)] }, 3000)).toMatchObject({
      refused: 'unknown run',
    });
    expect(await store.addPerson(person('eve', 'Ada'))).toBe(true);
  });

  test('entries are numbered: what comes twice is passed over, what skips is refused', async () => {
    await store.beginRun(run('ada', 'r1'));
    expect(await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0), entry(1)] }, 3000)).toEqual({
      count: 2,
    });
    expect(await store.append('ada', BENCH, 'r1', { from: 1, entries: [entry(1), entry(2)] }, 3001)).toEqual({
      count: 3,
    });
    expect(await store.append('ada', BENCH, 'r1', { from: 5, entries: [entry(5)] }, 3002)).toEqual({
      refused: 'gap',
      count: 3,
    });
    await store.append('ada', BENCH, 'r1', { from: 3, entries: [], end: { timeMs: 99, step: 99 } }, 3004);
    expect(await store.append('ada', BENCH, 'r9', { from: 0, entries: [] }, 3003)).toEqual({
      refused: 'unknown run',
      count: 0,
    });
    await again();
    expect((await store.entries('ada', BENCH, 1)).map((text) => JSON.parse(text))).toEqual([entry(1), entry(2)]);
    expect(await store.run('ada', BENCH)).toMatchObject({
      runId: 'r1',
      count: 3,
      options: { seed: 's' },
      lastAt: 3001,
    });
  });

  test('a run’s end is kept only with all of its entries', async () => {
    await store.beginRun(run('ada', 'r1'));
    await store.append(
      'ada',
      BENCH,
      'r1',
      { from: 0, entries: [entry(0), entry(1)], end: { timeMs: 50, step: 9 } },
      3000,
    );
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0)], end: { timeMs: 5, step: 1 } }, 3001);
    expect((await store.run('ada', BENCH))?.end).toEqual({ timeMs: 50, step: 9 });
  });

  test('starting over begins another run, and late batches of the first are refused', async () => {
    await store.beginRun(run('ada', 'r1'));
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0)] }, 3000);
    await store.beginRun(run('ada', 'r2'));
    expect(await store.append('ada', BENCH, 'r1', { from: 1, entries: [entry(1)] }, 3001)).toMatchObject({
      refused: 'unknown run',
    });
    expect(await store.entries('ada', BENCH, 0)).toEqual([]);
    expect((await store.entries('ada', BENCH, 0, 'r1')).map((text) => JSON.parse(text))).toEqual([entry(0)]);
    expect(await store.entries('ben', BENCH, 0, 'r1')).toEqual([]);
    expect((await store.runs()).map(({ runId }) => runId)).toEqual(['r2']);
    expect(await store.runs('nobody')).toEqual([]);
  });

  test('two batches at once leave no hole and no double', async () => {
    await store.beginRun(run('ada', 'r1'));
    const batch = { from: 0, entries: [entry(0), entry(1), entry(2)] };
    await Promise.all(Array.from({ length: 8 }, () => store.append('ada', BENCH, 'r1', batch, 3000)));
    expect(await store.entries('ada', BENCH, 0)).toHaveLength(3);
  });

  test('a run that grows too long is refused', async () => {
    await store.beginRun(run('ada', 'r1'));
    const huge = { timeMs: 0, step: 0, input: { kind: 'file.write', path: 'a', text: 'x'.repeat(9_000_000) } };
    expect(await store.append('ada', BENCH, 'r1', { from: 0, entries: [huge] }, 3000)).toEqual({ count: 1 });
    expect(await store.append('ada', BENCH, 'r1', { from: 1, entries: [huge] }, 3000)).toEqual({
      refused: 'too long',
      count: 1,
    });
  });

  test('checks keep their latest state', async () => {
    const state = { personId: 'ada', benchId: BENCH, checkId: 'c', met: true, firstMetAt: 4000, changedAt: 4000 };
    await store.setChecks([state]);
    await store.setChecks([{ ...state, met: false, changedAt: 5000 }]);
    expect(await store.checks()).toEqual([{ ...state, met: false, changedAt: 5000 }]);
    expect(await store.checks('nobody')).toEqual([]);
  });

  test('messages are numbered and reach whom they are for', async () => {
    const first = await store.post(undefined, { kind: 'announce', text: 'hello' }, 100);
    const second = await store.post('ada', { kind: 'announce', text: 'you' }, 200);
    await store.post('ben', { kind: 'announce', text: 'not you' }, 300);
    expect(second).toBeGreaterThan(first);
    expect((await store.messages('ada', 0)).map(({ body }) => (body as { text: string }).text)).toEqual([
      'hello',
      'you',
    ]);
    expect(await store.messages('ada', second)).toEqual([]);
    const numbers = await Promise.all(
      Array.from({ length: 5 }, () => store.post(undefined, { kind: 'settings' }, 400)),
    );
    expect(new Set(numbers).size).toBe(5);
  });

  test('grades are kept in their order', async () => {
    await store.saveGrade(grade('ada', 1));
    await store.saveGrade(grade('ada', 2));
    expect((await store.grades()).map(({ earned }) => earned)).toEqual([1, 2]);
    expect(await store.grades('ada')).toHaveLength(2);
    expect(await store.grades('ben')).toEqual([]);
  });

  test('whoever listens hears of every change', async () => {
    const heard: Change[] = [];
    const stop = store.onChange((change) => heard.push(change));
    await store.beginRun(run('ada', 'r1'));
    await store.post('ada', { kind: 'settings' }, 1);
    // Of what was done just before, a database may still tell.
    await expect.poll(() => heard.at(-1)).toMatchObject({ kind: 'message', to: 'ada' });
    expect(heard.at(-2)).toEqual({ kind: 'run', personId: 'ada', benchId: BENCH });
    const count = heard.length;
    stop();
    await store.post(undefined, { kind: 'settings' }, 2);
    expect(heard).toHaveLength(count);
  });

  test('the board can be given another key', async () => {
    await store.changeInstructor('w1', 'another');
    await again();
    expect(await store.workshop()).toEqual({ ...WORKSHOP, instructorHash: 'another' });
  });

  test('what is exported can be brought back, into a storage that holds nothing', async () => {
    await store.beginRun(run('ada', 'r1'));
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0)], end: { timeMs: 5, step: 5 } }, 3000);
    await store.setChecks([{ personId: 'ada', benchId: BENCH, checkId: 'c', met: true, changedAt: 4000 }]);
    await store.post('ada', { kind: 'announce', text: 'you' }, 200);
    const exported = async () => {
      const lines: string[] = [];
      for await (const line of store.exportLines()) lines.push(line);
      return lines;
    };
    const lines = await exported();
    await expect(store.importLines(lines)).rejects.toThrow('kept there already');
    await store.wipe();
    expect(await store.importLines(lines)).toBe(lines.length);
    expect(await exported()).toEqual(lines);
    expect(await store.run('ada', BENCH)).toMatchObject({ count: 1, end: { timeMs: 5, step: 5 } });
    await again();
    expect(await store.append('ada', BENCH, 'r1', { from: 1, entries: [entry(1)] }, 3001)).toEqual({ count: 2 });
  });

  test('what is no export is refused by line, and nothing of it is kept', async () => {
    const [workshop] = await Array.fromAsync(store.exportLines());
    await store.wipe();
    for (const [line, problem] of [
      ['{', 'line 2: not JSON'],
      ['{"table":"pg_user"}', 'line 2: not of a workshop'],
      ['{"table":"grade","number":"1","person":"ada","body":"{}"}', 'line 2: number: '],
      ['{"table":"grade","number":1,"person":"ada","body":"{"}', 'line 2: body: is not JSON'],
      ['{"table":"entry","run":"nobody’s","number":1,"body":"{}"}', 'line 2: '],
    ] as const) {
      await expect(store.importLines([workshop!, line])).rejects.toThrow(problem);
    }
    await expect(store.importLines([])).rejects.toThrow('no workshop in that file');
    expect(await store.workshop()).toBeUndefined();
  });

  test('entries that say something else than those that are there are refused', async () => {
    await store.beginRun(run('ada', 'r1'));
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0), entry(1)] }, 3000);
    const other = { from: 1, entries: [entry(7), entry(8)] };
    expect(await store.append('ada', BENCH, 'r1', other, 3001)).toEqual({ refused: 'diverged', count: 2 });
    expect(await store.entries('ada', BENCH, 0)).toHaveLength(2);
  });

  test('is not had alone while a server uses it, nor served while somebody has it alone', async () => {
    expect(await store.hold('serving')).toBe(true);
    const other = await open();
    expect(await other.hold('alone')).toBe(false);
    await store.close();
    expect(await other.hold('alone')).toBe(true);
    store = await open();
    expect(await store.hold('serving')).toBe(false);
    await other.close();
    expect(await store.hold('serving')).toBe(true);
  });

  test('takes another title, and keeps the rest', async () => {
    await store.changeTitle('w1', 'Wednesday');
    expect(await store.workshop()).toEqual({ ...WORKSHOP, title: 'Wednesday' });
  });

  test('everything can be exported, and wiped', async () => {
    await store.beginRun(run('ada', 'r1'));
    await store.append('ada', BENCH, 'r1', { from: 0, entries: [entry(0)] }, 3000);
    const lines: string[] = [];
    for await (const line of store.exportLines()) lines.push(line);
    expect(lines.map((line) => JSON.parse(line).table)).toEqual(['workshop', 'person', 'run', 'entry']);
    await store.wipe();
    await again();
    expect(await store.workshop()).toBeUndefined();
    expect(await store.people()).toEqual([]);
  });
}
