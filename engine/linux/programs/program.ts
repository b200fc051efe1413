import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { fail, printError, programName } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';

/** Whose error texts a program speaks: busybox's (Alpine and busybox images) or GNU's (Debian images). */
export type Flavour = 'busybox' | 'gnu';

/** A program in either flavour. */
export type ProgramMaker = (flavour: Flavour) => Program;

export type Main = (process: Process, args: readonly string[], flavour: Flavour) => Task<number>;

/** Makes a program of its main function: a system call that fails unexpectedly ends it with `name: text`. */
export function program(main: Main): ProgramMaker {
  return (flavour) =>
    function* (process) {
      try {
        return yield* main(process, process.argv.slice(1), flavour);
      } catch (error) {
        if (error instanceof Errno) return yield* fail(process, error.message);
        if (error instanceof Usage) return yield* error.print(process, flavour);
        throw error;
      }
    };
}

/** The command line is wrong: thrown where it is found, printed by `program`. */
export class Usage {
  readonly message: string | undefined;
  readonly exitCode: number;

  constructor(message?: string, exitCode = 1) {
    this.message = message;
    this.exitCode = exitCode;
  }

  *print(process: Process, flavour: Flavour): Task<number> {
    const name = programName(process);
    if (this.message !== undefined) yield* printError(process, `${name}: ${this.message}\n`);
    if (flavour === 'gnu') yield* printError(process, `Try '${name} --help' for more information.\n`);
    else yield* printError(process, `BusyBox v1.36.1 multi-call binary.\n\nUsage: ${name} [OPTIONS] [ARGUMENTS]\n`);
    return this.exitCode;
  }
}

/** Programs of busybox that open their files as streams say less. */
const STREAM_READERS: ReadonlySet<string> = new Set(
  'head wc fold expand unexpand nl tac rev cut sort od grep sed comm paste split'.split(' '),
);

/** Programs of GNU that say more. */
const CANNOT_OPEN: ReadonlySet<string> = new Set(['head', 'tail']);

/** `can't open 'x': No such file or directory`, or as GNU has it `x: No such file or directory`. */
export function openFailure(flavour: Flavour, path: string, error: unknown, name = ''): string {
  if (!(error instanceof Errno)) throw error;
  if (flavour === 'gnu' && CANNOT_OPEN.has(name)) return `cannot open '${path}' for reading: ${error.message}`;
  return flavour === 'gnu' || STREAM_READERS.has(name)
    ? `${path}: ${error.message}`
    : `can't open '${path}': ${error.message}`;
}

/** The Errno, or the error again if it is none. */
export function errnoOf(error: unknown): Errno {
  if (error instanceof Errno) return error;
  throw error;
}
