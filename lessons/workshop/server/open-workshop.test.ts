import { expect, test } from 'vitest';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import { EXERCISE, LESSON, SECOND, START } from '../testing/room.ts';
import { openWorkshop } from './open-workshop.ts';
import { readOptions } from './options.ts';

const CARDS = [LESSON, EXERCISE, SECOND];

/** A workshop that was begun with these arguments, and how it is opened with others. */
async function begun(...first: readonly string[]) {
  const store = await openStore(openSqlite(':memory:'));
  const options = (args: readonly string[]) => readOptions(args, new Date(START));
  const { instructorKey, workshop } = await openWorkshop(store, options(first), CARDS, undefined, START);
  return {
    store,
    workshop,
    again: (args: readonly string[], cards = CARDS) =>
      openWorkshop(store, options(args), cards, instructorKey, START + 1),
  };
}

test('the same command, or one that says less, has nothing to tell', async () => {
  const { again, workshop } = await begun('--title', 'Tuesday', '--lessons', 'one');
  for (const args of [['--title', 'Tuesday', '--lessons', 'one'], []]) {
    expect(await again(args)).toMatchObject({ resumed: true, notes: [], workshop });
  }
});

test('another title is taken', async () => {
  const { again, store } = await begun('--title', 'Tuesday');
  expect((await again(['--title', 'Wednesday'])).workshop.title).toBe('Wednesday');
  expect((await store.workshop())?.title).toBe('Wednesday');
});

test('other lessons or exercises are not taken, which is said with how to have them', async () => {
  const { again } = await begun('--lessons', 'one');
  const { workshop, notes } = await again(['--exercises', 'two']);
  expect(Object.keys(workshop.settings.benches)).toEqual([LESSON.id]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('keeps the lessons and exercises that it began with (one). For others');
  expect(notes[0]).toMatch(/--data .*--wipe/);
  await expect(again(['--lessons', 'none'])).rejects.toThrow('there is no lesson "none"');
});

test('many are not all named, and an exercise is named once for all its variants', async () => {
  const lessons = Array.from({ length: 9 }, (_, n) => ({ ...LESSON, id: `lesson/l${n}` }));
  const { again } = await begun('--exercises', 'two');
  expect((await again(['--lessons', 'one'])).notes[0]).toContain('(two)');
  const changed = { ...EXERCISE, versions: ['v2'] };
  expect((await again([], [LESSON, changed, { ...SECOND, versions: ['v2'] }])).notes[0]).toContain('(two)');
  const store = await openStore(openSqlite(':memory:'));
  const options = readOptions([], new Date(START));
  const { instructorKey } = await openWorkshop(store, options, lessons, undefined, START);
  const { notes } = await openWorkshop(store, options, [], instructorKey, START);
  expect(notes[0]).toContain('(l0, l1, l2, l3, l4, l5, l6, l7 and 1 more)');
});

test('after an update of Drydock it is said which journals cannot be followed any more', async () => {
  const { again } = await begun();
  const { notes } = await again([], [{ ...LESSON, versions: ['v2'] }, EXERCISE, SECOND]);
  expect(notes[0]).toContain('Drydock has changed since the workshop began (one)');
  // A language that was mended leaves those of the others followed.
  expect((await again([], [{ ...LESSON, versions: ['v1', 'v2'] }, EXERCISE, SECOND])).notes).toEqual([]);
});
