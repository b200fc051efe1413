import type { Process } from '../syscalls.ts';
import { FileDescriptors } from './descriptors.ts';
import { JobTable } from './job-table.ts';
import {
  type CompleterTable,
  type Dialect,
  type ForkRequest,
  type Interpreter,
  isBash,
  type Shell,
  type ShellOptions,
} from './shell.ts';
import { parseScript } from './syntax/parse.ts';
import { type Computed, Variables } from './variables.ts';

export interface ShellSetup {
  readonly dialect: Dialect;
  readonly interpreter: Interpreter;
  readonly completers: CompleterTable;
  readonly mode: Shell['mode'];
  readonly name: string;
  readonly positional: readonly string[];
}

const OPTIONS_OFF: ShellOptions = {
  errexit: false,
  nounset: false,
  xtrace: false,
  verbose: false,
  noglob: false,
  noclobber: false,
  allexport: false,
  noexec: false,
  pipefail: false,
  monitor: false,
  ignoreeof: false,
};

/** The state of a new shell. */
export function newShell(process: Process, setup: ShellSetup): Shell {
  const { dialect, interpreter, completers, mode, name, positional } = setup;
  const shell: Shell = {
    process,
    interpreter,
    dialect,
    variables: new Variables(
      computedValues(() => shell),
      dialect === 'bash',
    ),
    functions: new Map(),
    aliases: new Map(),
    options: { ...OPTIONS_OFF },
    shopts: new Set(),
    jobs: new JobTable(),
    descriptors: new FileDescriptors(process),
    traps: new Map(),
    pendingSignals: [],
    history: [],
    locations: { pathChanges: 0, paths: new Map() },
    patterns: new Map(),
    parsed: new Map(),
    completers,
    name,
    positional,
    status: 0,
    lastBackgroundPid: undefined,
    shellPid: process.pid,
    lastArgument: name,
    substitutionStatus: undefined,
    line: 1,
    interactive: false,
    mode,
    tested: 0,
    loopDepth: 0,
    functionDepth: 0,
    calls: [],
    file: mode === 'script' ? name : '',
    pipeStatus: undefined,
    subshellDepth: 0,
    sourceDepth: 0,
    getoptsOffset: 0,
    isSubshell: false,
    trapRunning: false,
    processSubstitutions: [],
  };
  shell.variables.onMemory = (bytes) => shell.process.setMemory(bytes);
  importEnvironment(shell);
  return shell;
}

/** A copy of the shell as it is now, for a child that is about to be forked; `process` comes when the child runs. */
export function copyShell(shell: Shell, request: ForkRequest): (child: Process) => Shell {
  const variables = new Variables(
    computedValues(() => copy),
    shell.dialect === 'bash',
    shell.variables,
  );
  const descriptors = shell.descriptors.copyFor(request.fds ?? {});
  let copy: Shell;
  // Nothing below may mention `shell`: a child that outlives its parent, and its own children after it, would each keep
  // the whole line of dead shells alive.
  const template = {
    ...shell,
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    options: { ...shell.options, monitor: false },
    shopts: new Set(shell.shopts),
    traps: new Map(shell.traps),
    locations: { pathChanges: 0, paths: new Map(shell.locations.paths) },
    variables,
    jobs: new JobTable(),
    pendingSignals: [],
    substitutionStatus: undefined,
    interactive: false,
    isSubshell: true,
    subshellDepth: shell.subshellDepth + 1,
    trapRunning: false,
    processSubstitutions: [],
    process: undefined,
    descriptors: undefined,
  };
  return (child) => {
    copy = { ...template, process: child, descriptors: descriptors(child) };
    variables.onMemory = (bytes) => child.setMemory(bytes);
    return copy;
  };
}

/** Variables whose value is made when they are read. */
function computedValues(shell: () => Shell): Computed {
  let seed = 0;
  let started: number | undefined;
  return new Map<string, () => string | readonly string[]>([
    ['PPID', () => String(shell().process.parentPid)],
    ['UID', () => String(shell().process.credentials.uid)],
    ['EUID', () => String(shell().process.credentials.uid)],
    ['LINENO', () => String(shell().line)],
    ['BASHPID', () => String(shell().process.pid)],
    ['HOSTNAME', () => shell().process.hostname],
    ['FUNCNAME', () => callNames(shell())],
    ['BASH_SOURCE', () => callFiles(shell())],
    ['BASH_LINENO', () => callLines(shell())],
    ['PIPESTATUS', () => (shell().pipeStatus ?? [shell().status]).map(String)],
    ['BASH_SUBSHELL', () => String(shell().subshellDepth)],
    ['BASH_VERSION', () => '5.2.15(1)-release'],
    ['EPOCHSECONDS', () => String(Math.floor(shell().process.now() / 1000))],
    [
      'SECONDS',
      () => {
        const now = shell().process.now();
        started ??= now;
        return String(Math.floor((now - started) / 1000));
      },
    ],
    [
      'RANDOM',
      () => {
        // A generator of the shell's own: the same script draws the same numbers in every replay.
        if (seed === 0) seed = (shell().process.hostPid * 2654435761 + shell().process.now()) >>> 0 || 1;
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return String((seed >>> 16) & 0x7fff);
      },
    ],
  ]);
}

/** Below the functions lies the script, if it is one. */
function callNames({ calls, mode, functionDepth }: Shell): readonly string[] {
  if (functionDepth === 0) return [];
  return [...calls.map(({ name }) => name), ...(mode === 'script' ? ['main'] : [])];
}

function callFiles({ calls, mode, name }: Shell): readonly string[] {
  return [...calls.map(({ file }) => file), ...(mode === 'script' ? [name] : [])];
}

function callLines({ calls, mode }: Shell): readonly string[] {
  return [...calls.map(({ line }) => String(line)), ...(mode === 'script' ? ['0'] : [])];
}

function importEnvironment(shell: Shell): void {
  const { variables, process } = shell;
  for (const [name, value] of Object.entries(process.env)) {
    if (isBash(shell) && /^BASH_FUNC_.+%%$/.test(name)) importFunction(shell, name.slice(10, -2), value);
    if (!/^[A-Za-z_][A-Za-z_0-9]*$/.test(name) || name === 'IFS') continue;
    variables.set(name, value);
    variables.setExported(name, true);
  }
  variables.set('IFS', ' \t\n');
  variables.set('OPTIND', '1');
  variables.set('PWD', process.cwd);
  variables.setExported('PWD', true);
  if (variables.value('PATH') === undefined) {
    variables.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  }
  const level = Number(variables.value('SHLVL') ?? '0') + 1;
  if (shell.dialect !== 'dash') {
    variables.set('SHLVL', String(Number.isFinite(level) ? level : 1));
    variables.setExported('SHLVL', true);
  }
  // The clock of $SECONDS starts now.
  variables.value('SECONDS');
}

/** What another bash has passed on by `export -f`. */
function importFunction(shell: Shell, name: string, value: string): void {
  if (!value.startsWith('() ')) return;
  const { script, fault } = parseScript(`${name} ${value}`, { braces: true });
  const command = script.statements[0]?.pipelines[0]?.commands[0];
  if (fault !== undefined || command?.kind !== 'function' || script.statements.length !== 1) return;
  shell.functions.set(name, { body: command.body, source: command.source, file: 'environment' });
  shell.variables.exportFunction(name, command.source);
}
