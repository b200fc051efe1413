import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';
import { formatMessage } from './message.ts';
import type { SecureChannel, UpgradedResponse } from './server-options.ts';

/**
 * Says that the connection is another protocol's from now on (RFC 9110, 15.2.2), and hands on what comes on either side until
 * one of them ends or nothing comes for too long. Returns how many bytes went to the client.
 *
 * @param client the client's connection, whose early bytes are `early`
 */
export function* tunnel(
  process: Process,
  client: number,
  secure: SecureChannel | undefined,
  { headers, behind }: UpgradedResponse,
  early: Uint8Array,
): Task<number> {
  let sent = 0;
  const toClient = function* (bytes: Uint8Array): Task<void> {
    sent += bytes.length;
    yield* process.write(client, secure === undefined ? bytes : secure.seal(bytes));
  };
  try {
    const head = formatMessage('HTTP/1.1 101 Switching Protocols', headers ?? {}, new Uint8Array(0));
    yield* process.write(client, secure === undefined ? head : secure.seal(head));
    if (behind.first.length > 0) yield* toClient(behind.first);
    if (early.length > 0) yield* process.write(behind.fd, early);
    for (;;) {
      const ready = yield* process.poll([client, behind.fd], behind.idleMs);
      if (ready.length === 0) return sent;
      for (const fd of ready) {
        const piece = yield* process.read(fd);
        if (piece.length === 0) return sent;
        if (fd === behind.fd) yield* toClient(piece);
        else {
          const received = secure?.receive(piece);
          if (received?.isOver === true) return sent;
          yield* process.write(behind.fd, received?.plain ?? piece);
        }
      }
    }
  } catch (error) {
    // One side has gone, or the server has been told to end.
    if (!(error instanceof Errno)) throw error;
    return sent;
  } finally {
    process.close(behind.fd);
    hangUp(process, client);
  }
}

/** Others may have the client's connection open still: it ends for the client all the same. */
function hangUp(process: Process, client: number): void {
  try {
    process.shutdownWrite(client);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}
