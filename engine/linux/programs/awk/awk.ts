import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { RegexError } from '../../regex.ts';
import { decode, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { errnoOf, type Flavour, program } from '../program.ts';
import { assignedValue } from './builtins.ts';
import { Interpreter } from './interpreter.ts';
import { AwkSyntaxError, unescapeAwk } from './lexer.ts';
import { AwkError, AwkMachine } from './machine.ts';
import { parseAwk } from './parser.ts';
import type { AwkProgram } from './tree.ts';

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/awk.html, with the messages of busybox or of Debian's mawk. */
export const awk = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'F:v:f:', inOrder: true });
  const operands = [...options.operands];
  let text: string;
  if (options.has('f')) {
    text = '';
    for (const path of options.values('f')) {
      const fd = path === '-' ? 0 : process.open(path, { read: true });
      text += `${decode(yield* readAll(process, fd))}\n`;
    }
  } else if (operands.length === 0) {
    yield* printError(process, flavour === 'gnu' ? USAGE : BUSYBOX_USAGE);
    return flavour === 'gnu' ? 2 : 1;
  } else text = operands.shift()!;
  const parsed = yield* parse(process, flavour, text);
  if (parsed === undefined) return flavour === 'gnu' ? 2 : 1;
  const machine = new AwkMachine(process, operands, flavour, (path) => cannotOpen(process, flavour, path));
  const separator = options.value('F');
  if (separator !== undefined) machine.set('FS', separator === 't' ? '\t' : unescapeAwk(separator));
  for (const assignment of options.values('v')) {
    const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(assignment) ?? [];
    if (name === undefined) {
      yield* printError(process, `${speaker(flavour)}: improper assignment: -v ${assignment}\n`);
      return 2;
    }
    machine.set(name, assignedValue(value!));
  }
  return yield* interpret(process, flavour, parsed, machine);
});

const USAGE = 'Usage: mawk [Options] [Program] [file ...]\n';
const BUSYBOX_USAGE = 'BusyBox v1.37.0 multi-call binary.\n\nUsage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...\n';

function speaker(flavour: Flavour): string {
  return flavour === 'gnu' ? 'mawk' : 'awk';
}

function* parse(process: Process, flavour: Flavour, text: string): Task<AwkProgram | undefined> {
  try {
    return parseAwk(text);
  } catch (error) {
    if (!(error instanceof AwkSyntaxError)) throw error;
    const { line, near, undefinedFunction: missing } = error;
    const shown = near === '' || near === '\n' ? undefined : near;
    if (missing !== undefined) {
      yield* printError(
        process,
        flavour === 'gnu'
          ? `mawk: line ${line}: function ${missing} never defined\n`
          : `awk: cmd. line:${line}: Call to undefined function\n`,
      );
      return undefined;
    }
    yield* printError(
      process,
      flavour === 'gnu'
        ? `mawk: line ${line}: syntax error at or near ${shown ?? 'end of line'}\n`
        : `awk: cmd. line:${line}: ${shown === undefined ? 'Unexpected end of string' : 'Unexpected token'}\n`,
    );
    return undefined;
  }
}

function* cannotOpen(process: Process, flavour: Flavour, path: string): Task<void> {
  let reason = 'No such file or directory';
  try {
    process.stat(path);
    reason = 'Permission denied';
  } catch (error) {
    reason = errnoOf(error).message;
  }
  const text = flavour === 'gnu' ? `mawk: cannot open ${path} (${reason})` : `awk: ${path}: ${reason}`;
  yield* printError(process, `${text}\n`);
}

function* interpret(process: Process, flavour: Flavour, parsed: AwkProgram, machine: AwkMachine): Task<number> {
  try {
    const exitCode = yield* new Interpreter(parsed, machine).run();
    yield* machine.streams.closeAll(flavour);
    return machine.failed && exitCode === 0 ? (flavour === 'gnu' ? 2 : 1) : exitCode;
  } catch (error) {
    if (error instanceof Errno && error.code === 'EPIPE') throw error;
    if (!(error instanceof AwkError || error instanceof RegexError || error instanceof Errno)) throw error;
    yield* machine.streams.flush();
    const where = flavour === 'gnu' ? 'mawk: ' : 'awk: cmd. line:1: ';
    const text = flavour === 'gnu' ? error.message : error.message.replace(/^./, (first) => first.toUpperCase());
    yield* printError(process, `${where}${text}\n`);
    return flavour === 'gnu' ? 2 : 1;
  }
}
