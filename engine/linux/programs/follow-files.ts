import type { Task } from '../../sim/index.ts';
import { print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { errnoOf, type Flavour } from './program.ts';

/** A file that `tail` goes on showing. */
export interface Followed {
  readonly path: string;
  /** Undefined as long as there is no such file. */
  fd: number | undefined;
}

export interface FollowOptions {
  readonly flavour: Flavour;
  /** `-F`: whatever has the name, not the file that had it in the beginning. */
  readonly byName: boolean;
  /** What stands before more of a file. */
  readonly head: (path: string) => string;
}

/** Shows what is added. Looks once a second, as tail without inotify does. */
export function* followFiles(
  process: Process,
  files: readonly Followed[],
  { flavour, byName, head }: FollowOptions,
): Task<void> {
  for (;;) {
    for (const file of files) {
      if (byName) yield* find(process, file, flavour);
      const data = yield* more(process, file);
      if (data === undefined) continue;
      yield* print(process, head(file.path));
      yield* process.write(1, data);
    }
    yield* process.sleep(1000);
  }
}

/** What has come since; from the beginning of a file that has become shorter. */
function* more(process: Process, { fd }: Followed): Task<Uint8Array | undefined> {
  if (fd === undefined) return undefined;
  const { type, size } = process.fstat(fd);
  if (type === 'file' && process.seek(fd, 0, 'current') > size) process.seek(fd, 0, 'set');
  const data = yield* process.read(fd);
  return data.length === 0 ? undefined : data;
}

/** Goes on with the file that has the name now. */
function* find(process: Process, file: Followed, flavour: Flavour): Task<void> {
  const { path, fd } = file;
  if (path === '-' || (fd !== undefined && isStillAt(process, path, fd))) return;
  const shown = flavour === 'gnu' ? `'${path}'` : path;
  const following = flavour === 'gnu' ? ';  following new file' : '; following end of new file';
  if (fd !== undefined) process.close(fd);
  try {
    file.fd = process.open(path, { read: true });
    yield* printError(process, `tail: ${shown} has ${fd === undefined ? 'appeared' : 'been replaced'}${following}\n`);
  } catch (error) {
    const { message } = errnoOf(error);
    file.fd = undefined;
    if (fd !== undefined) yield* printError(process, `tail: ${shown} has become inaccessible: ${message}\n`);
  }
}

function isStillAt(process: Process, path: string, fd: number): boolean {
  try {
    const [now, before] = [process.stat(path), process.fstat(fd)];
    return now.inode === before.inode && now.device === before.device;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}
