import { createSha256, hexOf } from '../../hash.ts';
import { encode } from '../../stdio.ts';
import type { Cursor } from './cursor.ts';
import type { Value } from './expression.ts';
import { DONE, type Result } from './result.ts';
import { requireAll, type Session } from './session.ts';
import { SqlError, unsupported } from './sql-error.ts';
import type { Column, Storage, Table } from './storage.ts';

const column = (name: string, type: string): Column => ({
  name,
  type,
  nullable: false,
  key: '',
  default: '',
  autoIncrement: false,
});

const USER: Table = {
  columns: [
    column('Host', 'char(255)'),
    column('User', 'char(32)'),
    column('authentication_string', 'text'),
    column('Super_priv', "enum('N','Y')"),
  ],
  rows: [],
  next: 1,
};

const DB: Table = {
  columns: [column('Host', 'char(255)'), column('Db', 'char(64)'), column('User', 'char(32)')],
  rows: [],
  next: 1,
};

/** What `mysqld --initialize-insecure` leaves: an administrator without a password, on this machine only. */
export function initialiseAccounts(storage: Storage): void {
  storage.createDatabase('mysql');
  storage.createDatabase('sys');
  storage.createDatabase('performance_schema');
  storage.write('mysql', 'user', { ...USER, rows: [['localhost', 'root', '', 'Y']] });
  storage.write('mysql', 'db', DB);
}

const digestOf = (password: string): string => {
  if (password === '') return '';
  const hash = createSha256();
  hash.update(encode(password));
  return `$A$005$${hexOf(hash.digest()).toUpperCase()}`;
};

/** Who somebody is that comes from a host with a password. Throws SqlError when nobody. */
export function logIn(storage: Storage, user: string, password: string, host: string): { readonly all: boolean } {
  const found = storage
    .table('mysql', 'user')
    .rows.filter(([at, name]) => name === user && (at === '%' || at === host));
  const row = found.find(([at]) => at === host) ?? found[0];
  if (row !== undefined && row[2] === digestOf(password)) return { all: row[3] === 'Y' };
  const used = password === '' ? 'NO' : 'YES';
  throw new SqlError(1045, '28000', `Access denied for user '${user}'@'${host}' (using password: ${used})`);
}

interface Account {
  readonly user: string;
  readonly host: string;
}

/** `'name'@'host'`; from everywhere without a host. */
function readAccount(cursor: Cursor): Account {
  const part = () => (cursor.token.type === 'text' ? cursor.text() : cursor.name());
  const user = part();
  if (cursor.take('@')) return { user, host: part() };
  if (cursor.token.type === 'variable') return { user, host: cursor.next().text.slice(1) };
  return { user, host: '%' };
}

const isOf =
  ({ user, host }: Account) =>
  (row: readonly Value[]) =>
    row[0] === host && row[1] === user;

const quoted = ({ user, host }: Account): string => `'${user}'@'${host}'`;

/** `CREATE USER`, `ALTER USER`, `DROP USER`, `GRANT`, `REVOKE`: who may come, and what is his. */
export function accountStatement(session: Session, cursor: Cursor): Result {
  requireAll(session, 'CREATE USER');
  const verb = cursor.next().text.toUpperCase();
  if (verb === 'GRANT' || verb === 'REVOKE') return grant(session, cursor, verb === 'GRANT');
  if (!cursor.take('USER')) throw unsupported(`${verb} ${cursor.token.text.toUpperCase()}`);
  const { storage } = session.server;
  const lenient = cursor.take('IF', 'NOT', 'EXISTS') || cursor.take('IF', 'EXISTS');
  const account = readAccount(cursor);
  const password = readPassword(cursor);
  cursor.end();
  const table = storage.table('mysql', 'user');
  const known = table.rows.find(isOf(account));
  if ((known === undefined) !== (verb === 'CREATE')) {
    if (lenient) return DONE;
    throw new SqlError(1396, 'HY000', `Operation ${verb} USER failed for ${quoted(account)}`);
  }
  const others = table.rows.filter((row) => row !== known);
  const row = [account.host, account.user, digestOf(password ?? ''), known?.[3] ?? 'N'];
  storage.write('mysql', 'user', { ...table, rows: verb === 'DROP' ? others : [...others, row] });
  return DONE;
}

/** `IDENTIFIED [WITH plugin] BY 'password'` */
function readPassword(cursor: Cursor): string | undefined {
  if (!cursor.take('IDENTIFIED')) return undefined;
  if (cursor.take('WITH')) cursor.name();
  return cursor.take('BY') ? cursor.text() : undefined;
}

/** `GRANT ALL ON db.* TO 'user'@'%'`: whole databases, or everything. */
function grant({ server: { storage } }: Session, cursor: Cursor, give: boolean): Result {
  while (!cursor.isNext('ON')) {
    if (cursor.token.type === 'end') throw cursor.error();
    cursor.next();
  }
  cursor.expect('ON');
  const database = cursor.take('*') ? '*' : cursor.name();
  cursor.expect('.');
  if (!cursor.take('*')) throw unsupported('privileges on tables');
  cursor.expect(give ? 'TO' : 'FROM');
  const account = readAccount(cursor);
  const users = storage.table('mysql', 'user');
  const user = users.rows.find(isOf(account));
  if (user === undefined) throw new SqlError(1410, '42000', 'You are not allowed to create a user with GRANT');
  if (database === '*') {
    const row = [...user.slice(0, 3), give ? 'Y' : 'N'];
    storage.write('mysql', 'user', { ...users, rows: [...users.rows.filter((each) => each !== user), row] });
    return DONE;
  }
  const grants = storage.table('mysql', 'db');
  // The quoting of names in GRANT knows patterns, as in `my\_db`.
  const name = database.replaceAll('\\_', '_');
  const others = grants.rows.filter(([host, db, who]) => host !== account.host || db !== name || who !== account.user);
  const rows = give ? [...others, [account.host, name, account.user]] : others;
  storage.write('mysql', 'db', { ...grants, rows });
  return DONE;
}
