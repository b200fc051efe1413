import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TaskGroup } from '../../task-group.ts';
import { isLost, Wire } from '../json-wire.ts';
import { initialiseAccounts, logIn } from './accounts.ts';
import { BinaryLog } from './binary-log.ts';
import { readSettings } from './configuration.ts';
import { SOCKET } from './connection.ts';
import { execute } from './execute.ts';
import { followSource } from './following.ts';
import type { Answer, Greeting, Hello, Refusal, Request } from './messages.ts';
import { ReplicaState } from './replica-state.ts';
import { enter, type Server, type Session } from './session.ts';
import { SqlError } from './sql-error.ts';
import { Storage } from './storage.ts';

const MEMORY_BYTES = 180 * 1024 * 1024;

/** The MySQL server: databases, tables and users, a binary log and replicas, with a small part of SQL (see `execute.ts`). */
export function* mysqld(process: Process): Task<number> {
  const args = process.argv.slice(1);
  const version = process.env['MYSQL_VERSION'] ?? '8.0.44';
  if (args.includes('--version') || args.includes('-V')) {
    yield* print(process, `/usr/sbin/mysqld  Ver ${version} for Linux on x86_64 (MySQL Community Server - GPL)\n`);
    return 0;
  }
  const settings = readSettings(process, args);
  const directory = settings.get('datadir')!.replace(/\/$/, '');
  try {
    if (settings.has('initialize-insecure')) return yield* initialise(process, directory);
    const storage = new Storage(process, directory);
    if (!storage.has('mysql')) throw new Errno('ENOENT');
    const binaryLog = new BinaryLog(process, directory, settings.has('log-bin'));
    const replica = new ReplicaState(process, directory);
    return yield* serve({ process, storage, version, settings, binaryLog, replica, connections: 0, stopping: false });
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    yield* log(process, 'ERROR', 'MY-010119', `Aborting: ${directory}: ${error.message}`);
    return 1;
  }
}

function* log(process: Process, level: string, code: string, text: string): Task<void> {
  const time = formatDate('%Y-%m-%dT%H:%M:%S', process.now());
  yield* printError(process, `${time}.000000Z 0 [${level}] [${code}] [Server] ${text}\n`);
}

function* initialise(process: Process, directory: string): Task<number> {
  if (process.readdir(directory).some(({ name }) => name !== 'lost+found')) {
    const why = '--initialize specified but the data directory has files in it. Aborting.';
    yield* log(process, 'ERROR', 'MY-010457', why);
    return 1;
  }
  initialiseAccounts(new Storage(process, directory));
  const warning =
    'root@localhost is created with an empty password ! Please consider switching off the --initialize-insecure option.';
  yield* log(process, 'Warning', 'MY-010453', warning);
  return 0;
}

function* serve(server: Server): Task<number> {
  const { process, version, settings } = server;
  yield* log(process, 'System', 'MY-010116', `/usr/sbin/mysqld (mysqld ${version}) starting as process ${process.pid}`);
  process.setMemory(MEMORY_BYTES);
  process.setSignalAction('TERM', 'catch');
  const local = process.listenUnix(SOCKET);
  const network = settings.has('skip-networking') ? undefined : process.listen(3306);
  const where = `socket: '${SOCKET}'  port: ${network === undefined ? 0 : 3306}`;
  const ready = `/usr/sbin/mysqld: ready for connections. Version: '${version}'  ${where}  MySQL Community Server - GPL.`;
  yield* log(process, 'System', 'MY-010931', ready);
  let bySignal = false;
  const group = new TaskGroup(() => {
    bySignal = process.takeSignals().includes('TERM') || bySignal;
    server.stopping ||= bySignal;
  });
  group.start(acceptAll(server, group, local));
  if (network !== undefined) group.start(acceptAll(server, group, network));
  group.start(followSource(server));
  yield* group.run(() => server.stopping);
  if (bySignal) {
    const how = 'Received SHUTDOWN from user <via user signal>. Shutting down mysqld';
    yield* log(process, 'System', 'MY-013172', `${how} (Version: ${version}).`);
  }
  process.unlink(SOCKET);
  const end = `/usr/sbin/mysqld: Shutdown complete (mysqld ${version})  MySQL Community Server - GPL.`;
  yield* log(process, 'System', 'MY-010910', end);
  return 0;
}

function* acceptAll(server: Server, group: TaskGroup, listener: number): Task<void> {
  let count = 7;
  for (;;) {
    const { fd, peer } = yield* server.process.accept(listener);
    // Connections over the socket, and over the loopback interface, come from this machine.
    const host = peer.port === 0 || peer.address.startsWith('127.') ? 'localhost' : peer.address;
    group.start(serveOne(server, new Wire(server.process, fd), ++count, host));
  }
}

function* serveOne(server: Server, wire: Wire, id: number, host: string): Task<void> {
  server.connections++;
  try {
    const { user, password, database } = yield* wire.receive<Hello>();
    const session = openSession(server, { id, user, host, database }, password);
    if ('error' in session) return yield* wire.send(session);
    yield* wire.send({ version: server.version, id } satisfies Greeting);
    for (;;) {
      const request = yield* wire.receive<Request>();
      yield* server.process.compute(0.2);
      if ('replicate' in request) yield* sendLog(server, wire, request.replicate);
      else yield* wire.send(answer(session, request.sql));
    }
  } catch (error) {
    if (!isLost(error)) throw error;
  } finally {
    server.connections--;
    wire.close();
  }
}

interface Client {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly database: string | undefined;
}

function openSession(server: Server, { id, user, host, database }: Client, password: string): Session | Refusal {
  return refusing<Session>(() => {
    const { all } = logIn(server.storage, user, password, host);
    const session: Session = { server, id, user, host, all, database: undefined };
    if (database !== undefined) enter(session, database);
    return session;
  });
}

const answer = (session: Session, sql: string): Answer => refusing(() => execute(session, sql));

function refusing<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError) {
      const { code, state, message } = error;
      return { error: { code, state, message } };
    }
    if (!(error instanceof Errno)) throw error;
    const message = `Got error ${error.code} from storage engine: ${error.message}`;
    return { error: { code: 1030, state: 'HY000', message } };
  }
}

/** Sends whatever comes, until the other side is gone. */
function* sendLog({ binaryLog }: Server, wire: Wire, position: number): Task<void> {
  const events = binaryLog.follow(position);
  try {
    for (;;) yield* wire.send((yield* events.receive())!);
  } finally {
    binaryLog.unfollow(events);
  }
}
