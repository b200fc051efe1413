import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** Where the kernel shows its profiles, and takes new ones. */
export const SECURITY_DIRECTORY = '/sys/kernel/security/apparmor';

export interface Labelled {
  readonly name: string;
  /** `enforce`; empty where there is none. */
  readonly mode: string;
}

/** `name (enforce)` */
function readLabel(line: string): Labelled {
  const match = /^(.*) \((\w+)\)$/.exec(line.trim());
  return match === null ? { name: line.trim(), mode: '' } : { name: match[1]!, mode: match[2]! };
}

/** In the order of their names. Throws Errno where one may not look. */
export function loadedProfiles(process: Process): readonly Labelled[] {
  const text = decode(process.readFile(`${SECURITY_DIRECTORY}/profiles`));
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map(readLabel).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface ConfinedProcess extends Labelled {
  readonly pid: number;
  readonly program: string;
}

/** The processes that are held to a profile, by their numbers. */
export function confinedProcesses(process: Process): readonly ConfinedProcess[] {
  return process
    .readdir('/proc')
    .flatMap(({ name }): ConfinedProcess[] => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const label = readLabel(decode(process.readFile(`/proc/${name}/attr/current`)));
        if (label.mode === '') return [];
        return [{ ...label, pid: Number(name), program: process.readlink(`/proc/${name}/exe`) }];
      } catch (error) {
        if (error instanceof Errno) return [];
        throw error;
      }
    })
    .sort((a, b) => a.pid - b.pid);
}
