import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { program } from '../program.ts';
import { askManager, journalLine, NO_MANAGER, unitName } from './bus.ts';
import type { ManagerCall, PowerAction, UnitStatus } from './port.ts';

// systemctl(1), as far as people drive services with it. https://man7.org/linux/man-pages/man1/systemctl.1.html

/** Exit codes of the LSB: a program that is not running, one whose state is unknown, one that is not installed. */
const NOT_RUNNING = 3;
const NO_SUCH_UNIT = 4;
const NOT_INSTALLED = 5;

export const systemctl = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'alqn:t:fHo:',
    long: {
      all: 'a',
      full: 'l',
      quiet: 'q',
      lines: 'n',
      type: 't',
      force: 'f',
      now: 'N',
      'no-pager': 'P',
      'no-legend': 'L',
      'no-block': 'B',
      state: 'S',
      plain: 'F',
    },
  });
  const [verb = 'list-units', ...units] = options.operands;
  const reply = yield* askManager(process, { method: 'units' });
  if (reply === undefined) {
    yield* printError(process, NO_MANAGER);
    return 1;
  }
  const known = reply.units ?? [];
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb]! : undefined;
  if (run === undefined) {
    yield* printError(process, `Unknown command verb '${verb}'.\n`);
    return 1;
  }
  return yield* run({ process, options, verb, known, units: units.map(unitName) });
});

interface Invocation {
  readonly process: Process;
  readonly options: Options;
  readonly verb: string;
  readonly known: readonly UnitStatus[];
  readonly units: readonly string[];
}

type Verb = (invocation: Invocation) => Task<number>;

const VERBS: Readonly<Record<string, Verb>> = {
  start: change,
  stop: change,
  restart: change,
  'try-restart': change,
  'reload-or-restart': change,
  enable: changeFile,
  disable: changeFile,
  status,
  show,
  cat,
  'is-active': isActive,
  'is-failed': isActive,
  'is-enabled': isEnabled,
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
  'daemon-reload': nothing,
  'reset-failed': nothing,
  poweroff: power,
  reboot: power,
  halt: power,
};

function find(known: readonly UnitStatus[], name: string): UnitStatus | undefined {
  return known.find((unit) => unit.name === name);
}

function* requireUnits({ process, units }: Invocation): Task<boolean> {
  if (units.length > 0) return true;
  yield* printError(process, 'Too few arguments.\n');
  return false;
}

function* change(invocation: Invocation): Task<number> {
  const { process, known, units, verb } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  const method = verb === 'start' || verb === 'stop' ? verb : 'restart';
  let status = 0;
  for (const unit of units) {
    if (find(known, unit) === undefined) {
      const why = verb === 'stop' ? 'not loaded' : 'not found';
      yield* printError(process, `Failed to ${verb} ${unit}: Unit ${unit} ${why}.\n`);
      status = NOT_INSTALLED;
    } else yield* askManager(process, { method, unit });
  }
  return status;
}

const WANTS = '/etc/systemd/system/multi-user.target.wants';

function* changeFile(invocation: Invocation): Task<number> {
  const { process, known, units, verb, options } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  const method = verb === 'enable' ? 'enable' : 'disable';
  for (const unit of units) {
    if (find(known, unit) === undefined) {
      yield* printError(process, `Failed to ${verb} unit: Unit file ${unit} does not exist.\n`);
      return 1;
    }
    const reply = yield* askManager(process, { method, unit });
    if (reply?.done && method === 'enable') {
      yield* printError(process, `Created symlink ${WANTS}/${unit} → /lib/systemd/system/${unit}.\n`);
    } else if (reply?.done) yield* printError(process, `Removed "${WANTS}/${unit}".\n`);
    if (options.has('N')) yield* askManager(process, { method: method === 'enable' ? 'start' : 'stop', unit });
  }
  return 0;
}

function* status(invocation: Invocation): Task<number> {
  const { process, known, units, options } = invocation;
  let code = 0;
  const journal = (yield* askManager(process, { method: 'journal' }))?.journal ?? [];
  const lines = Number(options.value('n') ?? 10);
  for (const name of units.length === 0 ? known.map((unit) => unit.name) : units) {
    const unit = find(known, name);
    if (unit === undefined) {
      yield* printError(process, `Unit ${name} could not be found.\n`);
      code = NO_SUCH_UNIT;
      continue;
    }
    if (unit.active !== 'active' && units.length > 0) code = NOT_RUNNING;
    const own = lines > 0 ? journal.filter((entry) => entry.unit === name).slice(-lines) : [];
    const said = own.map((entry) => journalLine(process.hostname, entry)).join('');
    yield* print(process, `${describe(unit, process.now())}${said === '' ? '' : `\n${said}`}`);
  }
  return code;
}

const DOTS: Readonly<Record<UnitStatus['active'], string>> = {
  active: '●',
  inactive: '○',
  activating: '●',
  failed: '×',
};

