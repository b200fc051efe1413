import type { Cursor } from './cursor.ts';
import { compareValues, type Expression, readExpression, type Scope, unknownColumn, type Value } from './expression.ts';
import type { Result } from './result.ts';
import { type Session, sessionScope, tableName } from './session.ts';
import { unsupported } from './sql-error.ts';
import type { Table } from './storage.ts';

interface Item {
  readonly title: string;
  readonly expression: Expression;
}

type Row = readonly Value[];

/** Clauses of the real server that end a statement here. */
const UNSUPPORTED = ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'CROSS', 'GROUP', 'HAVING', 'UNION', 'FOR', 'INTO'];

/** `SELECT … [FROM table [WHERE …] [ORDER BY …] [LIMIT …]]`: one table, and aggregates over all that is found. */
export function select(session: Session, cursor: Cursor): Result {
  cursor.expect('SELECT');
  const distinct = cursor.take('DISTINCT');
  const items = cursor.list(() => readItem(cursor)).flat();
  const base = sessionScope(session);
  if (!cursor.take('FROM') || cursor.take('DUAL')) {
    refuseClauses(cursor);
    cursor.end();
    const columns = items.map((item) => (item === '*' ? undefined : item));
    if (columns.includes(undefined)) throw unsupported('SELECT * without a table');
    return {
      columns: columns.map((item) => item!.title),
      rows: [columns.map((item) => item!.expression.evaluate(base))],
    };
  }
  const { database, table: name } = tableName(session, cursor);
  const table = session.server.storage.table(database, name);
  refuseClauses(cursor);
  const found = readWhere(cursor, table, base);
  refuseClauses(cursor);
  const rows = readLimit(cursor, readOrder(cursor, table, base, found));
  cursor.end();
  const all = table.columns.map(({ name: title }): Item => {
    return { title, expression: { column: title, evaluate: (scope) => scope.column(title) } };
  });
  const shown = items.flatMap((item) => (item === '*' ? all : [item]));
  for (const { expression } of shown) checkColumn(table, expression);
  const scopes = rows.map((row) => rowScope(base, table, row, 'field list'));
  const values = shown.some(({ expression }) => expression.aggregate === true)
    ? [shown.map(({ expression }) => expression.evaluate({ ...base, rows: scopes }))]
    : scopes.map((scope) => shown.map(({ expression }) => expression.evaluate(scope)));
  return { columns: shown.map(({ title }) => title), rows: distinct ? unique(values) : values };
}

function readItem(cursor: Cursor): Item | '*' {
  if (cursor.take('*')) return '*';
  const { from } = cursor.token;
  const expression = readExpression(cursor);
  const written = cursor.statement.slice(from, cursor.token.from).trim();
  const { type } = cursor.token;
  const alias =
    cursor.take('AS') || type === 'name' || (type === 'word' && !cursor.isNext('FROM') && !isClause(cursor));
  if (alias) {
    const title = cursor.token.type === 'text' ? cursor.text() : cursor.name();
    return { title, expression };
  }
  return { title: expression.column ?? written.replace(/^'([^']*)'$/, '$1'), expression };
}

const isClause = (cursor: Cursor): boolean =>
  [...UNSUPPORTED, 'WHERE', 'ORDER', 'LIMIT'].some((word) => cursor.isNext(word));

function refuseClauses(cursor: Cursor): void {
  const clause = UNSUPPORTED.find((word) => cursor.isNext(word));
  if (clause !== undefined) throw unsupported(clause);
  if (cursor.isNext(',')) throw unsupported('several tables');
}

function checkColumn({ columns }: Table, { column }: Expression): void {
  if (column === undefined || columnIndex(columns, column) >= 0) return;
  throw unknownColumn(column, 'field list');
}

const columnIndex = (columns: Table['columns'], name: string): number =>
  columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());

/** What an expression sees of a row. */
export function rowScope(base: Scope, { columns }: Table, row: Row, where: string): Scope {
  return {
    ...base,
    column(name) {
      const index = columnIndex(columns, name);
      if (index < 0) throw unknownColumn(name, where);
      return row[index] ?? null;
    },
  };
}

/** The rows that `WHERE` leaves; all without it. */
export function readWhere(cursor: Cursor, table: Table, base: Scope): readonly Row[] {
  if (!cursor.take('WHERE')) return table.rows;
  const condition = readExpression(cursor);
  const holds = (row: Row) => Number(condition.evaluate(rowScope(base, table, row, 'where clause'))) !== 0;
  // A table without rows has to refuse wrong columns, too.
  holds(table.columns.map(() => null));
  return table.rows.filter(holds);
}

function readOrder(cursor: Cursor, table: Table, base: Scope, rows: readonly Row[]): readonly Row[] {
  if (!cursor.take('ORDER')) return rows;
  cursor.expect('BY');
  const keys = cursor.list(() => {
    const expression = readExpression(cursor);
    const descending = cursor.take('DESC');
    if (!descending) cursor.take('ASC');
    return { expression, sign: descending ? -1 : 1 };
  });
  const keyOf = (row: Row, { evaluate }: Expression) => evaluate(rowScope(base, table, row, 'order clause'));
  return [...rows].sort((left, right) => {
    for (const { expression, sign } of keys) {
      const order = compareValues(keyOf(left, expression), keyOf(right, expression));
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function readLimit(cursor: Cursor, rows: readonly Row[]): readonly Row[] {
  if (!cursor.take('LIMIT')) return rows;
  const numbers = cursor.list(() => Number(cursor.next().text));
  if (numbers.some((number) => !Number.isInteger(number))) throw cursor.error();
  const [first = 0, second] = numbers;
  const [offset, count] = second === undefined ? [0, first] : [first, second];
  return rows.slice(offset, offset + count);
}

function unique(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
