import { Errno } from '../../linux/errno.ts';
import { parseGoDuration } from '../../linux/programs/go/duration.ts';
import { concatBytes, encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus } from '../cri.ts';
import { type LogRecord, parseRecords } from '../log-format.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, find, requireArgument } from './line.ts';

/** How often a log that is followed is looked at: crictl itself waits for word of the file system. */
const LOOK_MS = 100;

/** The log file that is written, as the kubelet reads it. */
function* logs(process: Process, line: Line): Task<number> {
  let container = yield* find<ContainerStatus>(process, 'listContainers', requireArgument(line), 'container');
  if (line.flags.has('previous')) container = yield* previousOf(process, container);
  const tail = Number(line.flags.get('tail') ?? -1);
  const timestamps = line.flags.has('timestamps');
  const { logPath } = container;
  const all = read(process, logPath);
  for (const record of lastLines(since(process, all, line.flags.get('since')), tail))
    yield* show(process, record, timestamps);
  if (!line.flags.has('follow')) return 0;
  let { inode } = process.stat(logPath);
  for (let shown = all.length; ; ) {
    const present = process.access(logPath, 'exists') ? process.stat(logPath).inode : inode;
    const records = read(process, logPath);
    // Another file stands there now.
    if (present !== inode || records.length < shown) shown = 0;
    inode = present;
    for (const record of records.slice(shown)) yield* show(process, record, timestamps);
    shown = records.length;
    const { state } = yield* callCri<ContainerStatus>(process, 'containerStatus', container.id);
    if (state !== 'CONTAINER_RUNNING') return 0;
    yield* process.sleep(LOOK_MS);
  }
}

function* previousOf(process: Process, { metadata, podSandboxId, id }: ContainerStatus): Task<ContainerStatus> {
  const all = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const before = all.find(
    (each) =>
      each.podSandboxId === podSandboxId &&
      each.metadata.name === metadata.name &&
      each.metadata.attempt === metadata.attempt - 1,
  );
  if (before !== undefined) return before;
  throw new CallError(`previous terminated container ${JSON.stringify(metadata.name)} of ${id} not found`);
}

/** @throws CallError */
function read(process: Process, path: string): readonly LogRecord[] {
  try {
    return parseRecords(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CallError(
      `failed to try resolving symlinks in path "${path}": lstat ${path}: ${error.message.toLowerCase()}`,
    );
  }
}

function since(process: Process, records: readonly LogRecord[], text: string | undefined): readonly LogRecord[] {
  if (text === undefined) return records;
  const durationMs = parseGoDuration(text);
  const fromMs = durationMs === undefined ? Date.parse(text) : process.now() - durationMs;
  if (Number.isNaN(fromMs))
    throw new CallError(`failed to parse timestamp or duration ${JSON.stringify(text)} from since flag`);
  return records.filter(({ timestamp }) => Date.parse(timestamp) >= fromMs);
}

/** A record that is not partial ends a line; so does the last one. */
function lastLines(records: readonly LogRecord[], count: number): readonly LogRecord[] {
  if (count < 0) return records;
  let start = records.length;
  for (let lines = 0; start > 0; start--) {
    const endsLine = start === records.length || !records[start - 1]!.partial;
    if (endsLine && ++lines > count) break;
  }
  return records.slice(start);
}

function* show(process: Process, { timestamp, stream, partial, content }: LogRecord, timestamps: boolean): Task<void> {
  const pieces = [timestamps ? encode(`${timestamp} `) : new Uint8Array(0), content, encode(partial ? '' : '\n')];
  yield* process.write(stream === 'stderr' ? 2 : 1, concatBytes(pieces));
}

export const LOGS: Command = {
  name: 'logs',
  usage: 'Fetch the logs of a container',
  operands: 'CONTAINER-ID',
  flags: cliFlags(`
    follow|f Follow log output
    limit-bytes=int Maximum bytes of logs to return. Defaults to no limit
    previous|p Print the logs for the previous instance of the container in a pod if it exists
    reopen|r Reopen container logs
    since=string Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)
    tail=int Number of lines to show from the end of the logs. Defaults to all
    timestamps|t Show timestamps`),
  run: logs,
};
