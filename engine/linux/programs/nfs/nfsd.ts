import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, encode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

export const NFS_PORT = 2049;

const DEFAULT_EXPORT = '/exports';
const REQUEST_MS = 1_000;

/**
 * The NFS server of an image: `nfsd [DIRECTORY…]`, `/exports` unless told. The first directory is the root of what clients see
 * (`fsid=0`); it can be asked for by its own path, too. Of the protocol only the question for a directory's handle goes over
 * the network; files are reached as long as the server lives and can be reached.
 */
export function* nfsd(process: Process): Task<number> {
  const directories = process.argv.slice(1);
  if (directories.length === 0) directories.push(DEFAULT_EXPORT);
  for (const directory of directories) {
    try {
      if (!process.access(directory, 'exists')) process.mkdir(directory, 0o777);
      process.exportDirectory(directory);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const text = error.code === 'EPERM' ? 'rpc.nfsd: Unable to access /proc/fs/nfsd: Operation not permitted' : '';
      yield* printError(process, `${text || `exportfs: ${directory}: ${error.message}`}\n`);
      return 1;
    }
    yield* print(process, `Serving ${directory}\n`);
  }
  const listener = process.listen(NFS_PORT);
  yield* print(process, 'NFS started\n');
  for (;;) {
    const { fd } = yield* process.accept(listener);
    try {
      yield* serve(process, fd, directories);
    } catch (error) {
      // The client is gone.
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    } finally {
      process.close(fd);
    }
  }
}

function* serve(process: Process, fd: number, directories: readonly string[]): Task<void> {
  const ready = yield* process.poll([fd], REQUEST_MS);
  if (ready.length === 0) return;
  const wanted = decode(yield* process.read(fd)).trimEnd();
  yield* process.write(fd, encode(`${handleOf(process, wanted, directories)}\n`));
}

function handleOf(process: Process, wanted: string, directories: readonly string[]): string {
  const [root = DEFAULT_EXPORT] = directories;
  const named = directories.find((each) => wanted === each || wanted.startsWith(`${each}/`));
  const path = named === undefined ? `${root}/${wanted.replace(/^\/+/, '')}` : wanted;
  try {
    // Links must not lead out of what is exported.
    const real = process.realpath(path);
    const top = process.realpath(named ?? root);
    if (real !== top && !real.startsWith(`${top}/`)) return 'EACCES';
    return `OK ${process.exportDirectory(real)}`;
  } catch (error) {
    if (error instanceof Errno) return error.code === 'ENOENT' ? 'ENOENT' : 'EACCES';
    throw error;
  }
}
