import type { Cursor } from './cursor.ts';
import { likePattern, type Value } from './expression.ts';
import type { Result } from './result.ts';
import { mayEnter, requireAccess, type Session, tableName, variablesOf } from './session.ts';
import { SqlError, unknownDatabase, unsupported } from './sql-error.ts';

type Rows = readonly (readonly Value[])[];

/** `SHOW …`, and `DESCRIBE table`. */
export function show(session: Session, cursor: Cursor): Result {
  const verb = cursor.next().text.toUpperCase();
  if (verb !== 'SHOW') return describe(session, cursor);
  const full = cursor.take('FULL');
  if (cursor.take('COLUMNS') || cursor.take('FIELDS')) {
    if (!cursor.take('FROM')) cursor.expect('IN');
    return describe(session, cursor);
  }
  if (!cursor.take('GLOBAL')) cursor.take('SESSION');
  const word = cursor.next().text.toUpperCase();
  switch (word) {
    case 'DATABASES':
    case 'SCHEMAS':
      return named('Database', databases(session), cursor);
    case 'TABLES':
      return tables(session, cursor);
    case 'VARIABLES':
      return pairs(variablesOf(session.server), cursor);
    case 'STATUS':
      return pairs(statusOf(session), cursor);
    case 'GRANTS':
      return grants(session);
    case 'PROCESSLIST':
      return processes(session);
    case 'WARNINGS':
    case 'ERRORS':
      return { columns: ['Level', 'Code', 'Message'], rows: [] };
    case 'MASTER':
    case 'BINARY':
      return binaryLogStatus(session, cursor);
    case 'SLAVE':
    case 'REPLICA':
      cursor.expect('STATUS');
      return session.server.replica.status(
        word === 'SLAVE' ? 'Slave' : 'Replica',
        word === 'SLAVE' ? 'Master' : 'Source',
      );
    default:
      throw unsupported(`SHOW ${full ? 'FULL ' : ''}${word}`);
  }
}

function databases(session: Session): readonly string[] {
  const all = ['information_schema', ...session.server.storage.databases()].sort();
  return all.filter((name) => mayEnter(session, name));
}

/** One column of names, by `LIKE`. */
function named(title: string, names: readonly string[], cursor: Cursor): Result {
  const like = cursor.take('LIKE') ? cursor.text() : undefined;
  cursor.end();
  const rows = names.filter((name) => like === undefined || likePattern(like).test(name)).map((name) => [name]);
  return { columns: [like === undefined ? title : `${title} (${like})`], rows };
}

function tables(session: Session, cursor: Cursor): Result {
  const database = cursor.take('FROM') || cursor.take('IN') ? cursor.name() : session.database;
  if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected');
  if (!session.server.storage.has(database)) throw unknownDatabase(database);
  requireAccess(session, database);
  return named(`Tables_in_${database}`, session.server.storage.tables(database), cursor);
}

function pairs(values: ReadonlyMap<string, Value>, cursor: Cursor): Result {
  const like = cursor.take('LIKE') ? likePattern(cursor.text()) : undefined;
  cursor.end();
  const rows: Rows = [...values].filter(([name]) => like?.test(name) !== false);
  return { columns: ['Variable_name', 'Value'], rows: rows.map(([name, value]) => [name!, switchText(name, value)]) };
}

/** Switches are shown in words. */
const switchText = (name: Value | undefined, value: Value | undefined): Value =>
  /^(log_bin|.*read_only)$/.test(String(name)) ? (value === 1 ? 'ON' : 'OFF') : String(value ?? '');

const statusOf = ({ server, id }: Session): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ['Connections', id],
    ['Threads_connected', server.connections],
    ['Uptime', Math.floor((server.process.now() - server.binaryLog.openedMs) / 1000)],
  ]);

function describe(session: Session, cursor: Cursor): Result {
  const { database, table } = tableName(session, cursor);
  cursor.end();
  const { columns } = session.server.storage.table(database, table);
  return {
    columns: ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
    rows: columns.map(({ name, type, nullable, key, default: value, autoIncrement }) => [
      name,
      type,
      nullable ? 'YES' : 'NO',
      key,
      value,
      autoIncrement ? 'auto_increment' : value === 'CURRENT_TIMESTAMP' ? 'DEFAULT_GENERATED' : '',
    ]),
  };
}

function grants({ server, user, all }: Session): Result {
  const who = `\`${user}\`@\`%\``;
  const given = server.storage.table('mysql', 'db').rows.filter(([, , name]) => name === user);
  const whole = all ? `GRANT ALL PRIVILEGES ON *.* TO ${who} WITH GRANT OPTION` : `GRANT USAGE ON *.* TO ${who}`;
  const rows = [[whole], ...given.map(([, database]) => [`GRANT ALL PRIVILEGES ON \`${database}\`.* TO ${who}`])];
  return { columns: [`Grants for ${user}@%`], rows };
}

function processes({ id, user, host, database }: Session): Result {
  return {
    columns: ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'],
    rows: [[id, user, host, database ?? null, 'Query', 0, 'init', 'SHOW PROCESSLIST']],
  };
}

function binaryLogStatus({ server: { binaryLog } }: Session, cursor: Cursor): Result {
  if (!cursor.take('STATUS')) {
    cursor.expect('LOG');
    cursor.expect('STATUS');
  }
  const columns = ['File', 'Position', 'Binlog_Do_DB', 'Binlog_Ignore_DB', 'Executed_Gtid_Set'];
  return { columns, rows: binaryLog.isOpen ? [[binaryLog.file, binaryLog.position, '', '', '']] : [] };
}
