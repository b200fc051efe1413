import { formatDate } from '../../date-format.ts';
import type { Process } from '../../syscalls.ts';
import type { BinaryLog } from './binary-log.ts';
import type { Cursor } from './cursor.ts';
import type { Scope, Value } from './expression.ts';
import type { ReplicaState } from './replica-state.ts';
import { SqlError, unknownDatabase } from './sql-error.ts';
import type { Storage } from './storage.ts';

/** What all connections of a server share. */
export interface Server {
  readonly process: Process;
  readonly storage: Storage;
  readonly version: string;
  /** From its configuration: `server-id`, `log-bin`, `super-read-only`. */
  readonly settings: ReadonlyMap<string, string>;
  readonly binaryLog: BinaryLog;
  readonly replica: ReplicaState;
  connections: number;
  /** `SHUTDOWN` was said, or a signal came. */
  stopping: boolean;
}

/** One connection: who it is, and the database it uses. */
export interface Session {
  readonly server: Server;
  readonly id: number;
  readonly user: string;
  readonly host: string;
  /** May do everything everywhere. */
  readonly all: boolean;
  database: string | undefined;
}

/** Makes it the connection's database. Throws SqlError. */
export function enter(session: Session, database: string): void {
  if (!session.server.storage.has(database) && database !== 'information_schema') throw unknownDatabase(database);
  requireAccess(session, database);
  session.database = database;
}

/** Whether the user may do something in a database. */
export function mayEnter({ all, user, server }: Session, database: string): boolean {
  if (all || database === 'information_schema') return true;
  const grants = server.storage.table('mysql', 'db').rows;
  return grants.some(([, granted, name]) => name === user && granted === database);
}

export function requireAccess(session: Session, database: string): void {
  if (mayEnter(session, database)) return;
  const who = `'${session.user}'@'${accountHost(session)}'`;
  throw new SqlError(1044, '42000', `Access denied for user ${who} to database '${database}'`);
}

/** As `CURRENT_USER()` has it. */
const accountHost = ({ host }: Session): string => (host === 'localhost' ? host : '%');

export function requireAll({ all }: Session, privilege: string): void {
  if (all) return;
  const why = `you need (at least one of) the ${privilege} privilege(s) for this operation`;
  throw new SqlError(1227, '42000', `Access denied; ${why}`);
}

/** `table` or `database.table`. Throws SqlError when none is chosen, or it is not the user's. */
export function tableName(session: Session, cursor: Cursor): { readonly database: string; readonly table: string } {
  const first = cursor.name();
  const [database, table] = cursor.take('.') ? [first, cursor.name()] : [session.database, first];
  if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected');
  if (!session.server.storage.has(database)) throw unknownDatabase(database);
  requireAccess(session, database);
  return { database, table };
}

/** Functions and variables; no columns. */
export function sessionScope(session: Session): Scope {
  const { server, user, database } = session;
  const { process } = server;
  const now = () => formatDate('%Y-%m-%d %H:%M:%S', process.now());
  const functions: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
    NOW: now,
    CURRENT_TIMESTAMP: now,
    CURRENT_DATE: () => now().slice(0, 10),
    CURDATE: () => now().slice(0, 10),
    CURTIME: () => now().slice(11),
    UNIX_TIMESTAMP: () => Math.floor(process.now() / 1000),
    VERSION: () => server.version,
    DATABASE: () => database ?? null,
    SCHEMA: () => database ?? null,
    USER: () => `${user}@${session.host}`,
    CURRENT_USER: () => `${user}@${accountHost(session)}`,
    CONNECTION_ID: () => session.id,
    CONCAT: (args) => (args.includes(null) ? null : args.join('')),
    UPPER: ([text = null]) => text && String(text).toUpperCase(),
    LOWER: ([text = null]) => text && String(text).toLowerCase(),
    LENGTH: ([text = null]) => text && new TextEncoder().encode(String(text)).length,
    IFNULL: ([first = null, second = null]) => first ?? second,
    COALESCE: (args) => args.find((value) => value !== null) ?? null,
  };
  return {
    rows: [],
    column: () => null,
    call(name, args) {
      const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (known !== undefined) return known(args);
      throw new SqlError(1305, '42000', `FUNCTION ${database ?? ''}.${name} does not exist`);
    },
    variable(name) {
      const bare = name.replace(/^@@?(global\.|session\.)?/, '');
      if (!name.startsWith('@@')) return null;
      const value = variablesOf(server).get(bare);
      if (value === undefined) throw new SqlError(1193, 'HY000', `Unknown system variable '${bare}'`);
      return value;
    },
  };
}

/** System variables that mean something here. */
export function variablesOf({ settings, process, version, storage }: Server): ReadonlyMap<string, Value> {
  const readOnly = settings.has('super-read-only') ? 1 : 0;
  return new Map<string, Value>([
    ['datadir', `${storage.directory}/`],
    ['hostname', process.hostname],
    ['log_bin', settings.has('log-bin') ? 1 : 0],
    ['max_connections', 151],
    ['port', 3306],
    ['read_only', readOnly],
    ['server_id', Number(settings.get('server-id') ?? '1')],
    ['socket', '/var/run/mysqld/mysqld.sock'],
    ['super_read_only', readOnly],
    ['version', version],
    ['version_comment', 'MySQL Community Server - GPL'],
  ]);
}
