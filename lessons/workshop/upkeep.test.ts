import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWorkshop } from './server/open-workshop.ts';
import { readOptions } from './server/options.ts';
import { openStore } from './store/sql-store.ts';
import { openSqlite } from './store/sqlite.ts';
import { journalEntry, LESSON, openRoom, START } from './testing/room.ts';
import { exportTo, importFrom, movedTable } from './upkeep.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-upkeep-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a workshop goes to another laptop as a file: people and journals are there, the board has a new key', async () => {
  const room = await openRoom();
  const { token, id } = await room.join('Ada');
  await room.work(token, LESSON.id, [journalEntry(1), journalEntry(2)]);
  const file = join(folder, 'workshop.jsonl');
  await exportTo(file, room.store);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const store = await openStore(openSqlite(join(folder, 'other.sqlite')));
  const { instructorKey, lines } = await importFrom(file, store);
  expect(lines).toBe(5);
  const options = readOptions([], new Date(START));
  const { resumed, workshop } = await openWorkshop(store, options, [LESSON], instructorKey, START);
  expect([resumed, workshop.code]).toEqual([true, room.code]);
  await expect(openWorkshop(store, options, [LESSON], room.key, START)).rejects.toThrow('not the key of its board');
  expect(await store.entries(id, LESSON.id, 0)).toHaveLength(2);
  await expect(importFrom(file, store)).rejects.toThrow('kept there already');
  await store.close();
});

test('a file that is not there, or no export, is told by its name', async () => {
  const store = await openStore(openSqlite(':memory:'));
  const none = join(folder, 'none');
  await expect(importFrom(none, store)).rejects.toThrow(`--import ${none}: there is no such file or folder`);
  const file = join(folder, 'grades.csv');
  writeFileSync(file, 'assignment,score\n');
  await expect(importFrom(file, store)).rejects.toThrow(`${file}: line 1: not JSON`);
});

test('what cannot be written is told in a sentence', async () => {
  const { store } = await openRoom();
  await expect(exportTo(folder, store)).rejects.toThrow(`--export ${folder}: that is a folder, not a file`);
  const lost = join(folder, 'lost', 'workshop.jsonl');
  await expect(exportTo(lost, store)).rejects.toThrow(`--export ${lost}: there is no such file or folder`);
});

test('where no workshop is kept there is nothing to export, and no file is written', async () => {
  const store = await openStore(openSqlite(':memory:'));
  const file = join(folder, 'nothing.jsonl');
  await expect(exportTo(file, store)).rejects.toThrow('no workshop is kept there');
  expect(existsSync(file)).toBe(false);
});

test('--until takes a time of day that there is, and a moment to come', () => {
  const now = new Date(2026, 10, 28, 9);
  const until = (text: string) => readOptions(['--until', text], now).until;
  expect(until('17:30')).toBe(new Date(2026, 10, 28, 17, 30).getTime());
  expect(until('8:00')).toBe(new Date(2026, 10, 29, 8).getTime());
  expect(until('2026-12-01T17:30')).toBe(new Date(2026, 11, 1, 17, 30).getTime());
  for (const text of ['25:00', '12:75', 'soon', '2025-01-01T10:00'])
    expect(() => until(text)).toThrow(`--until ${text}`);
});

test('whose grade moves is a table; what a terminal would obey is not in it', () => {
  const moved = { personId: 'a', exerciseId: 'shared-page', before: 2, after: 3, points: 4 };
  expect(movedTable([{ ...moved, name: 'Ada\x1b[2J', checks: [{ title: 'Same address', before: 0, after: 1 }] }])).toBe(
    ['NAME     EXERCISE     GRADE       BY', 'Ada?[2J  shared-page  2 -> 3 / 4  Same address: 0 -> 1', ''].join('\n'),
  );
  expect(movedTable([])).toBe('No grade has moved.\n');
});
