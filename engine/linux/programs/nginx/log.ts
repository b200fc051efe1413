import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { LogFormat } from './config.ts';
import type { Exchange } from './exchange.ts';
import { LEVELS } from './settings.ts';
import { expandWith } from './variables.ts';

/** Log files, each opened once. The image links access.log and error.log to the container's output. */
export class Logs {
  readonly #fds: Map<string, number>;

  /** Those of another process that this one is forked from. */
  constructor(inherited?: Logs) {
    this.#fds = new Map(inherited === undefined ? [] : inherited.#fds);
  }

  /** Throws Errno when the file cannot be opened. */
  open(process: Process, path: string): void {
    if (this.#fds.has(path)) return;
    const fd = path === 'stderr' ? 2 : process.open(path, { write: true, create: true, append: true });
    this.#fds.set(path, fd);
  }

  *write(process: Process, path: string, line: string): Task<void> {
    try {
      this.open(process, path);
      yield* process.write(this.#fds.get(path)!, encode(line));
    } catch (error) {
      // A full disk or a reader that has gone must not stop the server.
      if (!(error instanceof Errno)) throw error;
    }
  }

  /** For a child that is to write into them too. */
  get fds(): readonly number[] {
    return [...this.#fds.values()];
  }

  closeAll(process: Process): void {
    for (const fd of this.#fds.values()) if (fd !== 2) process.close(fd);
    this.#fds.clear();
  }
}

/** `2026/01/12 09:00:00 [notice] 1#1: text` */
export function errorLine(process: Pick<Process, 'pid' | 'now'>, level: string, text: string): string {
  return `${formatDate('%Y/%m/%d %H:%M:%S', process.now())} [${level}] ${process.pid}#${process.pid}: ${text}\n`;
}

/** What the error log says about a request, and on whose behalf. */
export function complaintLine(exchange: Exchange, { level, text, upstream }: Exchange['errors'][number]): string {
  const { request, server, process, number, pid } = exchange;
  const asked = upstream === undefined ? '' : `, upstream: "${upstream}"`;
  const host = request.headers['host'] === undefined ? '' : `, host: "${request.headers['host']}"`;
  const context = `client: ${request.peer.address}, server: ${server.names[0] ?? ''}, request: "${request.method} ${request.target} HTTP/${request.version}"${asked}${host}`;
  return errorLine({ pid, now: () => process.now() }, LEVELS[level]!, `*${number} ${text}, ${context}`);
}

export function accessLine(exchange: Exchange, { template, escaping }: LogFormat): string {
  const line = expandWith(template, exchange, (value) => {
    if (value === undefined) return escaping === 'default' ? '-' : '';
    if (escaping === 'none') return value;
    return escaping === 'json' ? JSON.stringify(value).slice(1, -1) : escaped(value);
  });
  return `${line}\n`;
}

/** What clients send must not forge lines or reach a terminal as escapes. */
function escaped(text: string): string {
  return text.replace(
    /["\\\x00-\x1f\x7f-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
