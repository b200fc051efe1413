import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TaskGroup } from '../../task-group.ts';
import { REDIS_VERSION, RedisConfigError, readRedisConfig } from './config.ts';
import { isBlocked, runData, serveBlocked, serveCommand } from './dispatch.ts';
import { followPrimary } from './following.ts';
import { sendToReplicas } from './replicas.ts';
import { ProtocolError } from './reply.ts';
import { type Client, RedisServer } from './server.ts';

/** How often a replica looks around, whether or not anything comes. */
const ROUND_MS = 1000;

/** redis-server: the data types, transactions, messages, files and replicas of Redis, in one process. No cluster. */
export function* redisServer(process: Process): Task<number> {
  const args = process.argv.slice(1);
  if (args[0] === '--version' || args[0] === '-v') {
    yield* print(process, `Redis server v=${REDIS_VERSION} sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=0\n`);
    return 0;
  }
  let server: RedisServer;
  try {
    server = new RedisServer(process, readRedisConfig(process, args));
  } catch (error) {
    if (!(error instanceof RedisConfigError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 1;
  }
  yield* server.log('*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', 'C');
  yield* server.log(
    '*',
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=1, pid=${process.pid}, just started`,
    'C',
  );
  yield* server.log(
    args.length === 0 ? '#' : '*',
    args.length === 0
      ? 'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf'
      : 'Configuration loaded',
    'C',
  );
  const port = Number(server.setting('port'));
  let listener: number;
  try {
    listener = process.listen(port);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* server.log('#', `Warning: Could not create server TCP listening socket *:${port}: bind: ${error.message}`);
    yield* server.log('#', `Failed listening on port ${port} (tcp), aborting.`);
    return 1;
  }
  yield* server.log('*', `Running mode=standalone, port=${port}.`);
  yield* server.log('*', 'Server initialized');
  if (!(yield* loadFiles(server))) return 1;
  yield* server.log('*', 'Ready to accept connections tcp');
  return yield* serve(server, listener);
}

function* loadFiles(server: RedisServer): Task<boolean> {
  try {
    return yield* server.load((self, database, words) => {
      runQuietly(self, database, words);
    });
  } catch (error) {
    if (!(error instanceof Errno) && !(error instanceof Error)) throw error;
    yield* server.log('#', `Fatal error loading the DB, check server logs. Exiting: ${error.message}`);
    return false;
  }
}

/** What is loaded is not written again. */
function runQuietly(server: RedisServer, database: number, words: readonly string[]): void {
  const appendOnly = server.setting('appendonly');
  server.config.set('appendonly', 'no');
  try {
    const reply = runData(server, database, words);
    if (isBlocked(reply)) reply.attempt();
  } finally {
    server.config.set('appendonly', appendOnly);
  }
}

function* serve(server: RedisServer, listener: number): Task<number> {
  for (const signal of ['TERM', 'INT', 'CHLD'] as const) server.process.setSignalAction(signal, 'catch');
  while (server.stopping === undefined) {
    if (server.primary === undefined) yield* serveAs(server, listener);
    else yield* serveAsReplica(server, listener);
  }
  return yield* shutDown(server);
}

/** Serves and follows its primary at once; signals are noticed at the next round. */
function* serveAsReplica(server: RedisServer, listener: number): Task<void> {
  let isOver = false;
  const serving = function* (): Task<void> {
    yield* serveAs(server, listener);
    isOver = true;
  };
  const group = new TaskGroup(() => {});
  group.start(followPrimary(server));
  group.start(serving());
  yield* group.run(() => isOver);
}

/** Serves until it stops, or is to follow another primary than now. */
function* serveAs(server: RedisServer, listener: number): Task<void> {
  const { process, clients, primary } = server;
  while (server.stopping === undefined && server.primary === primary) {
    let ready: readonly number[] = [];
    try {
      ready = yield* process.poll([listener, ...clients.keys()], nextTimeout(server));
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    }
    const signals = process.takeSignals();
    const ending = signals.find((signal) => signal === 'TERM' || signal === 'INT');
    if (ending !== undefined) {
      yield* server.log('*', `Received SIG${ending} scheduling shutdown...`, 'signal-handler (0)');
      server.stopping = server.saveRules.length > 0 ? 'save' : 'nosave';
    }
    if (server.savingPid !== undefined) yield* server.reapChildren();
    for (const fd of ready) {
      if (fd === listener) {
        const { fd: accepted, peer } = yield* process.accept(listener);
        server.accept(accepted, `${peer.address}:${peer.port}`);
      } else yield* serveClient(server, clients.get(fd));
    }
    yield* serveBlocked(server);
    yield* sendToReplicas(server);
    yield* saveWhenDue(server);
  }
}

function* saveWhenDue(server: RedisServer): Task<void> {
  if (server.savingPid !== undefined || server.nextSaveMs > server.process.now()) return;
  const rule = server.saveRules.find(({ changes }) => server.changes >= changes);
  yield* server.log('*', `${server.changes} changes in ${rule?.seconds ?? 0} seconds. Saving...`);
  yield* server.saveInBackground();
}

/** Until somebody has waited long enough or a snapshot is due; undefined when nothing is. */
function nextTimeout(server: RedisServer): number | undefined {
  const deadlines = [...server.clients.values()].map(({ blocked }) => blocked?.deadlineMs ?? Number.POSITIVE_INFINITY);
  if (server.primary !== undefined) deadlines.push(server.process.now() + ROUND_MS);
  const next = Math.min(server.savingPid === undefined ? server.nextSaveMs : Number.POSITIVE_INFINITY, ...deadlines);
  return Number.isFinite(next) ? Math.max(0, next - server.process.now()) : undefined;
}

function* serveClient(server: RedisServer, client: Client | undefined): Task<void> {
  if (client === undefined) return;
  try {
    const piece = yield* server.process.read(client.fd);
    if (piece.length === 0) return server.close(client);
    client.reader.push(piece);
    for (let words = client.reader.command(); words !== undefined; words = client.reader.command()) {
      yield* server.process.compute(0.1);
      if (words.length > 0) yield* serveCommand(server, client, words);
      if (client.closing) return server.close(client);
    }
  } catch (error) {
    if (error instanceof ProtocolError) yield* server.send(client, { error: `ERR Protocol error: ${error.message}` });
    else if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    server.close(client);
  }
}

function* shutDown(server: RedisServer): Task<number> {
  yield* server.log('*', 'User requested shutdown...');
  if (server.stopping === 'save') {
    yield* server.log('*', 'Saving the final RDB snapshot before exiting.');
    if (!(yield* server.save())) {
      yield* server.log('#', "Error trying to save the DB, can't exit.");
      return 1;
    }
  }
  yield* server.log('#', 'Redis is now ready to exit, bye bye...');
  return 0;
}
