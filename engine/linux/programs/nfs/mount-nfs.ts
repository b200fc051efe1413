import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, encode, printError } from '../../stdio.ts';
import type { MountOptions, Process } from '../../syscalls.ts';
import { resolveHost } from '../resolve.ts';
import { NFS_PORT } from './nfsd.ts';

type Wanted = Omit<MountOptions, 'type'> & { readonly source: string };

/** So long servers that do not answer, or refuse, are tried again. */
const RETRY_MS = 120_000;
const CONNECT_MS = 30_000;
const PAUSE_MS = 1_000;

const EXIT_FAILURE = 32;

/** mount.nfs(8): asks the server for a directory and mounts it. Returns the exit code. */
export function* mountNfs(process: Process, wanted: Wanted): Task<number> {
  const { source, target } = wanted;
  const colon = source.indexOf(':');
  if (colon <= 0) {
    yield* printError(process, `mount.nfs: remote share not in 'host:dir' format\n`);
    return EXIT_FAILURE;
  }
  const server = source.slice(0, colon);
  const address = yield* resolveHost(process, server);
  if (address === undefined) {
    yield* printError(process, `mount.nfs: Failed to resolve server ${server}: Name or service not known\n`);
    return EXIT_FAILURE;
  }
  try {
    const answer = yield* ask(process, address, source.slice(colon + 1));
    if (answer.startsWith('OK ')) {
      process.mount({ ...wanted, type: 'nfs4', handle: answer.slice('OK '.length) });
      return 0;
    }
    const refusal =
      answer === 'ENOENT'
        ? `mounting ${source} failed, reason given by server: No such file or directory`
        : `access denied by server while mounting ${source}`;
    yield* printError(process, `mount.nfs: ${refusal}\n`);
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    const what = error.code === 'ENOENT' ? `mount point ${target} does not exist` : error.message;
    yield* printError(process, `mount.nfs: ${what}\n`);
  }
  return EXIT_FAILURE;
}

/** @throws Errno when nobody answers for two minutes */
function* ask(process: Process, address: string, directory: string): Task<string> {
  const deadline = process.now() + RETRY_MS;
  for (;;) {
    try {
      return yield* askOnce(process, address, directory);
    } catch (error) {
      const mayPass = error instanceof Errno && (error.code === 'ECONNREFUSED' || error.code === 'ETIMEDOUT');
      if (!mayPass || process.now() >= deadline) throw error;
      yield* process.sleep(PAUSE_MS);
    }
  }
}

function* askOnce(process: Process, address: string, directory: string): Task<string> {
  const fd = yield* process.connect(address, NFS_PORT, CONNECT_MS);
  try {
    yield* process.write(fd, encode(`${directory}\n`));
    let text = '';
    while (!text.endsWith('\n')) {
      const ready = yield* process.poll([fd], CONNECT_MS);
      if (ready.length === 0) throw new Errno('ETIMEDOUT');
      const piece = yield* process.read(fd);
      if (piece.length === 0) throw new Errno('ECONNREFUSED');
      text += decode(piece);
    }
    return text.trimEnd();
  } finally {
    process.close(fd);
  }
}
