import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, printError } from '../stdio.ts';
import { applyAliases } from './aliases.ts';
import { readLineBytewise } from './builtins/read-line.ts';
import { completeLine } from './complete.ts';
import { FunctionReturn, faultOf, Interrupted, LoopExit, ShellExit } from './control.ts';
import { runStatement } from './execute/list.ts';
import { reapChildren } from './execute/wait.ts';
import { expandLine } from './history/expand-line.ts';
import { emptyMemory, type HistoryMemory } from './history/memory.ts';
import { parseFor, reportSyntax } from './interpreter.ts';
import { jobLine, stateOf } from './job-table.ts';
import { type EditedLine, LineEditor } from './line-editor/editor.ts';
import { complain, sayFarewell } from './messages.ts';
import { defaultPrompt, promptText } from './prompt.ts';
import { isBash, type Shell } from './shell.ts';
import { guardInteractive, runTraps } from './traps.ts';

const MAX_HISTORY = 1000;

/** Where lines come from: an editor on a terminal, plain input otherwise. */
type ReadLine = (prompt: string) => Task<EditedLine>;

/** The prompt loop. */
export function* runInteractive(shell: Shell): Task<number> {
  const { process, variables } = shell;
  shell.interactive = true;
  guardInteractive(shell);
  if (process.isTerminal(0)) takeTerminal(shell);
  if (variables.value('PS1') === undefined) variables.set('PS1', defaultPrompt(shell));
  if (variables.value('PS2') === undefined) variables.set('PS2', '> ');
  yield* readStartFile(shell);
  shell.options.histexpand = isBash(shell);
  const readLine = process.isTerminal(0) ? editedLines(shell) : plainLines(shell);
  const memory = emptyMemory();
  let warned = false;
  for (;;) {
    yield* reapChildren(shell);
    yield* reportJobs(shell);
    yield* runTraps(shell);
    const command = yield* readCommand(shell, readLine, memory);
    if (command.kind === 'interrupt') {
      shell.status = 130;
      continue;
    }
    if (command.kind === 'end') {
      if (shell.jobs.jobs.some((job) => stateOf(job) === 'stopped') && !warned) {
        warned = true;
        yield* printError(process, isBash(shell) ? 'There are stopped jobs.\n' : 'You have stopped jobs.\n');
        continue;
      }
      if (isBash(shell)) yield* sayFarewell(shell);
      return shell.status;
    }
    warned = false;
    yield* runCommandText(shell, command.text);
  }
}

/** Job control: the shell gets a process group of its own and the terminal. */
function takeTerminal(shell: Shell): void {
  const { process } = shell;
  try {
    if (process.session !== process.pid) process.setProcessGroup(0, 0);
    process.setForegroundGroup(0, process.processGroup);
    shell.options.monitor = true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    // No controlling terminal: jobs stay in the shell's own group.
  }
}

function* readStartFile(shell: Shell): Task<void> {
  const home = shell.variables.value('HOME') ?? '';
  const path = isBash(shell) ? `${home}/.bashrc` : shell.variables.value('ENV');
  if (path === undefined || path === '' || !shell.process.access(path, 'read')) return;
  yield* guarded(shell, () => shell.interpreter.source(shell, decode(shell.process.readFile(path))));
}

function editedLines(shell: Shell): ReadLine {
  const editor = new LineEditor({
    process: shell.process,
    fd: 0,
    history: shell.history,
    complete: (before) => completeLine(shell, before),
    onSignals: () => {
      const signals = shell.process.takeSignals();
      shell.pendingSignals.push(...signals.filter((signal) => shell.traps.has(signal)));
      return signals.includes('INT');
    },
  });
  return (prompt) => editor.read(prompt);
}

function plainLines(shell: Shell): ReadLine {
  return function* (prompt) {
    yield* printError(shell.process, prompt.replace(/[\x01\x02]/g, ''));
    const line = yield* readLineBytewise(shell.process, 0);
    return line === undefined ? { kind: 'end' } : { kind: 'line', text: line.text };
  };
}

/** A whole command: lines are read with PS2 as long as it is incomplete. */
function* readCommand(shell: Shell, readLine: ReadLine, memory: HistoryMemory): Task<EditedLine> {
  let text = '';
  for (;;) {
    const prompt = yield* promptText(shell, shell.variables.value(text === '' ? 'PS1' : 'PS2') ?? '');
    let line: EditedLine;
    try {
      line = yield* readLine(prompt);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      shell.pendingSignals.push(...shell.process.takeSignals());
      line = { kind: 'interrupt' };
    }
    if (line.kind === 'interrupt') {
      shell.process.takeSignals();
      return line;
    }
    if (line.kind === 'end') {
      if (text === '') return line;
      yield* complain(shell, 'syntax error: unexpected end of file');
      shell.status = 2;
      return { kind: 'interrupt' };
    }
    const expanded = yield* expandLine(shell, text, line.text, memory);
    // A line of a longer command that cannot be expanded is left out.
    if (expanded === undefined && text !== '') continue;
    text += expanded?.text ?? '';
    if (expanded?.printOnly === true) remember(shell, text);
    // Back to the loop, which tells of jobs that have ended.
    if (expanded?.printOnly === true || text.trim() === '') return { kind: 'line', text: '' };
    if (!parseFor(shell, `${text}\n`).incomplete) break;
    // A backslash at the end joins the lines.
    text = /(^|[^\\])(\\\\)*\\$/.test(text) ? text.slice(0, -1) : `${text}\n`;
  }
  remember(shell, text);
  return { kind: 'line', text };
}

function remember(shell: Shell, text: string): void {
  const { history } = shell;
  if (text.startsWith(' ') || history.at(-1) === text) return;
  history.push(text);
  if (history.length > MAX_HISTORY) history.splice(0, history.length - MAX_HISTORY);
}

function* runCommandText(shell: Shell, line: string): Task<void> {
  const text = applyAliases(shell, line);
  const parsed = parseFor(shell, text);
  shell.line = 1;
  yield* guarded(shell, function* () {
    for (const statement of parsed.script.statements) yield* runStatement(shell, statement);
    return shell.status;
  });
  if (parsed.fault === undefined) return;
  yield* reportSyntax(shell, parsed.fault, text);
  shell.status = 2;
}

/** Runs something so that its errors come back to the prompt. */
function* guarded(shell: Shell, run: () => Task<number>): Task<void> {
  shell.tested = 0;
  shell.loopDepth = 0;
  try {
    yield* run();
  } catch (error) {
    if (error instanceof ShellExit) throw error;
    shell.functionDepth = 0;
    shell.sourceDepth = 0;
    if (error instanceof LoopExit) return;
    if (error instanceof FunctionReturn) shell.status = error.status;
    else if (error instanceof Interrupted) {
      shell.status = error.status;
      yield* printError(shell.process, '\n');
    } else {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      yield* complain(shell, fault.message);
      shell.status = fault.status;
    }
  }
}

/** Tells of background jobs that have ended since the last prompt. */
function* reportJobs(shell: Shell): Task<void> {
  for (const job of shell.jobs.jobs) {
    if (job.notified || stateOf(job) === 'running') continue;
    job.notified = true;
    yield* printError(shell.process, `${jobLine(shell.jobs, job, isBash(shell))}\n`);
    if (stateOf(job) === 'done') shell.jobs.remove(job);
  }
}
