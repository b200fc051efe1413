import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { concatBytes, decode } from '../../stdio.ts';
import { ShellFault } from '../control.ts';
import { waitForJob } from '../execute/wait.ts';
import { isBash, type Shell } from '../shell.ts';
import { type Command, onlyCommand, type Redirect, type Script, type Segment } from '../syntax/tree.ts';

/** A substitution that yields more ends with an error: it would only fill the memory. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** What a command writes, without its trailing newlines. The command runs in a child of the shell. */
export function* commandOutput(shell: Shell, script: Script): Task<string> {
  const { process } = shell;
  if (script.statements.length === 0) {
    shell.substitutionStatus = 0;
    return '';
  }
  const [readEnd, writeEnd] = process.pipe();
  let pid: number;
  try {
    pid = shell.interpreter.fork(shell, { run: (child) => runSubstitution(child, script), fds: { 1: writeEnd } });
  } catch (error) {
    process.close(readEnd);
    throw error;
  } finally {
    process.close(writeEnd);
  }
  const bytes = yield* readOutput(shell, readEnd);
  const job = shell.jobs.add([pid], '', undefined, false);
  shell.substitutionStatus = yield* waitForJob(shell, job);
  shell.status = shell.substitutionStatus;
  if (bytes === undefined) throw new ShellFault('command substitution: output too large', 1, true);
  return decode(bytes).replaceAll('\0', '').replace(/\n+$/, '');
}

function runSubstitution(child: Shell, script: Script): Task<number> {
  child.substitutionDepth += 1;
  const only = onlyCommand(script);
  const file = isBash(child) ? fileOf(only) : undefined;
  if (file !== undefined) return child.interpreter.fileContents(child, file);
  return only === undefined ? child.interpreter.list(child, script) : child.interpreter.command(child, only, true);
}

/** The redirection that is all there is to a command: `<file`. */
function fileOf(command: Command | undefined): readonly Redirect[] | undefined {
  if (command?.kind !== 'simple' || command.words.length > 0 || command.assignments.length > 0) return undefined;
  const [redirect, ...more] = command.redirects;
  if (more.length > 0 || redirect?.kind !== 'file' || redirect.operator !== '<' || redirect.fd !== 0) return undefined;
  return command.redirects;
}

function* readOutput(shell: Shell, fd: number): Task<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      try {
        const piece = yield* shell.process.read(fd);
        if (piece.length === 0) return concatBytes(pieces);
        size += piece.length;
        if (size > MAX_OUTPUT_BYTES) return undefined;
        pieces.push(piece);
      } catch (error) {
        // A caught signal: its trap runs after the command that this substitution is part of.
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        shell.pendingSignals.push(...shell.process.takeSignals());
      }
    }
  } finally {
    shell.process.close(fd);
  }
}

/** Starts the command of `<(command)` and gives the path of its pipe. */
export function processSubstitution(shell: Shell, segment: Extract<Segment, { kind: 'process' }>): string {
  const { process } = shell;
  const [readEnd, writeEnd] = process.pipe();
  const reads = segment.direction === '<';
  const pid = shell.interpreter.fork(shell, {
    run: (child) => child.interpreter.list(child, segment.script),
    fds: reads ? { 1: writeEnd } : { 0: readEnd },
  });
  shell.jobs.add([pid], '', undefined, false);
  process.close(reads ? writeEnd : readEnd);
  const fd = shell.descriptors.freeNumber();
  shell.descriptors.place(reads ? readEnd : writeEnd, fd, false);
  shell.processSubstitutions.push(fd);
  return `/dev/fd/${fd}`;
}
