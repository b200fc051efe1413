import type { Task } from '../../../sim/index.ts';
import { LoopExit, ShellExit } from '../control.ts';
import type { SavedDescriptor } from '../descriptors.ts';
import { arithmeticValue } from '../expand/arithmetic.ts';
import { expandPattern, expandText, expandWords } from '../expand/word.ts';
import { complain } from '../messages.ts';
import { isBash, patternOf, type Shell } from '../shell.ts';
import type { ArithmeticText, Command, List, Word } from '../syntax/tree.ts';
import { collectSignals } from '../traps.ts';
import { startCoprocess } from './coprocess.ts';
import { applyRedirects, RedirectFailure, restoreDescriptors } from './redirect.ts';
import { runSelect } from './select.ts';
import { runSubshell } from './subshell.ts';
import { evaluateTest } from './test-expression.ts';

type Kind<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** The expansions that arithmetic inside compound commands needs. */
const EXPANSIONS = { text: expandText, pattern: expandPattern };

export function runCompound(shell: Shell, command: Exclude<Command, { kind: 'simple' }>, last: boolean): Task<number> {
  switch (command.kind) {
    case 'group':
      return shell.interpreter.list(shell, command.body);
    case 'subshell':
      return runSubshell(shell, command.body, last);
    case 'redirected':
      return runRedirected(shell, command, last);
    case 'if':
      return runIf(shell, command);
    case 'while':
      return runWhile(shell, command);
    case 'for':
      return runFor(shell, command);
    case 'arithmetic-for':
      return runArithmeticFor(shell, command);
    case 'case':
      return runCase(shell, command);
    case 'select':
      return runSelect(shell, command, loopBody);
    case 'test':
      return runTest(shell, command);
    case 'arithmetic':
      return runArithmetic(shell, command);
    case 'function':
      return defineFunction(shell, command);
    case 'coproc':
      return startCoprocess(shell, command);
    case 'unsupported':
      return refuse(shell, command);
  }
}

function* runTest(shell: Shell, { expression, line }: Kind<'test'>): Task<number> {
  shell.line = line;
  shell.status = (yield* evaluateTest(shell, expression)) ? 0 : 1;
  return shell.status;
}

function* runArithmetic(shell: Shell, { expression, line }: Kind<'arithmetic'>): Task<number> {
  shell.line = line;
  shell.status = (yield* arithmeticValue(shell, expression, EXPANSIONS)) === 0n ? 1 : 0;
  return shell.status;
}

function* defineFunction(shell: Shell, { name, body, source }: Kind<'function'>): Task<number> {
  shell.functions.set(name, { body, source, file: shell.file === '' ? 'environment' : shell.file });
  shell.status = 0;
  return 0;
}

function* refuse(shell: Shell, { what }: Kind<'unsupported'>): Task<number> {
  yield* complain(shell, `${what}: not supported`);
  shell.status = 2;
  return 2;
}

function* runRedirected(shell: Shell, command: Kind<'redirected'>, last: boolean): Task<number> {
  const saved: SavedDescriptor[] = [];
  try {
    yield* applyRedirects(shell, command.redirects, saved);
    return yield* shell.interpreter.command(shell, command.command, last);
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    yield* complain(shell, error.message);
    shell.status = isBash(shell) ? 1 : 2;
    if (shell.options.errexit && shell.tested === 0) throw new ShellExit(shell.status);
    return shell.status;
  } finally {
    restoreDescriptors(shell, saved);
  }
}

/** Runs a condition: what fails in it does not set off `set -e`. */
function* runTested(shell: Shell, list: List): Task<boolean> {
  shell.tested += 1;
  try {
    return (yield* shell.interpreter.list(shell, list)) === 0;
  } finally {
    shell.tested -= 1;
  }
}

function* runIf(shell: Shell, command: Kind<'if'>): Task<number> {
  for (const { test, body } of command.branches) {
    if (yield* runTested(shell, test)) return yield* shell.interpreter.list(shell, body);
  }
  if (command.otherwise !== undefined) return yield* shell.interpreter.list(shell, command.otherwise);
  shell.status = 0;
  return 0;
}

/** Runs a loop's body once; returns whether the loop goes on. */
function* loopBody(shell: Shell, body: List): Task<boolean> {
  shell.loopDepth += 1;
  try {
    yield* shell.interpreter.list(shell, body);
    return true;
  } catch (error) {
    const goesOn = isContinue(shell, error);
    shell.status = 0;
    return goesOn;
  } finally {
    shell.loopDepth -= 1;
  }
}

/** Whether it is a `continue` of the innermost loop; false for its `break`. Anything else, and what outer loops are meant by, is thrown on. */
function isContinue(shell: Shell, error: unknown): boolean {
  if (!(error instanceof LoopExit)) throw error;
  if (error.levels > 1 && shell.loopDepth > 1) {
    error.levels -= 1;
    throw error;
  }
  return error.kind === 'continue';
}

/** The loop that scripts wait in all day: condition and body run right here, not in generators of their own. */
function* runWhile(shell: Shell, command: Kind<'while'>): Task<number> {
  let status = 0;
  for (;;) {
    // An empty-looking loop must still let time pass and signals in.
    yield* shell.process.compute(0.1);
    collectSignals(shell);
    let inBody = false;
    shell.loopDepth += 1;
    try {
      if ((yield* runTested(shell, command.test)) === command.until) break;
      inBody = true;
      yield* shell.interpreter.list(shell, command.body);
      status = shell.status;
    } catch (error) {
      const goesOn = isContinue(shell, error);
      if (inBody) status = 0;
      if (!goesOn) break;
    } finally {
      shell.loopDepth -= 1;
    }
  }
  shell.status = status;
  return status;
}

function* runFor(shell: Shell, command: Kind<'for'>): Task<number> {
  const values = command.words === undefined ? shell.positional : yield* expandWords(shell, command.words);
  let status = 0;
  for (const value of values) {
    yield* shell.process.compute(0.1);
    collectSignals(shell);
    shell.variables.set(command.name, value);
    const more = yield* loopBody(shell, command.body);
    status = shell.status;
    if (!more) break;
  }
  shell.status = status;
  return status;
}

function* runArithmeticFor(shell: Shell, command: Kind<'arithmetic-for'>): Task<number> {
  const value = function* (expression: ArithmeticText | undefined): Task<bigint> {
    return expression === undefined ? 1n : yield* arithmeticValue(shell, expression, EXPANSIONS);
  };
  let status = 0;
  yield* value(command.initialize);
  while ((yield* value(command.test)) !== 0n) {
    yield* shell.process.compute(0.1);
    collectSignals(shell);
    const more = yield* loopBody(shell, command.body);
    status = shell.status;
    if (!more) break;
    yield* value(command.update);
  }
  shell.status = status;
  return status;
}

function* runCase(shell: Shell, command: Kind<'case'>): Task<number> {
  const subject = yield* expandText(shell, command.subject);
  let through = false;
  let status = 0;
  for (const item of command.items) {
    if (!through && !(yield* matchesAny(shell, item.patterns, subject))) continue;
    status = item.body.statements.length === 0 ? 0 : yield* shell.interpreter.list(shell, item.body);
    if (item.terminator === ';;') break;
    through = item.terminator === ';&';
  }
  shell.status = status;
  return status;
}

function* matchesAny(shell: Shell, patterns: readonly Word[], subject: string): Task<boolean> {
  for (const word of patterns) {
    if (word.literal === undefined) {
      if (patternOf(shell, yield* expandPattern(shell, word)).matches(subject)) return true;
    } else if (word.literal === subject) return true;
  }
  return false;
}
