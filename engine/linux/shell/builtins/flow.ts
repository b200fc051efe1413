import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, print, readAll } from '../../stdio.ts';
import { FunctionReturn, LoopExit, ShellExit } from '../control.ts';
import { execProgram, searchPath } from '../execute/program.ts';
import { complain, sayFarewell } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { MAX_SCRIPT_LENGTH } from '../syntax/parse.ts';
import { runDebuggingTrap } from '../traps.ts';
import { type Builtin, textArguments } from './builtin.ts';

function loopExit(kind: 'break' | 'continue'): Builtin {
  return {
    special: true,
    *run(shell, args) {
      const levels = Number(textArguments(args)[0] ?? '1');
      if (!Number.isInteger(levels) || levels < 1) {
        yield* complain(
          shell,
          isBash(shell) ? `${args[0]}: loop count out of range` : `Illegal number: ${args[0]}`,
          kind,
        );
        if (isBash(shell)) return 1;
        throw new ShellExit(2);
      }
      if (shell.loopDepth === 0) {
        if (isBash(shell)) yield* complain(shell, "only meaningful in a `for', `while', or `until' loop", kind);
        return 0;
      }
      throw new LoopExit(kind, levels);
    },
  };
}

export const breakLoop = loopExit('break');
export const continueLoop = loopExit('continue');

function* numeric(shell: Shell, text: string | undefined, name: string): Task<number> {
  if (text === undefined) return shell.status;
  if (/^-?\d{1,15}$/.test(text)) return name === 'exit' || isBash(shell) ? Number(text) & 255 : Number(text);
  if (isBash(shell)) yield* complain(shell, `${text}: numeric argument required`, name);
  else yield* complain(shell, `Illegal number: ${text}`, name);
  return 2;
}

export const exit: Builtin = {
  special: true,
  *run(shell, args) {
    if (isBash(shell) && shell.interactive && !shell.isSubshell) yield* sayFarewell(shell);
    throw new ShellExit((yield* numeric(shell, textArguments(args)[0], 'exit')) & 255);
  },
};

export const returnFromFunction: Builtin = {
  special: true,
  *run(shell, args) {
    const status = yield* numeric(shell, textArguments(args)[0], 'return');
    if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
      if (isBash(shell)) {
        yield* complain(shell, "can only `return' from a function or sourced script", 'return');
        return 2;
      }
      throw new ShellExit(status);
    }
    throw new FunctionReturn(status);
  },
};

/** Text that runs text that runs text: each level costs the host's stack. */
const MAX_SOURCE_DEPTH = 100;

function* sourceText(shell: Shell, text: string): Task<number> {
  if (shell.sourceDepth >= MAX_SOURCE_DEPTH) {
    yield* complain(shell, `maximum eval nesting level exceeded (${MAX_SOURCE_DEPTH})`);
    throw new ShellExit(2);
  }
  shell.sourceDepth += 1;
  try {
    return yield* shell.interpreter.source(shell, text);
  } finally {
    shell.sourceDepth -= 1;
  }
}

export const evaluate: Builtin = {
  special: true,
  *run(shell, args) {
    const depth = shell.sourceDepth;
    const text = textArguments(args).join(' ');
    if (text.trim() === '') return 0;
    const status = yield* sourceText(shell, text);
    shell.sourceDepth = depth;
    return status;
  },
};

export const dot: Builtin = {
  special: true,
  *run(shell, args, name) {
    const [file, ...parameters] = textArguments(args);
    if (file === undefined) {
      yield* complain(shell, 'filename argument required', name);
      return 2;
    }
    const path = file.includes('/') ? file : (searchFile(shell, file) ?? file);
    let text: string;
    try {
      text = decode(yield* readScript(shell, path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (isBash(shell)) {
        yield* complain(shell, `${file}: ${error.message}`);
        return 1;
      }
      const message =
        shell.dialect === 'dash' ? `cannot open ${file}: No such file` : `can't open '${file}': ${error.message}`;
      yield* complain(shell, message, name);
      if (shell.interactive) return 2;
      throw new ShellExit(2);
    }
    const { positional, calls, line } = shell;
    const from = shell.file;
    if (parameters.length > 0) shell.positional = parameters;
    shell.calls = [{ name: 'source', file: path, line, caller: from }, ...calls];
    shell.file = path;
    try {
      const status = yield* untilReturn(sourceText(shell, text));
      if (shell.traps.has('RETURN')) yield* runDebuggingTrap(shell, 'RETURN');
      return status;
    } finally {
      if (parameters.length > 0) shell.positional = positional;
      shell.calls = calls;
      shell.file = from;
    }
  },
};

/** Whatever is there to be read: a pipe, too, as in `source <(kubectl completion bash)`. */
function* readScript({ process }: Shell, path: string): Task<Uint8Array> {
  const fd = process.open(path, { read: true });
  try {
    return yield* readAll(process, fd, MAX_SCRIPT_LENGTH);
  } finally {
    process.close(fd);
  }
}

function* untilReturn(source: Task<number>): Task<number> {
  try {
    return yield* source;
  } catch (error) {
    if (!(error instanceof FunctionReturn)) throw error;
    return error.status;
  }
}

/** `caller [n]`: from where the function that is running was called, and the functions below it. */
export const caller: Builtin = {
  *run(shell, args) {
    const [text] = textArguments(args);
    const { calls } = shell;
    if (text !== undefined && !/^\d{1,9}$/.test(text)) {
      yield* complain(shell, `${text}: invalid number`, 'caller');
      return 2;
    }
    const call = calls[Number(text ?? 0)];
    if (calls.length === 0 && text === undefined && shell.mode === 'script') {
      yield* print(shell.process, '0 NULL\n');
      return 0;
    }
    if (call === undefined) return 1;
    const below = calls[Number(text ?? 0) + 1]?.name ?? 'main';
    const file = call.caller === '' ? 'NULL' : call.caller;
    yield* print(shell.process, `${call.line} ${text === undefined ? '' : `${below} `}${file}\n`);
    return 0;
  },
};

function searchFile(shell: Shell, name: string): string | undefined {
  return shell.process.access(`./${name}`, 'exists') && isBash(shell) ? `./${name}` : searchPath(shell, name);
}

export const exec: Builtin = {
  special: true,
  *run(shell, args) {
    const words = textArguments(args);
    const start = words[0] === '--' ? 1 : words[0] === '-a' ? 2 : 0;
    const argv = words.slice(start);
    if (argv.length === 0) return 0;
    const status = yield* execProgram(shell, argv);
    if (shell.interactive) return status;
    throw new ShellExit(status);
  },
};

export const colon: Builtin = { special: true, run: () => 0 };
export const trueCommand: Builtin = { run: () => 0 };
export const falseCommand: Builtin = { run: () => 1 };
