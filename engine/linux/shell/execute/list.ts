import type { Task } from '../../../sim/index.ts';
import { ShellExit } from '../control.ts';
import type { Shell } from '../shell.ts';
import type { Command, List, Pipeline, Statement } from '../syntax/tree.ts';
import { runErrorTrap } from '../traps.ts';
import { startBackground } from './background.ts';
import { runPipeline } from './pipeline.ts';

/** Runs statements one after the other; the status is that of the last. */
export function* runList(shell: Shell, list: List): Task<number> {
  const { statements } = list;
  if (statements.length === 0) shell.status = 0;
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at]!;
    const { alone } = statement;
    if (alone !== undefined) {
      // As `runAlone` does it. Each generator less on the way to a command is one less to go through at every wait.
      yield* shell.interpreter.command(shell, alone, false);
      shell.pipeStatus = undefined;
      if (shell.status !== 0 && shell.tested === 0) yield* heedFailure(shell, statement.pipelines[0]!);
    } else yield* runStatement(shell, statement);
  }
  return shell.status;
}

export function runStatement(shell: Shell, statement: Statement): Task<number> {
  if (statement.background) return startBackground(shell, statement, runChain);
  return statement.alone === undefined ? runChain(shell, statement) : runAlone(shell, statement, statement.alone);
}

function* runAlone(shell: Shell, statement: Statement, command: Command): Task<number> {
  yield* shell.interpreter.command(shell, command, false);
  shell.pipeStatus = undefined;
  if (shell.status !== 0 && shell.tested === 0) yield* heedFailure(shell, statement.pipelines[0]!);
  return shell.status;
}

/** Pipelines joined by `&&` and `||`: all but the last are conditions, on which `set -e` does not act. */
function* runChain(shell: Shell, statement: Statement): Task<number> {
  const { pipelines, operators } = statement;
  for (let at = 0; at < pipelines.length; at++) {
    const operator = operators[at - 1];
    if (operator !== undefined && (operator === '&&') !== (shell.status === 0)) continue;
    const last = at === pipelines.length - 1;
    if (last) yield* runChecked(shell, pipelines[at]!, statement);
    else {
      shell.tested += 1;
      try {
        yield* runPipeline(shell, pipelines[at]!, statement.source);
      } finally {
        shell.tested -= 1;
      }
    }
  }
  return shell.status;
}

function* runChecked(shell: Shell, pipeline: Pipeline, statement: Statement): Task<void> {
  if (!pipeline.negated) {
    yield* runPipeline(shell, pipeline, statement.source);
    if (shell.status !== 0 && shell.tested === 0) yield* heedFailure(shell, pipeline);
    return;
  }
  shell.tested += 1;
  try {
    yield* runPipeline(shell, pipeline, statement.source);
  } finally {
    shell.tested -= 1;
  }
}

/** `set -e`, and the trap for ERR. */
function* heedFailure(shell: Shell, pipeline: Pipeline): Task<void> {
  if (!setsOffErrexit(pipeline)) return;
  if (shell.traps.has('ERR') && shell.functionDepth === 0) yield* runErrorTrap(shell);
  if (shell.options.errexit) throw new ShellExit(shell.status);
}

/** Of compound commands the parts have been judged already: `{ false && true; }` goes on. */
function setsOffErrexit(pipeline: Pipeline): boolean {
  const kind = pipeline.commands[0]!.kind;
  return (
    pipeline.commands.length > 1 || kind === 'simple' || kind === 'subshell' || kind === 'test' || kind === 'arithmetic'
  );
}
