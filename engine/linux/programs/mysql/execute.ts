import { accountStatement } from './accounts.ts';
import { changeRows } from './change-rows.ts';
import { Cursor } from './cursor.ts';
import { defineTables } from './define-tables.ts';
import { replicationStatement } from './replication-statements.ts';
import { DONE, type Result } from './result.ts';
import { select } from './select.ts';
import { enter, requireAll, type Session } from './session.ts';
import { show } from './show.ts';
import { SqlError } from './sql-error.ts';

const WRITES = ['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'TRUNCATE', 'CREATE', 'DROP', 'ALTER', 'GRANT', 'REVOKE'];

type Statement = (session: Session, cursor: Cursor) => Result;

const STATEMENTS: Readonly<Record<string, Statement>> = {
  SELECT: select,
  SHOW: show,
  DESCRIBE: show,
  DESC: show,
  EXPLAIN: show,
  INSERT: changeRows,
  REPLACE: changeRows,
  UPDATE: changeRows,
  DELETE: changeRows,
  TRUNCATE: changeRows,
  CREATE: defineTables,
  DROP: defineTables,
  ALTER: accountStatement,
  GRANT: accountStatement,
  REVOKE: accountStatement,
  FLUSH: () => DONE,
  SET: () => DONE,
  START: replicationStatement,
  STOP: replicationStatement,
  RESET: replicationStatement,
  CHANGE: replicationStatement,
  BEGIN: () => DONE,
  COMMIT: () => DONE,
  SHUTDOWN: shutDown,
  USE: use,
};

/** Carries out one statement. What changes data is noted for replicas. Throws SqlError. */
export function execute(session: Session, sql: string): Result {
  const cursor = new Cursor(sql);
  const verb = cursor.token.text.toUpperCase();
  const statement = cursor.token.type === 'word' && Object.hasOwn(STATEMENTS, verb) ? STATEMENTS[verb] : undefined;
  if (statement === undefined) throw cursor.error();
  const { server, database } = session;
  const writes = WRITES.includes(verb);
  if (writes && server.settings.has('super-read-only') && !server.replica.isApplying) {
    const why = 'is running with the --super-read-only option so it cannot execute this statement';
    throw new SqlError(1290, 'HY000', `The MySQL server ${why}`);
  }
  const result = statement(session, cursor);
  if (writes) server.binaryLog.append({ database, sql });
  return result;
}

function use(session: Session, cursor: Cursor): Result {
  cursor.expect('USE');
  const database = cursor.name();
  cursor.end();
  enter(session, database);
  return { affected: 0, database };
}

function shutDown(session: Session, cursor: Cursor): Result {
  requireAll(session, 'SHUTDOWN');
  cursor.next();
  cursor.end();
  session.server.stopping = true;
  return DONE;
}
