import { ConfigurationError } from '../../api/config-shape.ts';
import { Errno } from '../../linux/errno.ts';
import { goError } from '../../linux/programs/go/runtime.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';

/**
 * What a file says that a component cannot do without.
 *
 * @param explain what the component says when it cannot be read, and why
 * @throws ConfigurationError
 */
export function readTextFile(process: Process, path: string, explain: (why: string) => string): string {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ConfigurationError(explain(goError(`open ${path}`, error)));
  }
}
