import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Signal } from '../signal.ts';
import { concatBytes, encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { formatMessage, STATUS_TEXT } from './message.ts';
import type { SecureChannel, StreamedResponse } from './server-options.ts';

/** What a child that has nothing to send is woken with. */
const MORE: Signal = 'URG';

const LAST_CHUNK = encode('0\r\n\r\n');
const CRLF = encode('\r\n');

/** The connection as a child has it that sends an answer without an end of its own. */
interface Stream {
  readonly process: Process;
  readonly fd: number;
  readonly secure: SecureChannel | undefined;
  /** Without it (HTTP/1.0, or nothing but a head) the end of the connection is that of the answer. */
  readonly chunked: boolean;
  readonly pieces: Uint8Array[];
  isOver: boolean;
  /** Only then is it woken: a signal would break into what it sends. */
  isWaiting: boolean;
}

/** Sends what there is to send as it comes, until that is over or the client has gone. The connection ends with it. */
export function* sendStream(
  process: Process,
  fd: number,
  secure: SecureChannel | undefined,
  response: StreamedResponse,
  { method, version }: { readonly method: string; readonly version: string },
): Task<void> {
  const chunked = version === '1.1';
  const stream: Stream = { process, fd, secure, chunked, pieces: [], isOver: false, isWaiting: false };
  process.setSignalAction(MORE, 'catch');
  try {
    yield* write(stream, headOf(response, chunked));
    if (method === 'HEAD') return;
    const stop = response.stream({
      write: (bytes) => {
        stream.pieces.push(bytes);
        wake(stream);
      },
      end: () => {
        stream.isOver = true;
        wake(stream);
      },
    });
    try {
      yield* sendPieces(stream);
    } finally {
      stop();
    }
  } catch (error) {
    // The client has gone.
    if (!(error instanceof Errno)) throw error;
  }
}

function wake(stream: Stream): void {
  if (!stream.isWaiting) return;
  stream.isWaiting = false;
  stream.process.kill(stream.process.pid, MORE);
}

function* sendPieces(stream: Stream): Task<void> {
  const { pieces, chunked } = stream;
  for (;;) {
    if (pieces.length > 0) {
      const bytes = concatBytes(pieces.splice(0));
      if (bytes.length > 0) yield* write(stream, chunked ? chunkOf(bytes) : bytes);
    } else if (stream.isOver) {
      if (chunked) yield* write(stream, LAST_CHUNK);
      return;
    } else if (yield* hasGone(stream)) return;
  }
}

/** Waits for something to send; whether the client has gone instead. What a client says meanwhile is not heard. */
function* hasGone(stream: Stream): Task<boolean> {
  const { process, fd, secure } = stream;
  stream.isWaiting = true;
  try {
    yield* process.poll([fd]);
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
    return false;
  } finally {
    stream.isWaiting = false;
    process.takeSignals();
  }
  const piece = yield* process.read(fd);
  return piece.length === 0 || secure?.receive(piece).isOver === true;
}

function* write({ process, fd, secure }: Stream, bytes: Uint8Array): Task<void> {
  yield* process.write(fd, secure === undefined ? bytes : secure.seal(bytes));
}

function headOf({ status = 200, headers }: StreamedResponse, chunked: boolean): Uint8Array {
  const all = { ...headers, ...(chunked && { 'Transfer-Encoding': 'chunked' }), Connection: 'close' };
  return formatMessage(`HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? 'Unknown'}`, all, new Uint8Array(0));
}

function chunkOf(bytes: Uint8Array): Uint8Array {
  return concatBytes([encode(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]);
}
