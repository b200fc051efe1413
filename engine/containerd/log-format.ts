import { concatBytes, encode } from '../linux/stdio.ts';

// The format of container log files:
// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
// `2026-01-12T09:00:00.000000000Z stdout F the line`; `P` marks a line that goes on in the next record.

export type LogStream = 'stdout' | 'stderr';

export interface LogRecord {
  /** RFC 3339 with nanoseconds. */
  readonly timestamp: string;
  readonly stream: LogStream;
  readonly partial: boolean;
  /** Without the newline. */
  readonly content: Uint8Array;
}

const SPACE = 32;
const NEWLINE = 10;
const LINE_END = Uint8Array.of(NEWLINE);

/** @param wallMs milliseconds since 1970 */
export function logTimestamp(wallMs: number): string {
  const whole = Math.floor(wallMs);
  const nanos = Math.floor((wallMs - whole) * 1_000_000);
  return `${new Date(whole).toISOString().slice(0, 23)}${String(nanos).padStart(6, '0')}Z`;
}

export function formatRecord({ timestamp, stream, partial, content }: LogRecord): Uint8Array {
  return concatBytes([encode(`${timestamp} ${stream} ${partial ? 'P' : 'F'} `), content, LINE_END]);
}

/** The records of a log file; a line that is no record is passed over. */
export function parseRecords(file: Uint8Array): LogRecord[] {
  const records: LogRecord[] = [];
  let start = 0;
  while (start < file.length) {
    let end = file.indexOf(NEWLINE, start);
    if (end < 0) end = file.length;
    const record = parseRecord(file.subarray(start, end));
    if (record !== undefined) records.push(record);
    start = end + 1;
  }
  return records;
}

function parseRecord(line: Uint8Array): LogRecord | undefined {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  const third = line.indexOf(SPACE, second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  const stream = ascii(line.subarray(first + 1, second));
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return {
    timestamp: ascii(line.subarray(0, first)),
    stream,
    partial: ascii(line.subarray(second + 1, third)).startsWith('P'),
    content: line.subarray(third + 1),
  };
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}
