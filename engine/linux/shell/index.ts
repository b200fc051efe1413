import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, printError } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';
import { setLetter, setNamed } from './builtins/set.ts';
import { runInput } from './input.ts';
import { runInteractive } from './interactive.ts';
import { INTERPRETER, runText, runToEnd } from './interpreter.ts';
import type { Completer, CompleterTable, Dialect, Shell } from './shell.ts';
import { newShell } from './state.ts';
import { MAX_SCRIPT_LENGTH } from './syntax/parse.ts';

export type { Completer, CompleterTable };

export interface CreateShellOptions {
  /** What it is called when argv does not say. `sh` and `ash` are busybox's, unless `dialect` says `dash`. */
  readonly name: 'sh' | 'bash' | 'ash';
  readonly dialect?: Dialect;
  /** By command name: what Tab offers for its arguments. */
  readonly completers?: CompleterTable;
}

/** A shell as a program: `sh`, `sh script arguments`, `sh -c text`, `sh -i`. */
export function createShell(options: CreateShellOptions): Program {
  const dialect = options.dialect ?? (options.name === 'bash' ? 'bash' : 'ash');
  return (process) => runShell(process, { ...options, dialect });
}

interface CommandLine {
  command: string | undefined;
  interactive: boolean;
  login: boolean;
  stdin: boolean;
  readonly letters: [string, boolean][];
  readonly names: [string, boolean][];
  operands: readonly string[];
}

function parseCommandLine(argv: readonly string[]): CommandLine | string {
  const line: CommandLine = {
    command: undefined,
    interactive: false,
    login: argv[0]?.startsWith('-') === true,
    stdin: false,
    letters: [],
    names: [],
    operands: [],
  };
  let wantsCommand = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const argument = argv[at]!;
    if (argument === '--' || argument === '-') {
      at += 1;
      break;
    }
    if (argument === '--login') line.login = true;
    else if (/^--(norc|noprofile|posix|noediting)$/.test(argument)) continue;
    else if (!/^[-+][A-Za-z]+$/.test(argument)) {
      if (argument.startsWith('--')) return argument;
      break;
    } else {
      for (const letter of argument.slice(1)) {
        if (letter === 'c') wantsCommand = true;
        else if (letter === 'i') line.interactive = true;
        else if (letter === 'l') line.login = true;
        else if (letter === 's') line.stdin = true;
        else if (letter === 'o') line.names.push([argv[++at] ?? '', argument.startsWith('-')]);
        else line.letters.push([letter, argument.startsWith('-')]);
      }
    }
  }
  line.operands = argv.slice(at);
  if (wantsCommand) {
    line.command = line.operands[0];
    if (line.command === undefined) return '-c';
    line.operands = line.operands.slice(1);
  }
  return line;
}

function runShell(process: Process, options: CreateShellOptions & { readonly dialect: Dialect }): Task<number> {
  const argv0 = process.argv[0] ?? options.name;
  const line = parseCommandLine(process.argv);
  if (typeof line === 'string') {
    const message =
      line === '-c'
        ? options.dialect === 'bash'
          ? '-c: option requires an argument'
          : '-c requires an argument'
        : `${line}: invalid option`;
    return refuse(process, `${argv0}: ${message}`);
  }
  const file = line.command === undefined && !line.stdin ? line.operands[0] : undefined;
  const atTerminal = process.isTerminal(0) && process.isTerminal(2);
  const interactive = line.interactive || (line.command === undefined && file === undefined && atTerminal);
  const mode = interactive
    ? 'interactive'
    : line.command !== undefined
      ? 'command'
      : file !== undefined
        ? 'script'
        : 'stdin';
  const positional = line.command !== undefined || file !== undefined ? line.operands.slice(1) : line.operands;
  const name = file ?? (line.command === undefined ? argv0 : (line.operands[0] ?? argv0));
  const completers = options.completers ?? {};
  const shell = newShell(process, {
    dialect: options.dialect,
    interpreter: INTERPRETER,
    completers,
    mode,
    name,
    positional,
  });
  for (const [letter, on] of line.letters) {
    if (setLetter(shell.options, letter, on)) continue;
    return refuse(process, `${argv0}: ${on ? '-' : '+'}${letter}: invalid option`);
  }
  for (const [option, on] of line.names) setNamed(shell.options, option, on);
  return runToEnd(shell, (self) => (line.login ? runLogin(self, line, file) : runMode(self, line, file)));
}

function* refuse(process: Process, message: string): Task<number> {
  yield* printError(process, `${message}\n`);
  return 2;
}

function* runLogin(shell: Shell, line: CommandLine, file: string | undefined): Task<number> {
  yield* readProfiles(shell);
  return yield* runMode(shell, line, file);
}

function runMode(shell: Shell, line: CommandLine, file: string | undefined): Task<number> {
  if (line.command !== undefined) return runText(shell, line.command);
  if (file !== undefined) return runFile(shell, file);
  return shell.mode === 'interactive' ? runInteractive(shell) : runInput(shell);
}

function* runFile(shell: Shell, file: string): Task<number> {
  try {
    const bytes = shell.process.readFile(file);
    if (bytes.length > MAX_SCRIPT_LENGTH) {
      yield* printError(
        shell.process,
        `${file}: script too large (${bytes.length} bytes, at most ${MAX_SCRIPT_LENGTH})\n`,
      );
      return 2;
    }
    return yield* runText(shell, decode(bytes));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const self = shell.process.argv[0] ?? 'sh';
    if (shell.dialect === 'bash') yield* printError(shell.process, `${self}: ${file}: ${error.message}\n`);
    else if (shell.dialect === 'dash')
      yield* printError(shell.process, `${self}: 0: cannot open ${file}: No such file\n`);
    else yield* printError(shell.process, `${self}: can't open '${file}': ${error.message}\n`);
    return error.code === 'ENOENT' ? (shell.dialect === 'bash' ? 127 : 2) : 126;
  }
}

function* readProfiles(shell: Shell): Task<void> {
  const home = shell.variables.value('HOME');
  for (const path of ['/etc/profile', ...(home === undefined ? [] : [`${home}/.profile`])]) {
    if (shell.process.access(path, 'read'))
      yield* shell.interpreter.source(shell, decode(shell.process.readFile(path)));
  }
}
