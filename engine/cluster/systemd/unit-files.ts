import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { LoadedUnit, RestartPolicy } from './service-unit.ts';
import { readUnitLines, type UnitLine } from './unit-lines.ts';

/** Where unit files are, those that count first. https://man7.org/linux/man-pages/man5/systemd.unit.5.html */
const DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
];

/** Reads the services of a machine off its unit files and their drop-ins, as `systemctl daemon-reload` does. */
export function readUnits(root: Process): readonly LoadedUnit[] {
  const names = DIRECTORIES.flatMap((directory) => entriesOf(root, directory))
    .filter((name) => name.endsWith('.service'))
    .map((name) => name.slice(0, -'.service'.length));
  return [...new Set(names)].filter((name) => !isAlias(root, name)).map((name) => readUnit(root, name));
}

function readUnit(root: Process, name: string): LoadedUnit {
  const file = `${name}.service`;
  const path = DIRECTORIES.map((directory) => `${directory}/${file}`).find((each) => isThere(root, each))!;
  if (isMasked(root, path)) return { ...NOTHING, name, file: path, load: 'masked', signature: 'masked' };
  const dropIns = dropInsOf(root, file);
  const texts = [path, ...dropIns].map((each) => [each, textOf(root, each)] as const);
  const warnings: string[] = [];
  const lines = texts.flatMap(([from, text]) => readUnitLines(from, text, (warning) => warnings.push(warning)));
  const unit = new UnitReader(`${name}.service`, lines, warnings).read();
  const isEnabled = isWanted(root, file);
  return { ...unit, name, file: path, dropIns, isEnabled, warnings, signature: JSON.stringify(texts) };
}

/** Another name of a unit is a link to that one's file. */
function isAlias(root: Process, name: string): boolean {
  const file = `${name}.service`;
  const path = DIRECTORIES.map((directory) => `${directory}/${file}`).find((each) => isThere(root, each))!;
  if (root.lstat(path).type !== 'symlink') return false;
  const target = root.readlink(path);
  return target !== '/dev/null' && !target.endsWith(`/${file}`);
}

const NOTHING: Omit<LoadedUnit, 'name' | 'file' | 'load' | 'signature'> = {
  dropIns: [],
  description: '',
  documentation: '',
  command: undefined,
  environment: {},
  environmentFiles: [],
  restart: 'no',
  restartDelayMs: 100,
  isOneshot: false,
  remains: false,
  isEnabled: false,
  warnings: [],
};

/** By their names, wherever they are; of two of one name that counts which is found first. */
function dropInsOf(root: Process, file: string): readonly string[] {
  const found = new Map<string, string>();
  for (const directory of DIRECTORIES)
    for (const name of entriesOf(root, `${directory}/${file}.d`))
      if (name.endsWith('.conf') && !found.has(name)) found.set(name, `${directory}/${file}.d/${name}`);
  return [...found.keys()].toSorted().map((name) => found.get(name)!);
}

function isWanted(root: Process, file: string): boolean {
  return DIRECTORIES.some((directory) =>
    entriesOf(root, directory).some(
      (name) => /\.(wants|requires)$/.test(name) && isThere(root, `${directory}/${name}/${file}`),
    ),
  );
}

function isMasked(root: Process, path: string): boolean {
  const { type, size } = root.lstat(path);
  return type === 'symlink' ? root.readlink(path) === '/dev/null' : type === 'file' && size === 0;
}

