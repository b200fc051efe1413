import type { StartSession } from '../api/request.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import { decode, encode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { CriError, type ImageService, type RuntimeService } from './cri.ts';
import { streamSession } from './stream-session.ts';

/** Where the runtime listens on its machine. */
export const CRI_SOCKET = '/run/containerd/containerd.sock';

/** One call, as a line of JSON; the real socket speaks gRPC. */
interface CriCall {
  readonly method: string;
  readonly arguments: readonly unknown[];
}

export type CriReply = { readonly result: unknown } | { readonly code: string; readonly message: string };

/** Serves CRI on the machine's socket, one call a connection, until the process ends. For tools on the machine. */
export function* serveCriSocket(process: Process, runtime: RuntimeService & ImageService): Task<void> {
  makeDirectories(process, CRI_SOCKET.slice(0, CRI_SOCKET.lastIndexOf('/')));
  if (process.access(CRI_SOCKET, 'exists')) process.unlink(CRI_SOCKET);
  const listener = process.listenUnix(CRI_SOCKET);
  process.chmod(CRI_SOCKET, 0o660);
  process.setSignalAction('CHLD', 'ignore');
  for (;;) {
    const { fd } = yield* process.accept(listener);
    process.fork(
      function* (child) {
        yield* answer(child, runtime);
        return 0;
      },
      { fds: { 0: fd } },
    );
    process.close(fd);
  }
}

function* answer(process: Process, runtime: RuntimeService & ImageService): Task<void> {
  let text = '';
  while (!text.includes('\n')) {
    const piece = yield* process.read(0);
    if (piece.length === 0) return;
    text += decode(piece);
  }
  const asked = JSON.parse(text) as CriCall;
  const session = SESSIONS.includes(asked.method);
  const reply = yield* call(runtime, asked);
  try {
    yield* process.write(0, encode(`${JSON.stringify(session && 'result' in reply ? { result: null } : reply)}\n`));
    if (session && 'result' in reply) yield* streamSession(process, reply.result as StartSession);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

type Method = (...given: readonly unknown[]) => unknown;

/** After the answer these go on over the same connection. */
const SESSIONS: readonly string[] = ['exec', 'attach'];

/** What tools may call; the others are the kubelet's business. */
const METHODS: readonly string[] = [
  'version',
  'status',
  'listPodSandboxes',
  'podSandboxStatus',
  'runPodSandbox',
  'stopPodSandbox',
  'removePodSandbox',
  'listContainers',
  'containerStatus',
  'createContainer',
  'startContainer',
  'stopContainer',
  'removeContainer',
  'listContainerStats',
  'execSync',
  ...SESSIONS,
  'listImages',
  'imageStatus',
  'pullImage',
  'removeImage',
];

function* call(runtime: RuntimeService & ImageService, { method, arguments: given }: CriCall): Task<CriReply> {
  if (!METHODS.includes(method)) return { code: 'Unimplemented', message: `unknown method ${method}` };
  try {
    const found = (runtime as unknown as Readonly<Record<string, Method>>)[method]!.call(runtime, ...given);
    const result = isTask(found) ? yield* found : found;
    return { result: result ?? null };
  } catch (error) {
    if (error instanceof CriError) return { code: error.code, message: error.message };
    throw error;
  }
}

function isTask(value: unknown): value is Task<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value;
}
