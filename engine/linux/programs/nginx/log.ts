import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { HttpServerRequest } from '../../http.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { formatDate } from '../time.ts';
import { requestVariable } from './request-variable.ts';

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

  closeAll(process: Process): void {
    for (const fd of this.#fds.values()) if (fd !== 2) process.close(fd);
    this.#fds.clear();
  }
}

/** `2026/01/12 09:00:00 [notice] 1#1: text` */
export function errorLine(process: Process, level: string, text: string): string {
  return `${formatDate('%Y/%m/%d %H:%M:%S', process.now())} [${level}] ${process.pid}#${process.pid}: ${text}\n`;
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

export function accessLine(
  process: Process,
  format: string | undefined,
  request: HttpServerRequest,
  answer: { readonly status: number; readonly bytes: number },
): string {
  const text = (format ?? COMBINED).replace(/\$(\w+)/g, (_, name: string) => {
    switch (name) {
      case 'status':
        return String(answer.status);
      case 'body_bytes_sent':
      case 'bytes_sent':
        return String(answer.bytes);
      case 'time_local':
        return formatDate('%d/%b/%Y:%H:%M:%S +0000', process.now());
      case 'time_iso8601':
        return formatDate('%Y-%m-%dT%H:%M:%S+00:00', process.now());
      case 'request_time':
        return '0.000';
      default:
        return escaped(requestVariable(request, name) ?? '-');
    }
  });
  return `${text}\n`;
}

/** What clients send must not forge lines or reach a terminal as escapes. */
function escaped(text: string): string {
  return text.replace(
    /["\\\x00-\x1f\x7f-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
