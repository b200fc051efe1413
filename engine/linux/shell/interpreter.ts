import type { Task } from '../../sim/index.ts';
import type { Process } from '../syscalls.ts';
import { applyAliases } from './aliases.ts';
import { FunctionReturn, faultOf, LoopExit, ShellExit } from './control.ts';
import { runCompound } from './execute/compound.ts';
import { fileContents } from './execute/file-contents.ts';
import { runList, runStatement } from './execute/list.ts';
import { runSimple } from './execute/simple.ts';
import { complain } from './messages.ts';
import { type ForkRequest, type Interpreter, isBash, type Shell } from './shell.ts';
import { copyShell, newShell } from './state.ts';
import { type ParsedSource, parseScript } from './syntax/parse.ts';
import { onlyCommand } from './syntax/tree.ts';
import { collectSignals, resetForChild, runDebuggingTrap, runExitTrap, runTraps } from './traps.ts';

/** The interpreter: its parts call each other through this table. */
export const INTERPRETER: Interpreter = {
  list: runList,
  command: runCommand,
  fileContents,
  source: runSource,
  scriptFile: runScriptFile,
  fork: forkShell,
};

function* runCommand(shell: Shell, command: Parameters<Interpreter['command']>[1], last: boolean): Task<number> {
  if (command.kind === 'simple') {
    yield* shell.process.compute(1);
    if (shell.traps.size > 0 && shell.traps.has('DEBUG')) yield* runDebuggingTrap(shell, 'DEBUG');
    yield* runSimple(shell, command, last);
  } else yield* runCompound(shell, command, last);
  if (shell.traps.size > 0 || shell.interactive) {
    collectSignals(shell);
    if (shell.pendingSignals.length > 0) yield* runTraps(shell);
  }
  return shell.status;
}

function forkShell(shell: Shell, request: ForkRequest): number {
  const { run, fds: given, processGroup, background = false } = request;
  const fds = shell.descriptors.inherited(given);
  // Called before fork(2) returns: the child gets what the shell has now.
  const program = (process: Process): Task<number> => {
    const child = copyShell(shell, process, given);
    resetForChild(child, shell.interactive, background);
    return runToEnd(child, run);
  };
  return shell.process.fork(program, processGroup === undefined ? { fds } : { fds, processGroup });
}

/** Runs something as all that a shell process does: what it throws becomes the exit code, then the EXIT trap runs. */
export function* runToEnd(shell: Shell, run: (shell: Shell) => Task<number>): Task<number> {
  try {
    shell.status = yield* run(shell);
  } catch (error) {
    const end = yield* endedBy(shell, error);
    if (end.replaced) return end.code;
    shell.status = end.code;
  }
  return shell.traps.has('EXIT') ? yield* runLastTrap(shell, shell.status) : shell.status;
}

function* runLastTrap(shell: Shell, code: number): Task<number> {
  try {
    yield* runExitTrap(shell);
    return code;
  } catch (error) {
    return (yield* endedBy(shell, error)).code;
  }
}

function* endedBy(shell: Shell, error: unknown): Task<{ code: number; replaced: boolean }> {
  if (error instanceof ShellExit) return { code: error.status, replaced: error.replaced };
  if (error instanceof FunctionReturn) return { code: error.status, replaced: false };
  if (error instanceof LoopExit) return { code: 0, replaced: false };
  const fault = faultOf(error);
  if (fault === undefined) throw error;
  yield* complain(shell, fault.message);
  return { code: fault.status, replaced: false };
}

const MAX_PARSED = 64;

/** Parses text with the shell's memory of what it parsed before. */
export function parseFor(shell: Shell, text: string, firstLine = 1): ParsedSource {
  const known = firstLine === 1 ? shell.parsed.get(text) : undefined;
  if (known !== undefined) return { script: known, fault: undefined, incomplete: false };
  const parsed = parseScript(text, { braces: isBash(shell), firstLine });
  if (parsed.fault === undefined && firstLine === 1 && text.length < 4096) {
    if (shell.parsed.size >= MAX_PARSED) shell.parsed.clear();
    shell.parsed.set(text, parsed.script);
  }
  return parsed;
}

/** `eval`, `.` and traps. A syntax error ends dash and ash; bash goes on with status 2 (1 for eval). */
function* runSource(shell: Shell, text: string): Task<number> {
  const parsed = parseFor(shell, text);
  if (parsed.script.statements.length === 0) shell.status = 0;
  yield* runList(shell, parsed.script);
  if (parsed.fault === undefined) return shell.status;
  yield* reportSyntax(shell, parsed.fault, text);
  shell.status = isBash(shell) ? 1 : 2;
  if (!isBash(shell) && !shell.interactive) throw new ShellExit(2);
  return shell.status;
}

