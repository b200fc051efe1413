import { Errno } from '../../linux/errno.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import type { Process } from '../../linux/syscalls.ts';

/** What a flag's file holds, undefined without the flag, or the path at which there is nothing. */
export function readCertificate(process: Process, flag: string): string | undefined | { readonly path: string } {
  const path = flagValue(process.argv, flag);
  if (path === undefined) return undefined;
  try {
    return new TextDecoder().decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return { path };
    throw error;
  }
}