function describe(unit: UnitStatus, nowMs: number): string {
  const { name, active, sub, sinceMs, pid, ended } = unit;
  const result = active === 'failed' || active === 'activating' ? ' (Result: exit-code)' : '';
  const stamp = formatDate('%a %Y-%m-%d %H:%M:%S %Z', sinceMs);
  const lines = [
    `${DOTS[active]} ${name} - ${unit.description}`,
    `     Loaded: loaded (/lib/systemd/system/${name}; ${unit.enabled ? 'enabled' : 'disabled'}; preset: enabled)`,
    `     Active: ${active} (${sub})${result} since ${stamp}; ${ago(nowMs - sinceMs)} ago`,
    `       Docs: ${unit.documentation}`,
  ];
  if (pid === undefined && ended !== undefined) lines.push(`   Main PID: (${ended})`);
  if (pid !== undefined) {
    lines.push(
      `   Main PID: ${pid} (${unit.command[0]!.split('/').at(-1)})`,
      `     CGroup: /system.slice/${name}`,
      `             └─${pid} ${unit.command.join(' ')}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** systemd's way with spans: the two largest units. */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)}min${seconds < 600 && seconds % 60 > 0 ? ` ${seconds % 60}s` : ''}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}min`;
  const days = Math.floor(seconds / 86_400);
  return `${days} day${days === 1 ? '' : 's'}`;
}

function* show({ process, known, units }: Invocation): Task<number> {
  for (const name of units) {
    const unit = find(known, name);
    const fields = {
      Id: name,
      LoadState: unit === undefined ? 'not-found' : 'loaded',
      ActiveState: unit?.active ?? 'inactive',
      SubState: unit?.sub ?? 'dead',
      MainPID: unit?.pid ?? 0,
      ...(unit !== undefined && { UnitFileState: unit.enabled ? 'enabled' : 'disabled' }),
    };
    yield* print(
      process,
      Object.entries(fields)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  }
  return 0;
}

function* cat({ process, known, units }: Invocation): Task<number> {
  for (const name of units) {
    const path = `/lib/systemd/system/${name}`;
    if (find(known, name) === undefined || !process.access(path, 'read')) {
      yield* printError(process, `No files found for ${name}.\n`);
      return 1;
    }
    yield* print(process, `# ${path}\n`);
    yield* process.write(1, process.readFile(path));
  }
  return 0;
}

function* isActive({ process, options, verb, known, units }: Invocation): Task<number> {
  let good = false;
  for (const name of units) {
    const state = find(known, name)?.active ?? 'inactive';
    if (!options.has('q')) yield* print(process, `${state}\n`);
    if (state === (verb === 'is-active' ? 'active' : 'failed')) good = true;
  }
  if (good) return 0;
  if (verb === 'is-failed') return 1;
  return units.every((name) => find(known, name) === undefined) ? NO_SUCH_UNIT : NOT_RUNNING;
}

function* isEnabled({ process, options, known, units }: Invocation): Task<number> {
  let good = units.length > 0;
  for (const name of units) {
    const unit = find(known, name);
    if (unit === undefined) {
      yield* printError(process, `Failed to get unit file state for ${name}: No such file or directory\n`);
      return 1;
    }
    if (!options.has('q')) yield* print(process, `${unit.enabled ? 'enabled' : 'disabled'}\n`);
    good &&= unit.enabled;
  }
  return good ? 0 : 1;
}

function* listUnits({ process, options, known }: Invocation): Task<number> {
  const shown = options.has('a') ? known : known.filter(({ active }) => active !== 'inactive');
  const width = Math.max(4, ...shown.map(({ name }) => name.length));
  const row = (name: string, load: string, active: string, sub: string, description: string) =>
    `  ${name.padEnd(width)} ${load.padEnd(6)} ${active.padEnd(10)} ${sub.padEnd(12)} ${description}\n`;
  let text = options.has('L') ? '' : row('UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION');
  for (const { name, active, sub, description } of shown) text += row(name, 'loaded', active, sub, description);
  if (!options.has('L')) text += `\n${shown.length} loaded units listed.\n`;
  yield* print(process, text);
  return 0;
}

function* listUnitFiles({ process, known }: Invocation): Task<number> {
  const width = Math.max(9, ...known.map(({ name }) => name.length));
  const rows = known.map(({ name, enabled }) => `${name.padEnd(width)} ${enabled ? 'enabled ' : 'disabled'} enabled\n`);
  yield* print(
    process,
    `${'UNIT FILE'.padEnd(width)} STATE    PRESET\n${rows.join('')}\n${known.length} unit files listed.\n`,
  );
  return 0;
}

/** Unit files are not read again: there is nothing to reload. */
function* nothing(): Task<number> {
  return 0;
}

function* power({ process, verb }: Invocation): Task<number> {
  return yield* turnOff(process, verb as PowerAction, process.now());
}

/** Asks the manager to end the machine's work. */
export function* turnOff(process: Process, action: PowerAction, atMs: number | undefined): Task<number> {
  const call: ManagerCall = { method: 'power', action, atMs };
  if ((yield* askManager(process, call)) !== undefined) return 0;
  yield* printError(process, NO_MANAGER);
  return 1;
}
