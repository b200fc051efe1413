import { Errno } from '../linux/errno.ts';
import type { Main } from '../linux/programs/program.ts';
import { lineReader, print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** What ends a program of apt: printed after `E: `. */
export class AptError extends Error {
  override readonly name = 'AptError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 100) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A program of apt, which speaks of its errors in apt's way. */
export function aptProgram(main: Main): Program {
  return function* (process) {
    try {
      return yield* main(process, process.argv.slice(1), 'gnu');
    } catch (error) {
      if (!(error instanceof AptError || error instanceof Errno)) throw error;
      yield* printError(process, `${error.message.replace(/^/gm, 'E: ')}\n`);
      return error instanceof AptError ? error.exitCode : 100;
    }
  };
}

/** What was asked of a program: a command, options by their names without dashes, and operands. */
export interface AptCommand {
  readonly command: string;
  readonly options: ReadonlySet<string>;
  readonly operands: readonly string[];
}

const SHORT: Readonly<Record<string, string>> = {
  a: 'all-versions',
  f: 'fix-broken',
  q: 'quiet',
  s: 'simulate',
  u: 'show-upgraded',
  V: 'verbose-versions',
  y: 'yes',
};

/** @throws AptError for an option that is not among those known */
export function readAptCommand(args: readonly string[], known: readonly string[]): AptCommand {
  const options = new Set<string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (!/^-./.test(word)) words.push(word);
    else if (word === '-o' || word === '-c') at += 1;
    else if (word.startsWith('--')) options.add(checked(word, word.slice(2).replace(/=.*/, ''), known));
    else if (!/^-[oc]/.test(word)) {
      for (const letter of word.slice(1)) options.add(checked(`-${letter}`, SHORT[letter] ?? letter, known));
    }
  }
  const [command = '', ...operands] = words;
  return { command, options, operands };
}

function checked(word: string, name: string, known: readonly string[]): string {
  const full = { 'assume-yes': 'yes', 'dry-run': 'simulate', 'just-print': 'simulate' }[name] ?? name;
  if (full === 'quiet' || known.includes(full)) return full;
  const kind = word.startsWith('--') ? `option ${word}` : `option '${word.slice(1)}' [from ${word}]`;
  throw new AptError(
    `Command line ${kind} is not ${word.startsWith('--') ? 'understood in combination with the other options' : 'known.'}`,
  );
}

/** @throws AptError for whoever is not root */
export function requireLock(process: Process): void {
  if (process.credentials.uid === 0) return;
  const lock = '/var/lib/dpkg/lock-frontend';
  throw new AptError(
    `Could not open lock file ${lock} - open (13: Permission denied)\nUnable to acquire the dpkg frontend lock (${lock}), are you root?`,
  );
}

/** Asks for a yes, which an empty line is as well. */
export function* confirm(process: Process): Task<void> {
  yield* print(process, 'Do you want to continue? [Y/n] ');
  const answer = yield* lineReader(process, 0).next();
  if (answer !== undefined && /^\s*(y.*)?$/i.test(answer)) return;
  yield* print(process, 'Abort.\n');
  throw new AptAborted();
}

/** Somebody did not want it after all: nothing more is said. */
export class AptAborted extends Error {
  override readonly name = 'AptAborted';
}

export function* announceReading(process: Process): Task<void> {
  yield* print(
    process,
    'Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n',
  );
}
