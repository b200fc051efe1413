import type { Task } from '../sim/index.ts';
import { Errno } from './errno.ts';
import { decode, encode, readAll } from './stdio.ts';
import type { Process } from './syscalls.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the tools of the image are. */
const DIRECTORY = '/usr/sbin';

/** Runs a tool to its end, with this on its standard input. One that cannot be started exits with 127. */
export function* runCommand(process: Process, argv: readonly string[], input = ''): Task<CommandResult> {
  const [stdinRead, stdinWrite] = process.pipe();
  const [stdoutRead, stdoutWrite] = process.pipe();
  const [stderrRead, stderrWrite] = process.pipe();
  const fds = { 0: stdinRead, 1: stdoutWrite, 2: stderrWrite };
  let pid: number;
  try {
    pid = process.spawn({ path: `${DIRECTORY}/${argv[0]}`, argv, fds });
  } catch (error) {
    for (const fd of [stdinRead, stdinWrite, stdoutRead, stdoutWrite, stderrRead, stderrWrite]) process.close(fd);
    if (!(error instanceof Errno)) throw error;
    return { exitCode: 127, stdout: '', stderr: `exec: "${argv[0]}": ${error.message}` };
  }
  for (const fd of [stdinRead, stdoutWrite, stderrWrite]) process.close(fd);
  yield* feed(process, stdinWrite, input);
  const stdout = decode(yield* drain(process, stdoutRead));
  const stderr = decode(yield* drain(process, stderrRead));
  return { exitCode: yield* exitCodeOf(process, pid), stdout, stderr };
}

function* feed(process: Process, fd: number, input: string): Task<void> {
  try {
    if (input !== '') yield* process.write(fd, encode(input));
  } catch (error) {
    // It has ended before it read everything: its exit code says why.
    if (!(error instanceof Errno) || error.code !== 'EPIPE') throw error;
  } finally {
    process.close(fd);
  }
}

function* drain(process: Process, fd: number): Task<Uint8Array> {
  try {
    return yield* readAll(process, fd);
  } finally {
    process.close(fd);
  }
}

function* exitCodeOf(process: Process, pid: number): Task<number> {
  const ended = yield* process.waitpid(pid);
  return ended?.status.kind === 'exited' ? ended.status.code : 128;
}
