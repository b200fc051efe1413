import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { concatBytes, decode, encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { resolveHost } from './resolve.ts';

const CONNECT_MS = 2000;

/** Messages over a connection: a line of JSON each, where the real servers have formats of their own. */
export class Wire {
  readonly #process: Process;
  readonly fd: number;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(process: Process, fd: number, first: Uint8Array = new Uint8Array(0)) {
    this.#process = process;
    this.fd = fd;
    this.#bytes = first;
  }

  /** Throws Errno. */
  *send(message: object): Task<void> {
    yield* this.#process.write(this.fd, encode(`${JSON.stringify(message)}\n`));
  }

  /** The next message. Throws Errno ECONNRESET at the end, ETIMEDOUT when nothing comes for so long. */
  *receive<T>(timeoutMs?: number): Task<T> {
    for (;;) {
      const end = this.#bytes.indexOf(10);
      if (end >= 0) {
        const line = decode(this.#bytes.subarray(0, end));
        this.#bytes = this.#bytes.slice(end + 1);
        return JSON.parse(line) as T;
      }
      const ready = yield* this.#process.poll([this.fd], timeoutMs);
      if (ready.length === 0) throw new Errno('ETIMEDOUT');
      const piece = yield* this.#process.read(this.fd);
      if (piece.length === 0) throw new Errno('ECONNRESET');
      this.#bytes = concatBytes([this.#bytes, piece]);
    }
  }

  close(): void {
    this.#process.close(this.fd);
  }
}

/** Throws Errno; ENOENT for a name that nobody knows. */
export function* dial(process: Process, host: string, port: number): Task<Wire> {
  const address = yield* resolveHost(process, host);
  if (address === undefined) throw new Errno('ENOENT');
  return new Wire(process, yield* process.connect(address, port, CONNECT_MS));
}

/** What goes wrong between machines, and is not the process's own end. */
export function isLost(error: unknown): error is Errno {
  return error instanceof Errno && error.code !== 'EINTR';
}

/** Does something for as long as the other side is there. */
export function* ignoringLoss(task: Task<void>): Task<void> {
  try {
    yield* task;
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}
