import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';

/** Undefined when it cannot be read. */
export function readText(process: Process, path: string): string | undefined {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
