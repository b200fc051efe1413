import type { Process } from '../syscalls.ts';
import { CopyOnWriteMap } from './copy-on-write-map.ts';
import { type ChildDescriptors, FileDescriptors } from './descriptors.ts';
import { JobTable } from './job-table.ts';
import { type CompleterTable, type Dialect, type Interpreter, isBash, type Shell, type ShellOptions } from './shell.ts';
import { parseScript } from './syntax/parse.ts';
import { Variables } from './variables.ts';

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
  histexpand: false,
};

/** The state of a new shell. */
export function newShell(process: Process, setup: ShellSetup): Shell {
  const { dialect, interpreter, completers, mode, name, positional } = setup;
  const shell: Shell = {
    process,
    interpreter,
    dialect,
    variables: new Variables((variable) => computedValue(shell, variable), dialect === 'bash'),
    functions: new CopyOnWriteMap(),
    aliases: new CopyOnWriteMap(),
    options: { ...OPTIONS_OFF },
    shopts: NO_SHOPTS,
    jobs: new JobTable(),
    descriptors: new FileDescriptors(process),
    traps: new CopyOnWriteMap(),
    pendingSignals: [],
    history: [],
    locations: { pathChanges: 0, paths: new CopyOnWriteMap() },
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
    substitutionDepth: 0,
    startedMs: process.now(),
    randomState: 0,
    getoptsOffset: 0,
    isSubshell: false,
    trapRunning: false,
    processSubstitutions: [],
  };
  shell.variables.onMemory = (bytes) => shell.process.setMemory(bytes);
  importEnvironment(shell);
  return shell;
}

const NO_SHOPTS: ReadonlySet<string> = new Set();

/** The shell as it is now, for a child that is being forked: what either of them changes later the other does not see. */
export function copyShell(shell: Shell, process: Process, given: ChildDescriptors | undefined): Shell {
  // The copy may not keep `shell`: a child that outlives its parent, and its own children after it, would each keep the
  // whole line of dead shells alive.
  const copy: Shell = {
    ...shell,
    process,
    variables: new Variables((name) => computedValue(copy, name), shell.dialect === 'bash', shell.variables),
    functions: shell.functions.share(),
    aliases: shell.aliases.share(),
    options: { ...shell.options, monitor: false },
    jobs: new JobTable(),
    descriptors: shell.descriptors.ofChild(process, given),
    traps: shell.traps.share(),
    pendingSignals: [],
    locations: { pathChanges: 0, paths: shell.locations.paths.share() },
    substitutionStatus: undefined,
    interactive: false,
    subshellDepth: shell.subshellDepth + 1,
    randomState: 0,
    isSubshell: true,
    trapRunning: false,
    processSubstitutions: [],
  };
  copy.variables.onMemory = (bytes) => process.setMemory(bytes);
  return copy;
}

/** Variables whose value is made when they are read. */
const COMPUTED: ReadonlyMap<string, (shell: Shell) => string | readonly string[]> = new Map<
  string,
  (shell: Shell) => string | readonly string[]
>([
  ['PPID', ({ process }) => String(process.parentPid)],
  ['UID', ({ process }) => String(process.credentials.uid)],
  ['EUID', ({ process }) => String(process.credentials.uid)],
  ['LINENO', ({ line }) => String(line)],
  ['BASHPID', ({ process }) => String(process.pid)],
  ['HOSTNAME', ({ process }) => process.hostname],
  ['FUNCNAME', callNames],
  ['BASH_SOURCE', callFiles],
  ['BASH_LINENO', callLines],
  ['PIPESTATUS', ({ pipeStatus, status }) => (pipeStatus ?? [status]).map(String)],
  ['BASH_SUBSHELL', ({ subshellDepth }) => String(subshellDepth)],
  ['BASH_VERSION', () => '5.2.15(1)-release'],
  ['EPOCHSECONDS', ({ process }) => String(Math.floor(process.now() / 1000))],
  ['SECONDS', ({ process, startedMs }) => String(Math.floor((process.now() - startedMs) / 1000))],
  ['RANDOM', drawRandom],
]);

function computedValue(shell: Shell, name: string): string | readonly string[] | undefined {
  return COMPUTED.get(name)?.(shell);
}

/** A generator of the shell's own: the same script draws the same numbers in every replay. */
function drawRandom(shell: Shell): string {
  const { process, randomState } = shell;
  const state = randomState === 0 ? (process.hostPid * 2654435761 + process.now()) >>> 0 || 1 : randomState;
  shell.randomState = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return String((shell.randomState >>> 16) & 0x7fff);
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
