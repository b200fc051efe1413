import { accountStatement } from './accounts.ts';
import type { Cursor } from './cursor.ts';
import type { Value } from './expression.ts';
import { DONE, type Result } from './result.ts';
import { requireAccess, requireAll, type Session, tableName } from './session.ts';
import { SqlError, unsupported } from './sql-error.ts';
import type { Column } from './storage.ts';

/** `CREATE` and `DROP`, of databases, tables and users. */
export function defineTables(session: Session, cursor: Cursor): Result {
  if (cursor.isNext('CREATE', 'USER') || cursor.isNext('DROP', 'USER')) return accountStatement(session, cursor);
  const create = cursor.next().text.toUpperCase() === 'CREATE';
  if (cursor.take('DATABASE') || cursor.take('SCHEMA')) {
    return create ? createDatabase(session, cursor) : dropDatabase(session, cursor);
  }
  if (cursor.take('TABLE')) return create ? createTable(session, cursor) : dropTable(session, cursor);
  if (cursor.token.type !== 'word') throw cursor.error();
  throw unsupported(`${create ? 'CREATE' : 'DROP'} ${cursor.token.text.toUpperCase()}`);
}

function createDatabase(session: Session, cursor: Cursor): Result {
  const { storage } = session.server;
  const lenient = cursor.take('IF', 'NOT', 'EXISTS');
  const name = cursor.name();
  requireAccess(session, name);
  if (!storage.has(name)) {
    storage.createDatabase(name);
    return { affected: 1 };
  }
  if (lenient) return { affected: 1 };
  throw new SqlError(1007, 'HY000', `Can't create database '${name}'; database exists`);
}

function dropDatabase(session: Session, cursor: Cursor): Result {
  const { storage } = session.server;
  const lenient = cursor.take('IF', 'EXISTS');
  const name = cursor.name();
  cursor.end();
  requireAccess(session, name);
  if (!storage.has(name)) {
    if (lenient) return DONE;
    throw new SqlError(1008, 'HY000', `Can't drop database '${name}'; database doesn't exist`);
  }
  if (session.database === name) session.database = undefined;
  return { affected: storage.dropDatabase(name) };
}

function createTable(session: Session, cursor: Cursor): Result {
  const { storage } = session.server;
  const lenient = cursor.take('IF', 'NOT', 'EXISTS');
  const { database, table } = tableName(session, cursor);
  cursor.expect('(');
  const columns: Column[] = [];
  const keys = new Map<string, Column['key']>();
  cursor.list(() => {
    if (!readKey(cursor, keys)) columns.push(readColumn(cursor));
  });
  cursor.expect(')');
  if (storage.find(database, table) !== undefined) {
    if (lenient) return DONE;
    throw new SqlError(1050, '42S01', `Table '${table}' already exists`);
  }
  for (const name of keys.keys()) {
    if (columns.some((column) => column.name === name)) continue;
    throw new SqlError(1072, '42000', `Key column '${name}' doesn't exist in table`);
  }
  const keyed = columns.map((column): Column => {
    const key = keys.get(column.name) ?? column.key;
    return { ...column, key, nullable: column.nullable && key !== 'PRI' };
  });
  storage.write(database, table, { columns: keyed, rows: [], next: 1 });
  return DONE;
}

/** `PRIMARY KEY (a)`, `UNIQUE KEY name (a)`, `KEY name (a)`: what is said of columns together. */
function readKey(cursor: Cursor, keys: Map<string, Column['key']>): boolean {
  const primary = cursor.take('PRIMARY', 'KEY');
  const unique = !primary && cursor.take('UNIQUE');
  const other = cursor.take('KEY') || cursor.take('INDEX');
  if (!primary && !unique && !other) return false;
  if (!cursor.isNext('(')) cursor.name();
  cursor.expect('(');
  const names = cursor.list(() => cursor.name());
  cursor.expect(')');
  // A key of several columns is no key of one.
  if (names.length > 1 && (primary || unique)) throw unsupported('keys of several columns');
  if (primary || unique) keys.set(names[0]!, primary ? 'PRI' : 'UNI');
  return true;
}

function readColumn(cursor: Cursor): Column {
  const name = cursor.name();
  const type = readType(cursor);
  const column: { -readonly [Key in keyof Column]: Column[Key] } = {
    name,
    type,
    nullable: true,
    key: '',
    default: null,
    autoIncrement: false,
  };
  for (;;) {
    if (cursor.take('NOT', 'NULL')) column.nullable = false;
    else if (cursor.take('AUTO_INCREMENT')) column.autoIncrement = true;
    else if (cursor.take('PRIMARY', 'KEY')) Object.assign(column, { key: 'PRI', nullable: false });
    else if (cursor.take('UNIQUE')) column.key = 'UNI';
    else if (cursor.take('DEFAULT')) column.default = readDefault(cursor);
    else if (cursor.take('COMMENT')) cursor.text();
    else if (!cursor.take('NULL') && !cursor.take('KEY')) return column;
  }
}

const DEFAULT_WIDTHS: Readonly<Record<string, string>> = { integer: 'int', boolean: 'tinyint(1)', bool: 'tinyint(1)' };

/** As `DESCRIBE` shows it. */
function readType(cursor: Cursor): string {
  const word = cursor.name().toLowerCase();
  let type = DEFAULT_WIDTHS[word] ?? word;
  if (cursor.take('(')) {
    type += `(${cursor.list(() => cursor.next().text).join(',')})`;
    cursor.expect(')');
  }
  return cursor.take('UNSIGNED') ? `${type} unsigned` : type;
}

/** What a column gets by itself; the time of the insertion as the name of its function. */
function readDefault(cursor: Cursor): Value {
  const token = cursor.next();
  if (token.type === 'text') return token.text;
  if (token.type === 'number') return Number(token.text);
  const word = token.text.toUpperCase();
  if (word === 'NULL') return null;
  if (word !== 'CURRENT_TIMESTAMP' && word !== 'NOW') throw cursor.error(token);
  if (cursor.take('(')) cursor.expect(')');
  return 'CURRENT_TIMESTAMP';
}

function dropTable(session: Session, cursor: Cursor): Result {
  requireTables(session);
  const lenient = cursor.take('IF', 'EXISTS');
  const names = cursor.list(() => tableName(session, cursor));
  cursor.end();
  const { storage } = session.server;
  const missing = names.filter(({ database, table }) => storage.find(database, table) === undefined);
  if (missing.length > 0 && !lenient) {
    const list = missing.map(({ database, table }) => `${database}.${table}`).join(',');
    throw new SqlError(1051, '42S02', `Unknown table '${list}'`);
  }
  for (const { database, table } of names) storage.dropTable(database, table);
  return DONE;
}

/** The server's own tables are the administrator's. */
function requireTables(session: Session): void {
  if (session.database === 'mysql') requireAll(session, 'SUPER');
}
