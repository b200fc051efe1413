import type { FlagSpec } from '../kubectl/flag.ts';
import type { Task } from '../sim/index.ts';
import type { HelmRun } from './run.ts';

/** One verb of helm. */
export interface HelmCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** What follows the command's own words: `NAME CHART`. */
  readonly usage?: string;
  readonly help?: string;
  readonly examples?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly HelmCommand[];
  readonly hidden?: boolean;
  /** How many arguments it takes; any number unless told. */
  readonly least?: number;
  readonly most?: number;
  /** Returns the exit code; expected failures are thrown. Absent for a command that only has subcommands. */
  readonly run?: (run: HelmRun) => Task<number>;
}
