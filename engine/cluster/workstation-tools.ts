import type { Transport } from '../client/transport.ts';
import type { ProgramSource } from '../linux/programs/index.ts';
import type { Program } from '../linux/syscalls.ts';

/**
 * The programs that the workstation has beyond a plain machine's. They are handed in from outside, so that a page can
 * show a prompt before they have been loaded.
 */
export interface WorkstationTools {
  /** The programs of all machines and images, shells excepted. */
  readonly programs: ProgramSource;
  /** kubectl, given the way to the API server. */
  kubectl(connect: () => Transport): Program;
  /** What Tab offers behind `kubectl`. */
  completeKubectl(words: readonly string[], transport: Transport): readonly string[];
}
