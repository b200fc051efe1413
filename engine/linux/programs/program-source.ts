import type { Program } from '../syscalls.ts';
import type { Flavour } from './program.ts';

/**
 * Where the programs of images and machines come from. What a tree needs of them is only their names, so that a page
 * can show a prompt while they are still being loaded.
 */
export interface ProgramSource {
  /** The program of this name, speaking as that image's programs do. Throws Error for a name that `names.ts` has not. */
  program(name: string, flavour: Flavour): Program;
}
