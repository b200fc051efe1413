import { DatabaseSync } from 'node:sqlite';
import { lockFile } from './lock-file.ts';
import type { Query, Sql } from './sql.ts';

/**
 * SQLite, in a file or (`:memory:`) nowhere. What has been written outlives the process when the promise resolves; a
 * machine that loses its power may lose the last moments, which the learners' browsers still have and send again. One
 * process only: there is nobody else to notify, so two servers cannot share it.
 *
 * @throws Error when the file cannot be opened or is no database
 */
export function openSqlite(path: string): Sql {
  const database = new DatabaseSync(path);
  database.exec(
    // What is deleted is written over, so that a wiped name is in no free page of the file.
    'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma busy_timeout = 2000; pragma secure_delete = on',
  );
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const listeners = new Set<(text: string) => void>();
  let unlock: (() => void) | undefined;

  const now: Query = async (text, ...values) => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      statements.set(text, statement);
    }
    return statement.all(...values) as Awaited<ReturnType<Query>>;
  };

  // One at a time, so that nothing gets into somebody else's transaction.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(body: () => Promise<T>): Promise<T> => {
    const turn = last.then(body, body);
    last = turn.catch(() => {});
    return turn;
  };

  return {
    query: (text, ...values) => inTurn(() => now(text, ...values)),
    transaction: (body) =>
      inTurn(async () => {
        database.exec('begin immediate');
        try {
          const result = await body(now);
          database.exec('commit');
          return result;
        } catch (error) {
          if (database.isTransaction) database.exec('rollback');
          throw error;
        }
      }),
    async notify(text) {
      for (const listener of listeners) listener(text);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    // There is no connection to lose.
    onGap() {},
    async hold() {
      if (path === ':memory:') return true;
      unlock ??= lockFile(`${path}-lock`);
      return unlock !== undefined;
    },
    close: () =>
      inTurn(async () => {
        database.close();
        unlock?.();
      }),
  };
}
