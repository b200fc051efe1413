import type { Task } from '../../../sim/index.ts';
import { RegexError } from '../../regex.ts';
import { decode, encode, fail, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { linesOf } from '../input.ts';
import { getOptions } from '../options.ts';
import { errnoOf, program, Usage } from '../program.ts';
import { SedMachine } from './machine.ts';
import { type Command, parseSed, SedError } from './script.ts';

export const sed = program(function* (process, args, flavour) {
  const { rest, suffix } = takeInPlace(args);
  const options = getOptions(rest, {
    letters: 'nEre:f:isz',
    long: { quiet: 'n', silent: 'n', expression: 'e', file: 'f', 'regexp-extended': 'E' },
  });
  const operands = [...options.operands];
  const scripts = [...options.values('e'), ...options.values('f').map((path) => decode(process.readFile(path)))];
  if (scripts.length === 0) {
    const script = operands.shift();
    if (script === undefined) throw new Usage();
    scripts.push(script);
  }
  let commands: Command[];
  try {
    commands = parseSed(scripts.join('\n'), options.has('E') || options.has('r'));
    if (suffix === undefined) {
      const machine = new SedMachine(commands, options.has('n'));
      const { lines, exitCode, ended } = yield* readInputs(process, operands, flavour);
      yield* machine.run(process, lines, ended, (text) => print(process, text));
      return machine.exitCode || exitCode;
    }
    let exitCode = 0;
    for (const path of operands)
      exitCode = (yield* editInPlace(process, path, commands, options.has('n'), suffix)) || exitCode;
    return exitCode;
  } catch (error) {
    if (error instanceof SedError || error instanceof RegexError)
      return yield* fail(process, flavour === 'gnu' ? `-e expression #1, char 0: ${error.message}` : error.message);
    throw error;
  }
});

/** `-i` may have a suffix glued to it: `-i.bak`. */
function takeInPlace(args: readonly string[]): { rest: readonly string[]; suffix: string | undefined } {
  let suffix: string | undefined;
  const rest = args.filter((argument) => {
    const match = /^(?:-i(\..*)?|--in-place(?:=(.*))?)$/.exec(argument);
    if (match === null) return true;
    suffix = match[1] ?? match[2] ?? '';
    return false;
  });
  if (rest.some((argument) => /^-[nEr]*i[nEr]*$/.test(argument))) suffix ??= '';
  return { rest, suffix };
}

function* readInputs(
  process: Process,
  paths: readonly string[],
  flavour: string,
): Task<{ lines: string[]; exitCode: number; ended: boolean }> {
  const lines: string[] = [];
  let exitCode = 0;
  let ended = true;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    try {
      const fd = path === '-' ? 0 : process.open(path, { read: true });
      const text = decode(yield* readAll(process, fd));
      if (fd !== 0) process.close(fd);
      lines.push(...linesOf(text));
      ended = text === '' || text.endsWith('\n');
    } catch (error) {
      yield* printError(process, `sed: ${flavour === 'gnu' ? "can't read " : ''}${path}: ${errnoOf(error).message}\n`);
      exitCode = flavour === 'gnu' ? 2 : 1;
    }
  }
  return { lines, exitCode, ended };
}

function* editInPlace(
  process: Process,
  path: string,
  commands: readonly Command[],
  quiet: boolean,
  suffix: string,
): Task<number> {
  let before: Uint8Array;
  try {
    before = process.readFile(path);
  } catch (error) {
    yield* printError(process, `sed: ${path}: ${errnoOf(error).message}\n`);
    return 1;
  }
  const text = decode(before);
  const machine = new SedMachine(commands, quiet);
  const pieces: string[] = [];
  yield* machine.run(process, linesOf(text), text.endsWith('\n'), function* (piece) {
    pieces.push(piece);
  });
  if (suffix !== '') process.writeFile(path + suffix, before);
  // sed makes a new file and renames it over the old one: watchers see a new inode.
  const temporary = `${path}.sed-${process.pid}`;
  const { mode } = process.stat(path);
  process.writeFile(temporary, encode(pieces.join('')), { mode });
  process.rename(temporary, path);
  return machine.exitCode;
}
