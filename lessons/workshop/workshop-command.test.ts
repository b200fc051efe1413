import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openStore } from './store/sql-store.ts';
import { openSqlite } from './store/sqlite.ts';
import { openRoom } from './testing/room.ts';
import { workshopCommand } from './workshop-command.ts';

const data = mkdtempSync(join(tmpdir(), 'drydock-command-'));
afterAll(() => rmSync(data, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What a command says of what it does not do. */
async function refused(...args: readonly string[]): Promise<string> {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  vi.spyOn(console, 'log').mockImplementation(() => {});
  await workshopCommand(['--data', data, ...args]);
  vi.restoreAllMocks();
  return said;
}

test('while a server holds the folder nothing is wiped, graded again or brought back, and no other server starts', async () => {
  const store = await openStore(openSqlite(join(data, 'workshop.sqlite')));
  await openRoom([], { store });
  expect(await store.hold('serving')).toBe(true);
  const sentence = `--data ${data}: a workshop runs with it; stop it first`;
  for (const args of [['--wipe'], ['--regrade'], ['--import', 'file'], []])
    expect(await refused(...args)).toContain(sentence);
  expect(await store.workshop()).toBeDefined();

  const file = join(data, 'workshop.jsonl');
  expect(await refused('--export', file)).toBe('');
  expect(existsSync(file)).toBe(true);

  await store.close();
  expect(await refused('--wipe')).toBe('');
  const after = await openStore(openSqlite(join(data, 'workshop.sqlite')));
  expect(await after.workshop()).toBeUndefined();
  await after.close();
});
