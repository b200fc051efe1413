import { afterAll, describe, expect, test } from 'vitest';
import { storeContract } from '../testing/store-contract.ts';
import { temporaryPostgres } from '../testing/temporary-postgres.ts';
import { openPostgres } from './postgres.ts';
import { openStore } from './sql-store.ts';
import type { Change } from './store.ts';

const postgres = await temporaryPostgres();
afterAll(() => postgres?.stop());

describe.skipIf(postgres === undefined)('PostgreSQL', () => {
  const open = async () => openStore(await openPostgres(postgres!.url));
  storeContract(open, async () => {
    const store = await open();
    await store.wipe();
    await store.close();
  });

  test('a database that goes away and comes back: what fails says so, and everybody is told to look again', async () => {
    const store = await open();
    const heard: Change[] = [];
    store.onChange((change) => heard.push(change));
    await postgres!.kill();
    await expect(store.workshop()).rejects.toThrow();
    await postgres!.start();
    await expect.poll(() => heard).toContainEqual({ kind: 'workshop' });
    await store.post(undefined, { kind: 'announce', text: 'back' }, 1);
    await expect.poll(() => heard.at(-1)).toMatchObject({ kind: 'message' });
    await store.close();
  });

  test('a database that goes away within a transaction fails that transaction, and not the server', async () => {
    const sql = await openPostgres(postgres!.url);
    const failing = sql.transaction(async (query) => {
      await postgres!.kill();
      await query('select 1');
    });
    await expect(failing).rejects.toThrow();
    await postgres!.start();
    expect(await sql.transaction((query) => query('select 1 as one'))).toEqual([{ one: 1 }]);
    await sql.close();
  });

  test('several servers may share it, and a server that lost its connection holds it again', async () => {
    const [one, other] = [await open(), await open()];
    expect([await one.hold('serving'), await other.hold('serving')]).toEqual([true, true]);
    await other.close();
    const heard: Change[] = [];
    one.onChange((change) => heard.push(change));
    await postgres!.kill();
    await postgres!.start();
    await expect.poll(() => heard).toContainEqual({ kind: 'workshop' });
    const again = await open();
    expect(await again.hold('alone')).toBe(false);
    await one.close();
    expect(await again.hold('alone')).toBe(true);
    await again.close();
  });

  test('one server hears of what another has changed', async () => {
    const [one, other] = [await open(), await open()];
    const heard: Change[] = [];
    other.onChange((change) => heard.push(change));
    await one.post(undefined, { kind: 'announce', text: 'hello' }, 1);
    await expect.poll(() => heard.map(({ kind }) => kind)).toContain('message');
    await one.close();
    await other.close();
  });
});

test('a database that does not answer is an error', async () => {
  await expect(openPostgres('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
});
