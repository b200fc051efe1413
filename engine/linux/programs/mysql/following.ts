import type { Task } from '../../../sim/index.ts';
import { dial, isLost, type Wire } from '../json-wire.ts';
import type { Logged } from './binary-log.ts';
import { execute } from './execute.ts';
import type { Greeting } from './messages.ts';
import type { Source } from './replica-state.ts';
import type { Server, Session } from './session.ts';
import { SqlError } from './sql-error.ts';

/** Follows another server, whenever it is told to: asks for what is after its position, and carries it out. */
export function* followSource(server: Server): Task<void> {
  const { replica, process } = server;
  for (;;) {
    const { source } = replica;
    if (replica.isRunning && source !== undefined) yield* follow(server, source);
    replica.isConnected = false;
    yield* process.sleep((replica.source?.retrySeconds ?? 1) * 1000);
  }
}

function* follow(server: Server, source: Source): Task<void> {
  const { host, port, user, retrySeconds } = source;
  let wire: Wire | undefined;
  try {
    wire = yield* dial(server.process, host, port);
    yield* receiveFrom(server, wire, source);
  } catch (error) {
    if (!isLost(error) && !(error instanceof SqlError)) throw error;
    const why = `retry-time: ${retrySeconds} retries: 1 ${error.message}`;
    server.replica.lastError = `error connecting to master '${user}@${host}:${port}' - ${why}`;
  } finally {
    wire?.close();
  }
}

function* receiveFrom(server: Server, wire: Wire, { user, password, position }: Source): Task<void> {
  const { replica } = server;
  yield* wire.send({ user, password });
  const hello = yield* wire.receive<Greeting>();
  if ('error' in hello) throw new SqlError(hello.error.code, hello.error.state, hello.error.message);
  yield* wire.send({ replicate: position });
  replica.isConnected = true;
  replica.lastError = '';
  while (replica.isRunning) apply(server, yield* wire.receive<Logged>());
}

function apply(server: Server, { database, sql, end }: Logged): void {
  const { replica } = server;
  const session: Session = { server, id: 0, user: 'root', host: 'localhost', all: true, database };
  replica.isApplying = true;
  try {
    execute(session, sql);
  } finally {
    replica.isApplying = false;
  }
  replica.keep({ ...replica.source!, position: end });
}
