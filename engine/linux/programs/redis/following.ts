import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { encode } from '../../stdio.ts';
import { ask, type Connection, connectTo, nextCommand, nextReply } from './connection.ts';
import { isBlocked, runData, serveBlocked } from './dispatch.ts';
import { CommandError, ProtocolError, type Reply, RespReader } from './reply.ts';
import type { RedisServer } from './server.ts';

const RETRY_MS = 1000;

/** A replica's side of replication: has a copy of what its primary has, and keeps up, for as long as it is one. */
export function* followPrimary(server: RedisServer): Task<void> {
  const { process, primary } = server;
  if (primary === undefined) return;
  const { host, port } = primary;
  yield* server.log('*', `Connecting to MASTER ${host}:${port}`, 'S');
  for (;;) {
    let connection: Connection | undefined;
    try {
      yield* server.log('*', 'MASTER <-> REPLICA sync started', 'S');
      connection = yield* connectTo(process, host, port);
      yield* synchroniseFrom(server, connection);
      primary.isUp = true;
      for (let database = 0; ; ) database = yield* applyNext(server, connection, database);
    } catch (error) {
      const expected = error instanceof Errno || error instanceof ProtocolError;
      if (!expected) throw error;
      const why = primary.isUp
        ? 'Connection with master lost.'
        : `Error condition on socket for SYNC: ${error.message}`;
      yield* server.log(primary.isUp ? '*' : '#', why, 'S');
    } finally {
      primary.isUp = false;
      if (connection !== undefined) process.close(connection.fd);
    }
    yield* process.sleep(RETRY_MS);
  }
}

function* synchroniseFrom(server: RedisServer, connection: Connection): Task<void> {
  const { process } = server;
  const password = server.setting('masterauth');
  if (password !== '') refuseError(yield* ask(process, connection, ['AUTH', password]));
  refuseError(yield* ask(process, connection, ['PING']));
  yield* server.log('*', 'Master replied to PING, replication can continue...', 'S');
  yield* ask(process, connection, ['REPLCONF', 'listening-port', server.setting('port')]);
  yield* server.log('*', 'Partial resynchronization not possible (no cached master)', 'S');
  const answer = yield* ask(process, connection, ['PSYNC', '?', '-1']);
  refuseError(answer);
  const [, id = '', offset = ''] = String((answer as { readonly status: string }).status).split(' ');
  yield* server.log('*', `Full resync from master: ${id}:${offset}`, 'S');
  const copy = yield* nextReply(process, connection);
  yield* server.log('*', 'MASTER <-> REPLICA sync: Flushing old data', 'S');
  for (const keys of server.databases) keys.clear();
  yield* server.log('*', 'MASTER <-> REPLICA sync: Loading DB in memory', 'S');
  const reader = new RespReader();
  reader.push(encode(String(copy)));
  let database = 0;
  for (let words = reader.command(); words !== undefined; words = reader.command()) {
    yield* process.compute(0.1);
    database = apply(server, database, words);
  }
  yield* server.log('*', 'MASTER <-> REPLICA sync: Finished with success', 'S');
}

function* applyNext(server: RedisServer, connection: Connection, database: number): Task<number> {
  const words = yield* nextCommand(server.process, connection);
  const now = apply(server, database, words);
  yield* serveBlocked(server);
  return now;
}

/** Returns the database that is selected from then on. */
function apply(server: RedisServer, database: number, words: readonly string[]): number {
  if (words[0]?.toLowerCase() === 'select') return Number(words[1]);
  try {
    const reply = runData(server, database, words);
    if (isBlocked(reply)) reply.attempt();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  return database;
}

/** @throws ProtocolError for what the primary refuses */
function refuseError(reply: Reply): void {
  if (typeof reply === 'object' && reply !== null && 'error' in reply) throw new ProtocolError(reply.error);
}
