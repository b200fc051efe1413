import type { Task } from '../../../sim/index.ts';
import type { Process } from '../../syscalls.ts';
import type { FlagSpecs, Flags } from '../go/flags.ts';

/** A subcommand of agnhost. */
export interface Command {
  /** With its arguments: `connect [host:port]`. */
  readonly use: string;
  readonly short: string;
  readonly flags?: FlagSpecs;
  /** How many arguments it takes; any number unless told. */
  readonly args?: number;
  /** Its arguments are not flags of ours. */
  readonly rawArgs?: boolean;
  run(process: Process, flags: Flags): Task<number>;
}
