import type { Cursor } from './cursor.ts';
import { type Expression, readExpression, unknownColumn, type Value } from './expression.ts';
import { DONE, type Result } from './result.ts';
import { readWhere, rowScope } from './select.ts';
import { type Session, sessionScope, tableName } from './session.ts';
import { SqlError, unsupported } from './sql-error.ts';
import type { Column, Table } from './storage.ts';

/** `INSERT`, `REPLACE`, `UPDATE`, `DELETE` and `TRUNCATE`. */
export function changeRows(session: Session, cursor: Cursor): Result {
  switch (cursor.next().text.toUpperCase()) {
    case 'INSERT':
      return insert(session, cursor, false);
    case 'REPLACE':
      return insert(session, cursor, true);
    case 'UPDATE':
      return update(session, cursor);
    case 'DELETE':
      return remove(session, cursor);
    default:
      return truncate(session, cursor);
  }
}

function insert(session: Session, cursor: Cursor, replace: boolean): Result {
  const ignore = cursor.take('IGNORE');
  cursor.take('INTO');
  const { database, table: name } = tableName(session, cursor);
  const { storage } = session.server;
  const table = storage.table(database, name);
  const named = cursor.take('(') ? namedColumns(cursor, table) : table.columns;
  if (cursor.isNext('SELECT')) throw unsupported('INSERT … SELECT');
  if (!cursor.take('VALUES')) cursor.expect('VALUE');
  const scope = sessionScope(session);
  const given = cursor.list(() => {
    cursor.expect('(');
    const values = cursor.isNext(')') ? [] : cursor.list(() => readValue(cursor));
    cursor.expect(')');
    return values.map((value) => value?.evaluate(scope));
  });
  if (cursor.isNext('ON')) throw unsupported('ON DUPLICATE KEY UPDATE');
  cursor.end();
  const changed: Table = { ...table };
  const now = String(scope.call('NOW', []));
  let affected = 0;
  for (const [index, values] of given.entries()) {
    if (values.length !== named.length) {
      throw new SqlError(1136, '21S01', `Column count doesn't match value count at row ${index + 1}`);
    }
    const row = newRow(changed, named, values, now);
    const twin = twinOf(changed, row, name);
    if (twin !== undefined && !replace && !ignore) throw twin.error;
    if (twin !== undefined && ignore) continue;
    const others = twin === undefined ? changed.rows : changed.rows.filter((other) => other !== twin.row);
    changed.rows = [...others, row];
    affected += twin === undefined ? 1 : 2;
  }
  storage.write(database, name, changed);
  return { affected };
}

function namedColumns(cursor: Cursor, { columns }: Table): readonly Column[] {
  const named = cursor.list(() => {
    const name = cursor.name();
    const column = columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (column === undefined) throw unknownColumn(name, 'field list');
    return column;
  });
  cursor.expect(')');
  return named;
}

/** Undefined for `DEFAULT`. */
const readValue = (cursor: Cursor): Expression | undefined =>
  cursor.take('DEFAULT') ? undefined : readExpression(cursor);

/** The row as it is kept; counts `next` on. */
function newRow(
  table: Table,
  named: readonly Column[],
  values: readonly (Value | undefined)[],
  now: string,
): readonly Value[] {
  return table.columns.map((column) => {
    const given = values[named.indexOf(column)];
    if (column.autoIncrement) {
      const id = given === undefined || given === null || given === 0 ? table.next : Number(given);
      table.next = Math.max(table.next, id + 1);
      return id;
    }
    if (given === undefined && column.default === 'CURRENT_TIMESTAMP') return now;
    if (given === undefined && column.default === null && !column.nullable) {
      throw new SqlError(1364, 'HY000', `Field '${column.name}' doesn't have a default value`);
    }
    return fitted(column, given === undefined ? column.default : given);
  });
}

const isNumeric = (type: string): boolean => /^(tinyint|smallint|mediumint|int|bigint|float|double|decimal)/.test(type);

/** A value as the column keeps it. Throws SqlError when it cannot. */
function fitted({ name, type, nullable }: Column, value: Value): Value {
  if (value === null) {
    if (!nullable) throw new SqlError(1048, '23000', `Column '${name}' cannot be null`);
    return null;
  }
  if (isNumeric(type)) {
    const number = Number(value);
    if (Number.isNaN(number)) {
      throw new SqlError(1366, 'HY000', `Incorrect integer value: '${value}' for column '${name}' at row 1`);
    }
    return /int/.test(type) ? Math.round(number) : number;
  }
  const longest = /^(?:var)?char\((\d+)\)/.exec(type)?.[1];
  const text = String(value);
  if (longest !== undefined && text.length > Number(longest)) {
    throw new SqlError(1406, '22001', `Data too long for column '${name}' at row 1`);
  }
  return text;
}

/** The row that has the same key. */
function twinOf({ columns, rows }: Table, row: readonly Value[], table: string) {
  for (const [index, { key, name }] of columns.entries()) {
    const value = row[index]!;
    if (key === '' || value === null) continue;
    const twin = rows.find((other) => other !== row && other[index] === value);
    const of = `${table}.${key === 'PRI' ? 'PRIMARY' : name}`;
    const error = new SqlError(1062, '23000', `Duplicate entry '${value}' for key '${of}'`);
    if (twin !== undefined) return { row: twin, error };
  }
  return undefined;
}

function update(session: Session, cursor: Cursor): Result {
  const { database, table: name } = tableName(session, cursor);
  const { storage } = session.server;
  const table = storage.table(database, name);
  cursor.expect('SET');
  const changes = cursor.list(() => {
    const column = cursor.name();
    cursor.expect('=');
    const index = table.columns.findIndex((each) => each.name.toLowerCase() === column.toLowerCase());
    if (index < 0) throw unknownColumn(column, 'field list');
    return { index, expression: readExpression(cursor) };
  });
  const base = sessionScope(session);
  const found = new Set(readWhere(cursor, table, base));
  cursor.end();
  let affected = 0;
  const rows = table.rows.map((row) => {
    if (!found.has(row)) return row;
    const next = [...row];
    const scope = rowScope(base, table, row, 'field list');
    for (const { index, expression } of changes) {
      next[index] = fitted(table.columns[index]!, expression.evaluate(scope));
    }
    if (next.every((value, index) => value === row[index])) return row;
    affected++;
    return next;
  });
  for (const row of rows) {
    const twin = twinOf({ ...table, rows }, row, name);
    if (twin !== undefined) throw twin.error;
  }
  storage.write(database, name, { ...table, rows });
  return { affected, matched: found.size };
}

function remove(session: Session, cursor: Cursor): Result {
  cursor.expect('FROM');
  const { database, table: name } = tableName(session, cursor);
  const { storage } = session.server;
  const table = storage.table(database, name);
  const found = new Set(readWhere(cursor, table, sessionScope(session)));
  cursor.end();
  storage.write(database, name, { ...table, rows: table.rows.filter((row) => !found.has(row)) });
  return { affected: found.size };
}

function truncate(session: Session, cursor: Cursor): Result {
  cursor.take('TABLE');
  const { database, table: name } = tableName(session, cursor);
  cursor.end();
  const { storage } = session.server;
  storage.write(database, name, { ...storage.table(database, name), rows: [], next: 1 });
  return DONE;
}
