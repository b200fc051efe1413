import { microTimestamp } from '../api/timestamp.ts';
import { encode } from '../linux/stdio.ts';

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

/** @param wallMs milliseconds since 1970 */
export function logTimestamp(wallMs: number): string {
  const whole = Math.floor(wallMs);
  const nanos = Math.floor((wallMs - whole) * 1_000_000);
  return `${microTimestamp(whole).slice(0, 23)}${String(nanos).padStart(6, '0')}Z`;
}

/** The lines of a log file. Records of one write have the same beginning, which is made once: some print without end. */
export function formatRecords(records: readonly LogRecord[]): Uint8Array {
  const headers: Uint8Array[] = [];
  let size = 0;
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    const same =
      before !== undefined &&
      before.partial === record.partial &&
      before.stream === record.stream &&
      before.timestamp === record.timestamp;
    const header = same ? headers[index - 1]! : encode(headerOf(record));
    headers.push(header);
    size += header.length + record.content.length + 1;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const [index, { content }] of records.entries()) {
    const header = headers[index]!;
    bytes.set(header, at);
    bytes.set(content, at + header.length);
    at += header.length + content.length + 1;
    bytes[at - 1] = NEWLINE;
  }
  return bytes;
}

function headerOf({ timestamp, stream, partial }: LogRecord): string {
  return `${timestamp} ${stream} ${partial ? 'P' : 'F'} `;
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
