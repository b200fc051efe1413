import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { print, printError } from '../../stdio.ts';
import { askManager, journalLine } from './bus.ts';
import { find, type Invocation, warnOfChange } from './invocation.ts';
import type { UnitStatus } from './port.ts';

/** Exit codes of the LSB: a program that is not running, one whose state is unknown. */
export const NOT_RUNNING = 3;
export const NO_SUCH_UNIT = 4;

/** `systemctl status` */
export function* status(invocation: Invocation): Task<number> {
  const { process, known, units, options } = invocation;
  let code = 0;
  const journal = (yield* askManager(process, { method: 'journal' }))?.journal ?? [];
  const lines = Number(options.value('n') ?? 10);
  const names = units.length === 0 ? known.map(({ name }) => name) : units;
  for (const [index, name] of names.entries()) {
    const unit = find(invocation, name);
    if (unit === undefined) {
      yield* printError(process, `Unit ${name} could not be found.\n`);
      code = NO_SUCH_UNIT;
      continue;
    }
    if (unit.active !== 'active' && units.length > 0) code = NOT_RUNNING;
    const own = lines > 0 ? journal.filter((entry) => entry.unit === name).slice(-lines) : [];
    const said = own.map((entry) => journalLine(process.hostname, entry)).join('');
    yield* warnOfChange(process, unit);
    yield* print(
      process,
      `${index === 0 ? '' : '\n'}${describe(unit, process.now())}${said === '' ? '' : `\n${said}`}`,
    );
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
  const { name, active, sub, sinceMs, pid, ended, result, description, documentation } = unit;
  const outcome = active === 'failed' || active === 'activating' ? ` (Result: ${result})` : '';
  const stamp = formatDate('%a %Y-%m-%d %H:%M:%S %Z', sinceMs);
  const isNew = active === 'inactive' && ended === undefined;
  const since = isNew ? '' : ` since ${stamp}; ${ago(nowMs - sinceMs)} ago`;
  const title = description === '' || description === name ? name : `${name} - ${description}`;
  const command = `ExecStart=${unit.command.join(' ')}`;
  return [
    `${DOTS[active]} ${title}`,
    `     Loaded: ${loaded(unit)}`,
    ...dropInLines(unit.dropIns),
    `     Active: ${active}${active === sub ? '' : ` (${sub})`}${outcome}${since}`,
    ...(documentation === '' ? [] : [`       Docs: ${documentation.split(' ').join('\n             ')}`]),
    ...(pid === undefined && ended !== undefined
      ? [`    Process: ${ended.pid} ${command} (${ended.how})`, `   Main PID: ${ended.pid} (${ended.how})`]
      : []),
    ...(pid === undefined
      ? []
      : [
          `   Main PID: ${pid} (${unit.command[0]!.split('/').at(-1)})`,
          `     CGroup: /system.slice/${name}`,
          `             └─${pid} ${unit.command.join(' ')}`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function loaded({ name, load, file, enabled }: UnitStatus): string {
  if (load === 'masked') return `masked (Reason: Unit ${name} is masked.)`;
  if (load === 'bad-setting') return `bad-setting (Reason: Unit ${name} has a bad unit file setting.)`;
  return `${load} (${file}; ${enabled ? 'enabled' : 'disabled'}; preset: enabled)`;
}

/** The directories, and in each the names of what was taken from it. */
function dropInLines(dropIns: readonly string[]): readonly string[] {
  const directories = new Map<string, string[]>();
  for (const path of dropIns) {
    const slash = path.lastIndexOf('/');
    const names = directories.get(path.slice(0, slash));
    if (names === undefined) directories.set(path.slice(0, slash), [path.slice(slash + 1)]);
    else names.push(path.slice(slash + 1));
  }
  return [...directories].flatMap(([directory, names], index) => [
    `${index === 0 ? '    Drop-In:' : '            '} ${directory}`,
    `             └─${names.join(', ')}`,
  ]);
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

/** `systemctl show`: of the properties those that people ask for. */
export function* show(invocation: Invocation): Task<number> {
  const { process, options, units } = invocation;
  const wanted = options.values('p').flatMap((list) => list.split(','));
  for (const [index, name] of units.entries()) {
    const unit = find(invocation, name);
    const fields = Object.entries(properties(name, unit));
    const shown = wanted.length === 0 ? fields : fields.filter(([key]) => wanted.includes(key));
    const lines = shown.map(([key, value]) => (options.has('value') ? `${value}\n` : `${key}=${value}\n`));
    yield* print(process, (index === 0 ? '' : '\n') + lines.join(''));
  }
  return 0;
}

function properties(name: string, unit: UnitStatus | undefined): Readonly<Record<string, string | number>> {
  return {
    NRestarts: unit?.restarts ?? 0,
    MainPID: unit?.pid ?? 0,
    Result: unit?.result ?? 'success',
    ExecStart: unit === undefined ? '' : `{ path=${unit.command[0] ?? ''} ; argv[]=${unit.command.join(' ')} }`,
    Id: name,
    Names: name,
    Description: unit?.description ?? name,
    LoadState: unit?.load ?? 'not-found',
    ActiveState: unit?.active ?? 'inactive',
    SubState: unit?.sub ?? 'dead',
    ...(unit !== undefined && {
      FragmentPath: unit.file,
      DropInPaths: unit.dropIns.join(' '),
      UnitFileState: unit.load === 'masked' ? 'masked' : unit.enabled ? 'enabled' : 'disabled',
      NeedDaemonReload: unit.isChanged ? 'yes' : 'no',
    }),
  };
}
