import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Options } from '../options.ts';
import type { UnitStatus } from './port.ts';

/** A call of systemctl. */
export interface Invocation {
  readonly process: Process;
  readonly options: Options;
  readonly verb: string;
  /** The units that the machine has. */
  readonly known: readonly UnitStatus[];
  /** Those that are named. */
  readonly units: readonly string[];
}

export function find({ known }: Pick<Invocation, 'known'>, name: string): UnitStatus | undefined {
  return known.find((unit) => unit.name === name && unit.load !== 'not-found');
}

export function* requireUnits({ process, units }: Invocation): Task<boolean> {
  if (units.length > 0) return true;
  yield* printError(process, 'Too few arguments.\n');
  return false;
}

/** What is said of a unit that the machine does not go by as its files have it by now. */
export function* warnOfChange(process: Process, unit: UnitStatus | undefined): Task<void> {
  if (unit?.isChanged !== true) return;
  yield* printError(
    process,
    `Warning: The unit file, source configuration file or drop-ins of ${unit.name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
  );
}
