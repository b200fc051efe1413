import type { Task } from '../../sim/index.ts';
import type { Signal } from '../signal.ts';
import type { Process } from '../syscalls.ts';
import type { CopyOnWriteMap } from './copy-on-write-map.ts';
import type { ChildDescriptors, FileDescriptors } from './descriptors.ts';
import { Pattern } from './expand/pattern.ts';
import type { JobTable } from './job-table.ts';
import type { Command, List, Redirect, Script } from './syntax/tree.ts';
import type { Variables } from './variables.ts';

/** Whose words and habits a shell has: bash, busybox's ash or Debian's dash. */
export type Dialect = 'bash' | 'ash' | 'dash';

/** A function that offers words for the one being completed. `words` are those before and including it. */
export type Completer = (words: readonly string[], process: Process) => readonly string[];

export type CompleterTable = Readonly<Record<string, Completer>>;

/** The parts of the interpreter that call each other, so that none has to import the rest. */
export interface Interpreter {
  list(shell: Shell, list: List): Task<number>;
  /** With `last`, nothing runs in this process after the command: a program may replace the shell. */
  command(shell: Shell, command: Command, last: boolean): Task<number>;
  /** Writes out what redirections bring in: bash's `$(<file)`. */
  fileContents(shell: Shell, redirects: readonly Redirect[]): Task<number>;
  /** Parses and runs text in the shell itself, as `eval` and `.` do. */
  source(shell: Shell, text: string): Task<number>;
  /** Runs a script file's text in this process as a shell of its own: what execve(2) leaves to the shell. */
  scriptFile(shell: Shell, path: string, argv: readonly string[], text: string): Task<number>;
  /** A child process with a copy of the shell. */
  fork(shell: Shell, options: ForkRequest): number;
}

export interface ForkRequest {
  readonly run: (child: Shell) => Task<number>;
  readonly fds?: ChildDescriptors;
  readonly processGroup?: number;
  /** Started with `&` without job control: signals from the keyboard do not reach it. */
  readonly background?: boolean;
}

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  verbose: boolean;
  noglob: boolean;
  noclobber: boolean;
  allexport: boolean;
  noexec: boolean;
  pipefail: boolean;
  monitor: boolean;
  ignoreeof: boolean;
  /** bash's `!!` and its like. */
  histexpand: boolean;
}

export interface ShellFunction {
  readonly body: Command;
  /** The body as written. */
  readonly source: string;
  /** Where it was defined. */
  readonly file: string;
}

/** A function, or a file that `.` reads, that is under way. */
interface ShellCall {
  /** `source` for a file. */
  readonly name: string;
  /** Where it is written. */
  readonly file: string;
  /** From where it was called. */
  readonly line: number;
  readonly caller: string;
}

/** The state of one shell process. */
export interface Shell {
  readonly process: Process;
  readonly interpreter: Interpreter;
  readonly dialect: Dialect;
  readonly variables: Variables;
  readonly functions: CopyOnWriteMap<string, ShellFunction>;
  readonly aliases: CopyOnWriteMap<string, string>;
  readonly options: ShellOptions;
  /** Names set by bash's `shopt`. */
  shopts: ReadonlySet<string>;
  readonly jobs: JobTable;
  readonly descriptors: FileDescriptors;
  /** Commands by signal name or `EXIT`; an empty one ignores the signal. */
  readonly traps: CopyOnWriteMap<string, string>;
  /** Caught signals whose traps have not run yet. */
  readonly pendingSignals: Signal[];
  readonly history: string[];
  /** Where programs were found, until PATH changes. */
  readonly locations: { pathChanges: number; readonly paths: CopyOnWriteMap<string, string> };
  readonly patterns: Map<string, Pattern>;
  readonly parsed: Map<string, Script>;
  /** Whose words Tab offers, by command. */
  completers: CompleterTable;
  /** `$0`. */
  name: string;
  /** `$1`… */
  positional: readonly string[];
  /** `$?` */
  status: number;
  /** `$!` */
  lastBackgroundPid: number | undefined;
  /** `$$`: of the outermost shell, also in its subshells. */
  readonly shellPid: number;
  /** The last argument of the command before. */
  lastArgument: string;
  /** The status of the last command substitution, for commands that are assignments only. */
  substitutionStatus: number | undefined;
  /** The line that is being run. */
  line: number;
  /** At a prompt: errors come back to it. */
  interactive: boolean;
  /** Messages name a line: in scripts and `-c`. */
  readonly mode: 'command' | 'script' | 'stdin' | 'interactive';
  /** Above zero, a failing command does not set off `set -e`: it is being tested. */
  tested: number;
  loopDepth: number;
  functionDepth: number;
  /** The functions under way, the innermost first. */
  calls: readonly ShellCall[];
  /** The file that is being read: `$0`, or what `.` reads; empty for what comes from elsewhere. */
  file: string;
  /** The exit codes of the last pipeline's commands; undefined for a single command, whose code is `$?`. */
  pipeStatus: readonly number[] | undefined;
  /** How many subshells deep this is. */
  readonly subshellDepth: number;
  /** Nested `eval`, `.` and traps. */
  sourceDepth: number;
  /** In how many command substitutions this one is. */
  substitutionDepth: number;
  /** When the clock of `$SECONDS` was at 0. */
  readonly startedMs: number;
  /** What `$RANDOM` drew last; 0 before the first. */
  randomState: number;
  /** Position inside grouped options for `getopts`. */
  getoptsOffset: number;
  readonly isSubshell: boolean;
  trapRunning: boolean;
  /** Pipes of `<(…)` in the command at hand; closed after it. */
  readonly processSubstitutions: number[];
}

export function isBash(shell: Shell): boolean {
  return shell.dialect === 'bash';
}

const MAX_PATTERNS = 256;

/** A compiled pattern, remembered: scripts use few of them often. */
export function patternOf(shell: Shell, text: string): Pattern {
  let pattern = shell.patterns.get(text);
  if (pattern === undefined) {
    if (shell.patterns.size >= MAX_PATTERNS) shell.patterns.clear();
    pattern = new Pattern(text);
    shell.patterns.set(text, pattern);
  }
  return pattern;
}