/** Also a link that leads nowhere. */
function isThere(root: Process, path: string): boolean {
  try {
    root.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function entriesOf(root: Process, directory: string): readonly string[] {
  try {
    return root.readdir(directory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

function textOf(root: Process, path: string): string {
  try {
    return decode(root.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return '';
    throw error;
  }
}

const RESTARTS: readonly RestartPolicy[] = [
  'no',
  'always',
  'on-success',
  'on-failure',
  'on-abnormal',
  'on-abort',
  'on-watchdog',
];

const TYPES = ['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'];

/** What the lines of a unit and its drop-ins come to: later ones win, lists grow, and an empty value begins a list anew. */
class UnitReader {
  readonly #file: string;
  readonly #lines: readonly UnitLine[];
  readonly #warnings: string[];

  constructor(file: string, lines: readonly UnitLine[], warnings: string[]) {
    this.#file = file;
    this.#lines = lines;
    this.#warnings = warnings;
  }

  read(): Omit<LoadedUnit, 'name' | 'file' | 'signature'> {
    const type = this.#oneOf('Type', TYPES, 'service type') ?? 'simple';
    const commands = this.#list('Service', 'ExecStart');
    const problem = this.#problem(type === 'oneshot', commands);
    if (problem !== undefined) this.#warnings.push(problem);
    return {
      ...NOTHING,
      load: problem === undefined ? 'loaded' : 'bad-setting',
      description: this.#value('Unit', 'Description') ?? this.#file,
      documentation: this.#list('Unit', 'Documentation')
        .map(({ value }) => value)
        .join(' '),
      command: commands.at(-1)?.value,
      environment: this.#environment(),
      environmentFiles: this.#list('Service', 'EnvironmentFile').map(({ value }) => value),
      restart: (this.#oneOf('Restart', RESTARTS, 'service restart specifier') as RestartPolicy | undefined) ?? 'no',
      restartDelayMs: this.#seconds('RestartSec') ?? NOTHING.restartDelayMs,
      startLimit: {
        intervalMs: this.#limit('Interval', millisecondsOf) ?? START_LIMIT.intervalMs,
        burst: this.#limit('Burst', countOf) ?? START_LIMIT.burst,
      },
      isOneshot: type === 'oneshot',
      remains: /^(yes|true|on|1)$/.test(this.#value('Service', 'RemainAfterExit') ?? ''),
    };
  }

  /** Why there is no way to start it. */
  #problem(isOneshot: boolean, commands: readonly UnitLine[]): string | undefined {
    const bad = commands.find(({ value }) => !/^[@:+!|-]*(\/|[^\s/]+(\s|$))/.test(value));
    if (bad !== undefined) {
      const [program = ''] = bad.value.split(/\s/);
      this.#warnings.push(`${bad.at}: Neither a valid executable name nor an absolute path: ${program}`);
      return `${this.#file}: Unit configuration has fatal error, unit will not be started.`;
    }
    if (commands.length === 0)
      return `${this.#file}: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.`;
    if (commands.length > 1 && !isOneshot)
      return `${this.#file}: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.`;
    return undefined;
  }

  #of(section: string, key: string): readonly UnitLine[] {
    return this.#lines.filter((line) => line.section === section && line.key === key);
  }

  #list(section: string, key: string): readonly UnitLine[] {
    const lines = this.#of(section, key);
    return lines.slice(lines.findLastIndex(({ value }) => value === '') + 1);
  }

  #value(section: string, key: string): string | undefined {
    return this.#of(section, key).at(-1)?.value || undefined;
  }

  #oneOf(key: string, values: readonly string[], what: string): string | undefined {
    let found: string | undefined;
    for (const { at, value } of this.#of('Service', key)) {
      if (values.includes(value)) found = value;
      else this.#warnings.push(`${at}: Failed to parse ${what}, ignoring: ${value}`);
    }
    return found;
  }

  #seconds(key: string): number | undefined {
    let found: number | undefined;
    for (const { at, value } of this.#of('Service', key)) {
      const ms = millisecondsOf(value);
      if (ms === undefined) this.#warnings.push(`${at}: Failed to parse ${key}= parameter, ignoring: ${value}`);
      else found = ms;
    }
    return found;
  }

  /** Of the start limit, which had its place among the service's settings once. */
  #limit(what: string, read: (text: string) => number | undefined): number | undefined {
    const names = [`StartLimit${what}`, `StartLimit${what}Sec`];
    const text = ['Unit', 'Service'].flatMap((section) => names.map((name) => this.#value(section, name)));
    const found = text.find((value) => value !== undefined);
    return found === undefined ? undefined : read(found);
  }

  #environment(): Readonly<Record<string, string>> {
    const words = this.#list('Service', 'Environment').flatMap(({ value }) => splitWords(value));
    return Object.fromEntries(
      words.filter((word) => /^\w+=/.test(word)).map((word) => [word.split('=')[0]!, word.replace(/^\w+=/, '')]),
    );
  }
}

/** systemd's DefaultStartLimitIntervalSec and DefaultStartLimitBurst. */
const START_LIMIT = { intervalMs: 10_000, burst: 5 };

function countOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** systemd.time(7), as far as people write it: `10`, `100ms`, `1min 30s`. */
function millisecondsOf(text: string): number | undefined {
  let total = 0;
  for (const part of text.trim().split(/(?<=[a-z])\s*(?=\d)|\s+/)) {
    const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(part) ?? [];
    if (count === undefined || UNITS[unit] === undefined) return undefined;
    total += Number(count) * UNITS[unit]!;
  }
  return total;
}

/** Words as systemd splits them: quotes keep blanks together. */
export function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\\(.)/g, (_, double, single, escaped) =>
      (double ?? single ?? escaped).replace(/\\(.)/g, '$1'),
    ),
  );
}
