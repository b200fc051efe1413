import { SIGNAL_NUMBERS } from '../../linux/signal.ts';
import type { Process, Program, WaitStatus } from '../../linux/syscalls.ts';

/** A service that a machine is installed with. */
export interface ServiceUnit {
  readonly name: string;
  readonly description: string;
  readonly documentation: string;
  readonly path: string;
  readonly args: readonly string[];
  /** What is at `path`; unless told, whatever lies there on the disk when it is started. */
  readonly program?: Program;
  /** How long after its end the process is started again; absent for what runs once (`Type=oneshot`). */
  readonly restartDelayMs?: number;
  /** What its unit file says is started, where that is made of variables of a drop-in. */
  readonly dropIn?: { readonly name: string; readonly text: string };
}

export type RestartPolicy = 'no' | 'always' | 'on-success' | 'on-failure' | 'on-abnormal' | 'on-abort' | 'on-watchdog';

/** A service as its unit file and drop-ins describe it. */
export interface LoadedUnit {
  /** Without its suffix. */
  readonly name: string;
  readonly file: string;
  readonly dropIns: readonly string[];
  readonly load: 'loaded' | 'bad-setting' | 'masked' | 'not-found';
  readonly description: string;
  readonly documentation: string;
  /** As `ExecStart=` has it. */
  readonly command: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Those that need not be there begin with `-`. */
  readonly environmentFiles: readonly string[];
  readonly restart: RestartPolicy;
  readonly restartDelayMs: number;
  /** How often it may be started within which time; as often as one likes unless told. */
  readonly startLimit?: { readonly intervalMs: number; readonly burst: number };
  readonly isOneshot: boolean;
  /** Whether it counts as active after its process has ended well. */
  readonly remains: boolean;
  readonly isEnabled: boolean;
  /** What systemd says of the files in its journal. */
  readonly warnings: readonly string[];
  /** The same for the same files. */
  readonly signature: string;
}

/** What is loaded late: nobody has changed a unit file before a learner has had a say. */
export interface UnitTools {
  readUnits(root: Process): readonly LoadedUnit[];
  /** Counts a start. Returns whether it may be: not when the unit has been started too often lately. */
  admitStart(unit: LoadedUnit, starts: UnitStarts, nowMs: number): boolean;
  /** Throws Errno. */
  unitCommand(root: Process, unit: LoadedUnit): UnitCommand;
}

/** How often a unit was started since when. */
export interface UnitStarts {
  sinceMs: number;
  count: number;
}

/** What a unit starts, and with which environment. */
export interface UnitCommand {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const UNIT_FILES = '/usr/lib/systemd/system';
/** Where a machine's administrator has unit files. */
export const OWN_UNIT_FILES = '/etc/systemd/system';
/** Where it is noted what starts with the machine. */
export const WANTS = `${OWN_UNIT_FILES}/multi-user.target.wants`;

/** The files that describe a unit, by their paths, as its package installs them. */
export function unitFiles(unit: ServiceUnit): readonly (readonly [path: string, text: string])[] {
  const { description, documentation, path, args, restartDelayMs, dropIn } = unit;
  const restart =
    restartDelayMs === undefined
      ? 'Type=oneshot\nRemainAfterExit=yes\n'
      : `Restart=always\nStartLimitInterval=0\nRestartSec=${restartDelayMs / 1000}\n`;
  const command = [path, ...(dropIn === undefined ? args : [])].join(' ');
  const text =
    `[Unit]\nDescription=${description}\nDocumentation=${documentation}\nWants=network-online.target\n` +
    `After=network-online.target\n\n[Service]\nExecStart=${command}\n${restart}\n` +
    '[Install]\nWantedBy=multi-user.target\n';
  const file = unitFilePath(unit);
  return [[file, text], ...(dropIn === undefined ? [] : [[`${file}.d/${dropIn.name}`, dropIn.text] as const])];
}

export function unitFilePath({ name }: Pick<ServiceUnit, 'name'>): string {
  return `${UNIT_FILES}/${fullName({ name })}`;
}

/**
 * Whether unit files are as they were installed, so that they need not be read.
 *
 * @param own what was among the administrator's own at first
 */
export function isUntouched(root: Process, units: readonly ServiceUnit[], own: readonly string[]): boolean {
  const isAlone = (directory: string, names: readonly string[]): boolean =>
    root.access(directory, 'exists') &&
    root
      .readdir(directory)
      .map(({ name }) => name)
      .toSorted()
      .join() === names.toSorted().join();
  return (
    isAlone(OWN_UNIT_FILES, own) &&
    isAlone(WANTS, units.map(fullName)) &&
    units.every((unit) =>
      unitFiles(unit).every(([path, text]) => root.access(path, 'read') && root.readText(path) === text),
    )
  );
}

/** What those files say, without reading them. */
export function asInstalled(unit: ServiceUnit): LoadedUnit {
  const files = unitFiles(unit);
  const isOneshot = unit.restartDelayMs === undefined;
  return {
    name: unit.name,
    file: files[0]![0],
    dropIns: files.slice(1).map(([path]) => path),
    load: 'loaded',
    description: unit.description,
    documentation: unit.documentation,
    command: [unit.path, ...unit.args].join(' '),
    environment: {},
    environmentFiles: [],
    restart: isOneshot ? 'no' : 'always',
    restartDelayMs: unit.restartDelayMs ?? 0,
    isOneshot,
    remains: isOneshot,
    isEnabled: true,
    warnings: [],
    signature: JSON.stringify(files),
  };
}

export function fullName({ name }: Pick<ServiceUnit, 'name'>): string {
  return `${name}.service`;
}

export function title(unit: Pick<LoadedUnit, 'name' | 'description'>): string {
  const name = fullName(unit);
  return unit.description === name || unit.description === '' ? name : `${name} - ${unit.description}`;
}

/** What systemd calls the end of a process. */
export function resultOf(status: WaitStatus | undefined): 'success' | 'exit-code' | 'signal' {
  if (status === undefined) return 'success';
  if (status.kind === 'exited') return status.code === 0 ? 'success' : 'exit-code';
  if (status.kind !== 'signaled') return 'success';
  return ['TERM', 'INT', 'HUP', 'PIPE'].includes(status.signal) ? 'success' : 'signal';
}

export function isRestarted({ restart }: Pick<LoadedUnit, 'restart'>, status: WaitStatus): boolean {
  const result = resultOf(status);
  if (restart === 'always') return true;
  if (restart === 'on-success') return result === 'success';
  if (restart === 'on-failure') return result !== 'success';
  return (restart === 'on-abnormal' || restart === 'on-abort') && result === 'signal';
}

/** Exit codes that have names. https://man7.org/linux/man-pages/man5/systemd.exec.5.html#PROCESS_EXIT_CODES */
const CODES: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  203: 'EXEC',
  255: 'EXCEPTION',
};

/** `code=exited, status=1/FAILURE`, `code=killed, status=9/KILL` */
export function endText(status: WaitStatus): string {
  if (status.kind === 'exited') return `code=exited, status=${status.code}/${CODES[status.code] ?? 'n/a'}`;
  return `code=killed, status=${SIGNAL_NUMBERS[status.signal]}/${status.signal}`;
}
