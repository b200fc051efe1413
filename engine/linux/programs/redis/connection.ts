import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Process } from '../../syscalls.ts';
import { resolveHost } from '../resolve.ts';
import { encodeReply, ProtocolError, type Reply, RespReader } from './reply.ts';

/** A client's end. */
export interface Connection {
  readonly fd: number;
  readonly reader: RespReader;
}

/** Throws Errno; ProtocolError for an unknown name. */
export function* connectTo(process: Process, host: string, port: number): Task<Connection> {
  const address = yield* resolveHost(process, host);
  if (address === undefined) throw new ProtocolError('Name or service not known');
  return { fd: yield* process.connect(address, port), reader: new RespReader() };
}

export function* ask(process: Process, connection: Connection, words: readonly string[]): Task<Reply> {
  yield* process.write(connection.fd, encodeReply(words, 2));
  return yield* nextReply(process, connection);
}

export const nextReply = (process: Process, connection: Connection): Task<Reply> =>
  whole(process, connection, (reader) => reader.reply());

/** What a primary goes on to send. */
export const nextCommand = (process: Process, connection: Connection): Task<readonly string[]> =>
  whole(process, connection, (reader) => reader.command());

/** Throws Errno ECONNRESET when the server has gone. */
function* whole<T>(process: Process, { fd, reader }: Connection, take: (reader: RespReader) => T | undefined): Task<T> {
  for (;;) {
    const taken = take(reader);
    if (taken !== undefined) return taken;
    const piece = yield* process.read(fd);
    if (piece.length === 0) throw new Errno('ECONNRESET');
    reader.push(piece);
  }
}
