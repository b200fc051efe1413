import type { Task } from '../../sim/index.ts';
import { printError, programName, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { errnoOf, type Flavour, openFailure } from './program.ts';

/**
 * Runs `use` on each file in turn, `-` and no file meaning standard input. A file that cannot be opened or read is
 * complained of and passed over; the result is the exit code.
 */
export function* eachInput(
  process: Process,
  flavour: Flavour,
  paths: readonly string[],
  use: (fd: number, path: string) => Task<void>,
): Task<number> {
  let exitCode = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    let fd = 0;
    try {
      if (path !== '-') fd = process.open(path, { read: true });
    } catch (error) {
      yield* printError(
        process,
        `${programName(process)}: ${openFailure(flavour, path, error, programName(process))}\n`,
      );
      exitCode = 1;
      continue;
    }
    try {
      yield* use(fd, path);
    } catch (error) {
      const { code, message } = errnoOf(error);
      if (code === 'EPIPE') throw error;
      const text = flavour === 'gnu' || code !== 'EISDIR' ? `${path}: ${message}` : `read error: ${message}`;
      yield* printError(process, `${programName(process)}: ${text}\n`);
      exitCode = 1;
    } finally {
      if (fd !== 0) process.close(fd);
    }
  }
  return exitCode;
}

/** The whole of all inputs, one after the other. */
export function* allInput(
  process: Process,
  flavour: Flavour,
  paths: readonly string[],
): Task<{ pieces: Uint8Array[]; exitCode: number }> {
  const pieces: Uint8Array[] = [];
  const exitCode = yield* eachInput(process, flavour, paths, function* (fd) {
    pieces.push(yield* readAll(process, fd));
  });
  return { pieces, exitCode };
}

/** Bytes as lines without newlines; the last one counts also without a newline. */
export function linesOf(text: string, end = '\n'): string[] {
  if (text === '') return [];
  const lines = text.split(end);
  if (text.endsWith(end)) lines.pop();
  return lines;
}

/** Programs that look at every byte, and not only for the next newline, compute as long for so much as for a shell command. */
const BYTES_PER_STEP = 8192;

/** What looking at every byte costs, beyond reading it. */
export function lookAt(process: Process, data: Uint8Array): Task<void> {
  return process.compute(data.length / BYTES_PER_STEP);
}
