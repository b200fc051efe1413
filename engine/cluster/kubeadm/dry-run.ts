import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';

/** Shows a file that would be written, as `kubeadm … --dry-run` does. */
export function* wouldWrite(process: Process, path: string, text: string): Task<void> {
  const lines = text.replace(/\n$/, '').replace(/^/gm, '\t');
  yield* print(process, `[dryrun] Would write file ${JSON.stringify(path)} with content:\n${lines}\n`);
}

/** Tells of something else that would be done. */
export function would(process: Process, what: string): Task<void> {
  return print(process, `[dryrun] Would ${what}\n`);
}
