import type { ByteSink, StartByteStream } from '../api/request.ts';
import { Errno } from '../linux/errno.ts';
import { concatBytes, encode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { ContainerLog } from './container-log.ts';
import { CriError, type RuntimeService } from './cri.ts';
import { type LogRecord, parseRecords } from './log-format.ts';

type LogOptions = Parameters<RuntimeService['containerLog']>[1];

const LINE_END = Uint8Array.of(10);

/** Serves a log file as `kubectl logs` asks for it. */
export function readContainerLog(root: Process, log: ContainerLog, options: LogOptions): StartByteStream {
  return (sink) => {
    const output = new LogOutput(sink, options);
    for (const record of select(readRecords(root, log.path), options)) output.write(record);
    if (options.follow !== true || output.full) {
      sink.end();
      return () => {};
    }
    const stop = log.follow({
      record(record) {
        output.write(record);
        if (!output.full) return;
        stop?.();
        sink.end();
      },
      end: () => sink.end(),
    });
    if (stop === undefined) sink.end();
    return stop ?? (() => {});
  };
}

function readRecords(root: Process, path: string): LogRecord[] {
  try {
    return parseRecords(root.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CriError('NotFound', `failed to open log file "${path}": open ${path}: ${error.message.toLowerCase()}`);
  }
}

function select(records: readonly LogRecord[], { sinceMs, tailLines }: LogOptions): readonly LogRecord[] {
  const recent = sinceMs === undefined ? records : records.filter(({ timestamp }) => Date.parse(timestamp) >= sinceMs);
  if (tailLines === undefined || tailLines < 0) return recent;
  let start = recent.length;
  // A record that is not partial ends a line; so does the last one.
  for (let lines = 0; start > 0; start--) {
    const endsLine = start === recent.length || !recent[start - 1]!.partial;
    if (endsLine && ++lines > tailLines) break;
  }
  return recent.slice(start);
}

/** Turns records into lines, within `limitBytes`. */
class LogOutput {
  readonly #sink: ByteSink;
  readonly #timestamps: boolean;
  #left: number;
  #atLineStart = true;

  constructor(sink: ByteSink, options: LogOptions) {
    this.#sink = sink;
    this.#timestamps = options.timestamps === true;
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  get full(): boolean {
    return this.#left <= 0;
  }

  write({ timestamp, partial, content }: LogRecord): void {
    if (this.full) return;
    const pieces = [content];
    if (this.#timestamps && this.#atLineStart) pieces.unshift(encode(`${timestamp} `));
    if (!partial) pieces.push(LINE_END);
    this.#atLineStart = !partial;
    const bytes = concatBytes(pieces);
    const chunk = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= chunk.length;
    this.#sink.write(chunk);
  }
}