/** A whole script or `-c` text: the rest of a line is dropped when a command of it fails badly; a script goes on. */
export function runText(shell: Shell, text: string): Task<number> {
  const parsed = parseFor(shell, text);
  const only = parsed.fault === undefined ? onlyCommand(parsed.script) : undefined;
  // `sh -c command` becomes the command.
  if (shell.mode === 'command' && only?.kind === 'simple') return runCommand(shell, only, true);
  return runPieces(shell, { text, firstLine: 1, parsed });
}

/** A script, or the lines of it that are left. */
interface Piece {
  readonly text: string;
  readonly firstLine: number;
  readonly parsed: ParsedSource;
}

/** Runs a script; where an alias has changed what its next lines mean, they are parsed anew. */
function* runPieces(shell: Shell, whole: Piece): Task<number> {
  const aliasing = (!isBash(shell) || shell.shopts.has('expand_aliases')) && /\balias/.test(whole.text);
  let piece = whole;
  let known = aliasing ? aliasesOf(shell) : '';
  let abandoned: number | undefined;
  for (let at = 0; at < piece.parsed.script.statements.length; at++) {
    const statement = piece.parsed.script.statements[at]!;
    if (statement.line === abandoned) continue;
    if (shell.options.noexec) return shell.status;
    try {
      yield* runStatement(shell, statement);
    } catch (error) {
      if (error instanceof LoopExit) continue;
      const fault = faultOf(error);
      if (fault === undefined || !fault.commandOnly || shell.mode === 'command') throw error;
      yield* complain(shell, fault.message);
      shell.status = fault.status;
      abandoned = statement.line;
    }
    if (!aliasing || aliasesOf(shell) === known) continue;
    const rest = linesAfter(shell, piece, at);
    if (rest === undefined) continue;
    known = aliasesOf(shell);
    abandoned = undefined;
    piece = rest;
    at = -1;
  }
  const { text, parsed } = piece;
  if (parsed.fault === undefined) return shell.status;
  yield* reportSyntax(shell, parsed.fault, text);
  shell.status = 2;
  return shell.status;
}

/** The lines after that of a statement, with aliases as they now are; undefined when the next one is on the same line. */
function linesAfter(shell: Shell, { text, firstLine, parsed }: Piece, at: number): Piece | undefined {
  const statement = parsed.script.statements[at]!;
  const next = parsed.script.statements[at + 1];
  if (next === undefined || next.line <= statement.line) return undefined;
  const rest = text
    .split('\n')
    .slice(next.line - firstLine)
    .join('\n');
  const replaced = parseScript(applyAliases(shell, rest), { braces: isBash(shell), firstLine: next.line });
  return { text: rest, firstLine: next.line, parsed: replaced };
}

function aliasesOf(shell: Shell): string {
  return JSON.stringify([...shell.aliases]);
}

function* runScriptFile(shell: Shell, path: string, argv: readonly string[], text: string): Task<number> {
  const { dialect, completers } = shell;
  const script = newShell(shell.process, {
    dialect,
    interpreter: INTERPRETER,
    completers,
    mode: 'script',
    name: path,
    positional: argv.slice(1),
  });
  return yield* runToEnd(script, (inner) => runText(inner, text));
}

/** A syntax error in the dialect's words. */
export function* reportSyntax(shell: Shell, fault: NonNullable<ParsedSource['fault']>, text: string): Task<void> {
  shell.line = fault.line;
  if (fault.message.startsWith('script too large')) {
    yield* complain(shell, fault.message);
    return;
  }
  const place = isBash(shell) && shell.mode === 'command' ? `-c: line ${fault.line}: ` : '';
  const unterminated = /^unterminated (.*)/.exec(fault.message)?.[1];
  if (!isBash(shell)) {
    const head = shell.dialect === 'dash' ? 'Syntax error: ' : 'syntax error: ';
    const quote = shell.dialect === 'dash' ? 'Unterminated quoted string' : 'unterminated quoted string';
    if (unterminated?.includes('quote')) yield* complain(shell, head + quote);
    else if (fault.token === undefined || unterminated !== undefined) {
      const expecting = fault.expected === undefined ? '' : ` (expecting "${fault.expected}")`;
      yield* complain(
        shell,
        `${head}${shell.dialect === 'dash' ? 'end of file unexpected' : 'unexpected end of file'}${expecting}`,
      );
    } else if (shell.dialect === 'dash') yield* complain(shell, `${head}"${fault.token}" unexpected`);
    else yield* complain(shell, `${head}unexpected "${fault.token}"`);
    return;
  }
  if (unterminated?.includes('quote') || unterminated?.includes('backtick')) {
    const quote = unterminated.includes('single') ? "'" : unterminated.includes('double') ? '"' : '`';
    yield* complain(shell, `${place}unexpected EOF while looking for matching \`${quote}'`);
  } else if (fault.token === undefined || unterminated !== undefined) {
    yield* complain(shell, `${place}syntax error: unexpected end of file`);
  } else {
    yield* complain(shell, `${place}syntax error near unexpected token \`${fault.token}'`);
    const line = text.split('\n')[fault.line - 1];
    if (line !== undefined && !shell.interactive) yield* complain(shell, `${place}\`${line}'`);
  }
}
