import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { storeContract } from '../testing/store-contract.ts';
import { openStore } from './sql-store.ts';
import { openSqlite } from './sqlite.ts';

/** Another process that serves the file until it is ended. */
const HOLDER = `
  const { openSqlite } = await import(${JSON.stringify(new URL('sqlite.ts', import.meta.url))});
  const sql = openSqlite(process.env.FILE);
  console.log(await sql.hold('serving'));
  setInterval(() => sql, 1e6);
`;

const folder = mkdtempSync(join(tmpdir(), 'drydock-workshop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('SQLite', () => {
  const file = join(folder, 'workshop.sqlite');
  storeContract(
    () => openStore(openSqlite(file)),
    async () => {
      for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
    },
  );

  test('two servers cannot share it: neither would hear of the other', async () => {
    const [one, other] = [openSqlite(file), openSqlite(file)];
    expect([await one.hold('serving'), await other.hold('serving')]).toEqual([true, false]);
    await one.close();
    await other.close();
  });

  test('a server that was killed holds nothing', async () => {
    const held = spawn(process.execPath, ['--input-type=module', '-e', HOLDER], {
      env: { ...process.env, FILE: file },
    });
    await once(held.stdout, 'data');
    const sql = openSqlite(file);
    expect(await sql.hold('alone')).toBe(false);
    held.kill('SIGKILL');
    await once(held, 'exit');
    expect(await sql.hold('alone')).toBe(true);
    await sql.close();
  });

  test('a transaction that fails leaves nothing', async () => {
    const sql = openSqlite(':memory:');
    await sql.query('create table t (n integer primary key)');
    const failing = sql.transaction(async (query) => {
      await query('insert into t values (1)');
      await query('insert into t values (1)');
    });
    await expect(failing).rejects.toThrow('UNIQUE');
    expect(await sql.query('select * from t')).toEqual([]);
    await sql.close();
  });
});
