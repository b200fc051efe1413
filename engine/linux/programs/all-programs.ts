import type { Program } from '../syscalls.ts';
import { MAKERS } from './makers.ts';
import { nginx } from './nginx/nginx.ts';
import type { ProgramSource } from './program-source.ts';

const SPECIAL: Readonly<Record<string, Program>> = { nginx };

/** Every program there is. Whoever imports this loads them all. */
export const allPrograms: ProgramSource = {
  program(name, flavour) {
    if (Object.hasOwn(SPECIAL, name)) return SPECIAL[name]!;
    const program = Object.hasOwn(MAKERS, name) ? MAKERS[name]!(flavour) : undefined;
    if (program === undefined) throw new Error(`there is no program called "${name}"`);
    return program;
  },
};
