import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { TaskGroup } from '../../linux/task-group.ts';

/** `--audit-log-path` and its neighbours. */
export interface AuditLogOptions {
  /** `-` for standard output. */
  readonly path: string;
  /** A file that would become larger is put aside. */
  readonly maxSizeBytes: number;
  /** Of those that have been put aside; 0: all. */
  readonly maxBackups: number;
  /** How long they are kept; 0: for ever. */
  readonly maxAgeMs: number;
}

const BACKUP_TIME = /-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2}\.\d{3})$/;

/**
 * Where the API server writes its audit events, a line each.
 *
 * @throws Errno when the file cannot be opened
 */
export function openAuditLog(process: Process, options: AuditLogOptions, threads: TaskGroup): (line: string) => void {
  if (options.path === '-') {
    return (line) => threads.start(print(process, `${line}\n`));
  }
  const log = new AuditLogFile(process, options);
  return (line) => log.write(`${line}\n`);
}

/** A file that is put aside under a name with the time when it has grown, as the library lumberjack does it. */
class AuditLogFile {
  readonly #process: Process;
  readonly #options: AuditLogOptions;
  readonly #folder: string;
  #size: number;

  constructor(process: Process, options: AuditLogOptions) {
    this.#process = process;
    this.#options = options;
    this.#folder = options.path.slice(0, Math.max(options.path.lastIndexOf('/'), 0));
    makeDirectories(process, this.#folder, 0o700);
    process.writeFile(options.path, '', { append: true, mode: 0o600 });
    this.#size = process.stat(options.path).size;
  }

  /** What the disk does not take is lost: requests do not wait for their log. */
  write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    try {
      if (this.#size + bytes.length > this.#options.maxSizeBytes) this.#rotate();
      this.#process.writeFile(this.#options.path, bytes, { append: true, mode: 0o600 });
      this.#size += bytes.length;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  #rotate(): void {
    const { path } = this.#options;
    const [stem, extension] = this.#parts();
    const time = new Date(this.#process.now()).toISOString().slice(0, -1).replaceAll(':', '-');
    this.#process.rename(path, `${this.#folder}/${stem}-${time}${extension}`);
    this.#size = 0;
    this.#removeOld();
  }

  #removeOld(): void {
    const { maxBackups, maxAgeMs } = this.#options;
    const [stem, extension] = this.#parts();
    const backups = this.#process
      .readdir(this.#folder)
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(extension))
      .map((name) => ({ name, atMs: timeOf(name.slice(0, name.length - extension.length)) }))
      .filter(({ atMs }) => !Number.isNaN(atMs))
      .sort((a, b) => b.atMs - a.atMs);
    const oldestMs = this.#process.now() - maxAgeMs;
    backups.forEach(({ name, atMs }, index) => {
      const isTooMany = maxBackups > 0 && index >= maxBackups;
      if (isTooMany || (maxAgeMs > 0 && atMs < oldestMs)) this.#process.unlink(`${this.#folder}/${name}`);
    });
  }

  /** `audit` and `.log`. */
  #parts(): readonly [string, string] {
    const name = this.#options.path.slice(this.#folder.length + 1);
    const dot = name.lastIndexOf('.');
    return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  }
}

function timeOf(name: string): number {
  const [, day, hour, minute, second] = BACKUP_TIME.exec(name) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}
