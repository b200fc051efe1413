import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { storeContract } from '../testing/store-contract.ts';
import { openStore } from './sql-store.ts';
import { openSqlite } from './sqlite.ts';

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
