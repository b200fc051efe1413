import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import type { Builtin } from '../builtins/builtin.ts';
import { BUILTINS } from '../builtins/index.ts';
import { FunctionReturn, ShellExit, ShellFault } from '../control.ts';
import type { SavedDescriptor } from '../descriptors.ts';
import { expandWords } from '../expand/word.ts';
import { complain } from '../messages.ts';
import { quoteForShell } from '../quote.ts';
import { type Dialect, isBash, type Shell, type ShellFunction } from '../shell.ts';
import type { Assignment, Command, SimpleCommand } from '../syntax/tree.ts';
import { bringTrapsBack, putTrapsAside, runDebuggingTrap } from '../traps.ts';
import type { Variable } from '../variables.ts';
import { assign } from './assign.ts';
import { execProgram, startProgram } from './program.ts';
import { applyRedirects, RedirectFailure, restoreDescriptors } from './redirect.ts';

/** The exit status of a command whose redirection fails. */
const REDIRECT_FAILED: Readonly<Record<Dialect, number>> = { bash: 1, dash: 2, ash: 1 };

/** Calls nested deeper than this end with an error: each one costs the host's stack. */
const MAX_FUNCTION_DEPTH = 250;

/** Of a command without redirections. */
const NOTHING_SAVED: SavedDescriptor[] = [];

export function* runSimple(shell: Shell, command: SimpleCommand, last: boolean): Task<number> {
  shell.line = command.line;
  shell.substitutionStatus = undefined;
  const words = command.literals ?? (yield* expandWords(shell, command.words));
  if (words.length === 0) return yield* runAssignments(shell, command);

  const name = words[0] as string;
  const saved: SavedDescriptor[] = command.redirects.length > 0 ? [] : NOTHING_SAVED;
  const builtin = BUILTINS.get(name);
  const body = builtin?.special && !isBash(shell) ? undefined : shell.functions.get(name);
  const permanent = name === 'exec' && body === undefined;
  try {
    if (shell.options.xtrace) yield* trace(shell, command, words);
    if (command.redirects.length > 0) yield* applyRedirects(shell, command.redirects, permanent ? undefined : saved);
    if (body !== undefined) return yield* runFunction(shell, body, command, words);
    if (builtin !== undefined) return yield* runBuiltin(shell, builtin, command, words);
    const argv = command.literals ?? words.map(textOf);
    if (command.assignments.length === 0) return yield* startOrBecome(shell, argv, saved, last);
    return yield* runProgram(shell, command, argv, saved, last);
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    yield* complain(shell, error.message);
    shell.status = REDIRECT_FAILED[shell.dialect];
    if (builtin?.special && !isBash(shell) && !shell.interactive) throw new ShellExit(shell.status);
    return shell.status;
  } finally {
    restoreDescriptors(shell, saved);
    const final = words.at(-1);
    if (final !== undefined) shell.lastArgument = textOf(final);
    closeProcessSubstitutions(shell);
  }
}

function closeProcessSubstitutions(shell: Shell): void {
  if (shell.processSubstitutions.length === 0) return;
  for (const fd of shell.processSubstitutions.splice(0)) shell.descriptors.close(fd, false);
}

/** An assignment among the words of a program that is no declaration builtin. */
function textOf(word: string | Assignment): string {
  return typeof word === 'string' ? word : word.name;
}

function* runAssignments(shell: Shell, command: SimpleCommand): Task<number> {
  const saved: SavedDescriptor[] = [];
  shell.status = 0;
  try {
    yield* applyRedirects(shell, command.redirects, saved);
    for (const assignment of command.assignments) {
      yield* assign(shell, assignment);
      if (shell.options.xtrace) yield* traceAssignment(shell, assignment);
      if (shell.options.allexport) shell.variables.setExported(assignment.name, true);
    }
    shell.status = shell.substitutionStatus ?? 0;
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    yield* complain(shell, error.message);
    shell.status = REDIRECT_FAILED[shell.dialect];
  } finally {
    restoreDescriptors(shell, saved);
    closeProcessSubstitutions(shell);
  }
  return shell.status;
}

/** Makes the assignments before a command and returns what they replaced. */
function* assignTemporarily(shell: Shell, command: SimpleCommand): Task<[string, Variable | undefined][]> {
  const replaced: [string, Variable | undefined][] = [];
  for (const assignment of command.assignments) {
    replaced.push([assignment.name, shell.variables.snapshot(assignment.name)]);
    yield* assign(shell, assignment);
    shell.variables.setExported(assignment.name, true);
  }
  return replaced;
}

