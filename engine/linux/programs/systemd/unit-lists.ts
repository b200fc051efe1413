import type { Task } from '../../../sim/index.ts';
import { print } from '../../stdio.ts';
import type { Invocation } from './invocation.ts';
import type { UnitStatus } from './port.ts';

/** `systemctl list-units`, narrowed by patterns, `--state` and `--failed`. */
export function* listUnits({ process, options, known, units, verb }: Invocation): Task<number> {
  const states = [
    ...options.values('S').flatMap((list) => list.split(',')),
    ...(options.has('failed') ? ['failed'] : []),
  ];
  const isWanted = (unit: UnitStatus) => {
    if (units.length > 0 && !units.some((pattern) => fits(unit.name, pattern))) return false;
    if (states.length > 0) return states.some((state) => [unit.active, unit.sub, unit.load].includes(state as never));
    return options.has('a') || unit.active !== 'inactive';
  };
  const types = options.values('t');
  const hasServices = types.length === 0 || types.some((list) => list.split(',').includes('service'));
  const shown = hasServices ? known.filter(isWanted).toSorted((a, b) => (a.name < b.name ? -1 : 1)) : [];
  const rows = shown.map(({ name, load, active, sub, description }) => [name, load, active, sub, description]);
  const widths = ['UNIT', 'LOAD', 'ACTIVE', 'SUB'].map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' ')
      .trimEnd();
  const mark = ({ active, load }: UnitStatus) => (active === 'failed' || load !== 'loaded' ? '●' : ' ');
  const isPlain = options.has('plain');
  const body = rows.map((row, at) => `${isPlain ? '' : `${mark(shown[at]!)} `}${line(row)}\n`).join('');
  if (options.has('no-legend')) {
    yield* print(process, body);
    return 0;
  }
  const head =
    rows.length === 0 ? '' : `${isPlain ? '' : '  '}${line(['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'])}\n`;
  yield* print(
    process,
    `${head}${body}\n${verb === '' ? '' : legend(rows.length, options.has('a') || states.length > 0)}`,
  );
  return 0;
}

function legend(count: number, isAll: boolean): string {
  const meaning =
    count === 0
      ? ''
      : 'Legend: LOAD   → Reflects whether the unit definition was properly loaded.\n' +
        '        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n' +
        '        SUB    → The low-level unit activation state, values depend on unit type.\n\n';
  const more = isAll ? '' : ' Pass --all to see loaded but inactive units, too.';
  return `${meaning}${count} loaded units listed.${more}\n${isAll ? '' : "To show all installed unit files use 'systemctl list-unit-files'.\n"}`;
}

/** A pattern of the shell's. */
function fits(name: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped.replace(/\\\.service$/, '(\\.service)?')}$`).test(name);
}

/** `systemctl list-unit-files` */
export function* listUnitFiles({ process, known, units, options }: Invocation): Task<number> {
  const shown = known
    .filter(({ name }) => units.length === 0 || units.some((pattern) => fits(name, pattern)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(9, ...shown.map(({ name }) => name.length));
  const state = ({ load, enabled }: UnitStatus) => (load === 'masked' ? 'masked' : enabled ? 'enabled' : 'disabled');
  const rows = shown.map((unit) => `${unit.name.padEnd(width)} ${state(unit).padEnd(8)} enabled\n`).join('');
  const head = `${'UNIT FILE'.padEnd(width)} STATE    PRESET\n`;
  yield* print(process, options.has('no-legend') ? rows : `${head}${rows}\n${shown.length} unit files listed.\n`);
  return 0;
}
