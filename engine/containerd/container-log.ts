import { Errno } from '../linux/errno.ts';
import { concatBytes } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Simulation } from '../sim/index.ts';
import { formatRecords, type LogRecord, type LogStream, logTimestamp } from './log-format.ts';

/** A longer line is broken into partial records: containerd's `max_container_log_line_size`. */
const MAX_LINE_BYTES = 16 * 1024;
const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

export interface LogListener {
  record(record: LogRecord): void;
  end(): void;
}

/**
 * Writes what a container prints to its log file, which whoever manages logs may move away: after `reopen` there is a new one.
 */
export class ContainerLog {
  readonly path: string;
  readonly #sim: Simulation;
  readonly #root: Process;
  readonly #grown: (bytes: number) => void;
  readonly #pending: Record<LogStream, Uint8Array> = { stdout: NOTHING, stderr: NOTHING };
  readonly #listeners = new Set<LogListener>();
  #size = 0;
  #ended = false;

  /** @param grown hears of the file's size after each write */
  constructor(sim: Simulation, root: Process, path: string, grown: (bytes: number) => void) {
    this.#sim = sim;
    this.#root = root;
    this.path = path;
    this.#grown = grown;
    this.#append([]);
  }

  write(stream: LogStream, data: Uint8Array): void {
    if (this.#ended) return;
    const pending = this.#pending[stream];
    // Listeners may keep what they hear; the writer may reuse its buffer.
    const own = this.#listeners.size > 0 ? data.slice() : data;
    const bytes = pending.length === 0 ? own : concatBytes([pending, own]);
    const timestamp = logTimestamp(this.#sim.wallMs);
    const records: LogRecord[] = [];
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      if (end - start > MAX_LINE_BYTES) {
        records.push({ timestamp, stream, partial: true, content: bytes.subarray(start, start + MAX_LINE_BYTES) });
        start += MAX_LINE_BYTES;
      } else if (newline < 0) {
        break;
      } else {
        records.push({ timestamp, stream, partial: false, content: bytes.subarray(start, end) });
        start = newline + 1;
      }
    }
    this.#pending[stream] = start === bytes.length ? NOTHING : bytes.slice(start);
    if (records.length > 0) this.#append(records);
  }

  /** The container has ended: what is left of unfinished lines is written, and who follows is told. */
  end(): void {
    if (this.#ended) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#pending[stream];
      if (rest.length === 0) continue;
      this.#append([{ timestamp: logTimestamp(this.#sim.wallMs), stream, partial: true, content: rest }]);
    }
    this.#ended = true;
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  /** Hears every record from now on; undefined when there will be none. */
  follow(listener: LogListener): (() => void) | undefined {
    if (this.#ended) return undefined;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The file has been moved away: begins a new one. */
  reopen(): void {
    this.#size = 0;
    this.#append([]);
  }

  #append(records: readonly LogRecord[]): void {
    const bytes = formatRecords(records);
    try {
      this.#root.writeFile(this.path, bytes, { append: true, mode: 0o640 });
      this.#size += bytes.length;
    } catch (error) {
      // A full disk or a log directory that somebody removed costs the log, not the container.
      if (!(error instanceof Errno)) throw error;
    }
    for (const record of records) for (const listener of this.#listeners) listener.record(record);
    this.#grown(this.#size);
  }
}