function restoreVariables(shell: Shell, replaced: readonly [string, Variable | undefined][]): void {
  for (let at = replaced.length - 1; at >= 0; at--) shell.variables.restore(...replaced[at]!);
}

function* runBuiltin(
  shell: Shell,
  builtin: Builtin,
  command: SimpleCommand,
  words: readonly (string | Assignment)[],
): Task<number> {
  const lasting = builtin.special && !isBash(shell);
  let replaced: [string, Variable | undefined][] = [];
  if (command.assignments.length > 0) {
    if (lasting) for (const assignment of command.assignments) yield* assign(shell, assignment);
    else replaced = yield* assignTemporarily(shell, command);
  }
  try {
    const result = builtin.run(shell, words.slice(1), words[0] as string);
    shell.status = typeof result === 'number' ? result : yield* result;
    return shell.status;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    // Standard output is closed or full: `echo >&-`.
    yield* complain(shell, `write error: ${error.message}`, words[0] as string);
    shell.status = 1;
    return 1;
  } finally {
    if (replaced.length > 0) restoreVariables(shell, replaced);
  }
}

function* runFunction(
  shell: Shell,
  definition: ShellFunction,
  command: SimpleCommand,
  words: readonly (string | Assignment)[],
): Task<number> {
  if (shell.functionDepth >= MAX_FUNCTION_DEPTH) {
    throw new ShellFault(`${textOf(words[0]!)}: maximum function nesting level exceeded (${MAX_FUNCTION_DEPTH})`, 2);
  }
  const replaced = command.assignments.length === 0 ? [] : yield* assignTemporarily(shell, command);
  const { positional, loopDepth, calls, file } = shell;
  const aside = shell.traps.size === 0 ? undefined : putTrapsAside(shell);
  shell.positional = words.slice(1).map(textOf);
  shell.loopDepth = 0;
  shell.functionDepth += 1;
  shell.calls = [{ name: textOf(words[0]!), file: definition.file, line: command.line, caller: file }, ...calls];
  shell.file = definition.file;
  shell.variables.pushFrame();
  try {
    yield* shell.process.compute(1);
    yield* runBody(shell, definition.body);
    if (shell.traps.has('RETURN')) yield* runDebuggingTrap(shell, 'RETURN');
  } finally {
    shell.variables.popFrame();
    shell.functionDepth -= 1;
    shell.calls = calls;
    shell.file = file;
    if (aside !== undefined) bringTrapsBack(shell, aside);
    shell.positional = positional;
    shell.loopDepth = loopDepth;
    if (replaced.length > 0) restoreVariables(shell, replaced);
  }
  return shell.status;
}

function* runBody(shell: Shell, body: Command): Task<void> {
  try {
    yield* shell.interpreter.command(shell, body, false);
  } catch (error) {
    if (!(error instanceof FunctionReturn)) throw error;
    shell.status = error.status;
  }
}

function* runProgram(
  shell: Shell,
  command: SimpleCommand,
  argv: readonly string[],
  saved: SavedDescriptor[],
  last: boolean,
): Task<number> {
  const replaced = yield* assignTemporarily(shell, command);
  try {
    return yield* startOrBecome(shell, argv, saved, last);
  } finally {
    restoreVariables(shell, replaced);
  }
}

function startOrBecome(shell: Shell, argv: readonly string[], saved: SavedDescriptor[], last: boolean): Task<number> {
  if (last && shell.traps.size === 0) return execProgram(shell, argv);
  return startProgram(shell, argv, saved);
}

function* trace(shell: Shell, command: SimpleCommand, words: readonly (string | Assignment)[]): Task<void> {
  for (const assignment of command.assignments) yield* traceAssignment(shell, assignment);
  const text = words
    .map((word) => (typeof word === 'string' ? (word === '' ? "''" : quoteForTrace(shell, word)) : word.name))
    .join(' ');
  yield* printError(shell.process, `${traceMark(shell)}${text}\n`);
}

/** bash repeats its first character for each substitution and each text that is evaluated. */
function traceMark(shell: Shell): string {
  const mark = shell.variables.value('PS4') ?? '+ ';
  return isBash(shell) ? mark.charAt(0).repeat(shell.substitutionDepth + shell.sourceDepth) + mark : mark;
}

function quoteForTrace(shell: Shell, word: string): string {
  return isBash(shell) || shell.dialect === 'ash' ? quoteForShell(word) : word;
}

function* traceAssignment(shell: Shell, assignment: Assignment): Task<void> {
  const value = shell.variables.value(assignment.name) ?? '';
  yield* printError(
    shell.process,
    `${traceMark(shell)}${assignment.name}=${value === '' ? '' : quoteForTrace(shell, value)}\n`,
  );
}
