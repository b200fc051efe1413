import { DatabaseSync } from 'node:sqlite';

/** What SQLite says where another holds the lock. https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Locks a file until told, or until this process dies, however it dies: the system itself holds the lock and takes it from
 * the dead. Node gives out no such lock but SQLite's, so the file is a database in which nothing is ever written.
 *
 * @returns how to let it go; undefined where it is locked already
 */
export function lockFile(path: string): (() => void) | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return () => database.close();
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}
