import { readAll } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** All that a path gives: a file's bytes, and what comes through a pipe (bash's `<(…)`, /dev/stdin) until its end. Throws Errno. */
export function* readWhole(process: Process, path: string): Task<Uint8Array> {
  if (process.stat(path).type === 'file') return process.readFile(path);
  const fd = process.open(path, { read: true });
  try {
    return yield* readAll(process, fd);
  } finally {
    process.close(fd);
  }
}

/** What comes through those paths that are no files: for whoever cannot wait while it reads. Throws Errno. */
export function* readPipes(process: Process, paths: readonly string[]): Task<ReadonlyMap<string, Uint8Array>> {
  const pipes = new Map<string, Uint8Array>();
  for (const path of paths) {
    if (process.access(path, 'exists') && !['file', 'directory'].includes(process.stat(path).type))
      pipes.set(path, yield* readWhole(process, path));
  }
  return pipes;
}
