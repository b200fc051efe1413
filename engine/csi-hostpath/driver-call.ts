import { Errno } from '../linux/errno.ts';
import { callGrpc, GrpcError } from '../linux/grpc.ts';
import type { Process } from '../linux/syscalls.ts';
import { flag, socketPath } from './flags.ts';

const TIMEOUT_MS = 15_000;
const RETRY_MS = 1_000;

type Service = Parameters<typeof callGrpc>[2];

/** One call to the driver beside a sidecar. @throws GrpcError, Errno EINTR */
export function* callDriver<D extends Service, M extends keyof D['methods'] & string>(
  process: Process,
  service: D,
  method: M,
  request: Parameters<typeof callGrpc<D, M>>[4],
) {
  const socket = socketPath(flag(process, 'csi-address') ?? '/csi/csi.sock');
  try {
    return yield* callGrpc(process, `unix:${socket}`, service, method, request, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    const dialled = `dial unix ${socket}: connect: ${error.message.toLowerCase()}`;
    throw new GrpcError('Unavailable', `connection error: desc = "transport: Error while dialing: ${dialled}"`);
  }
}

/** The same, again and again until the driver is there: sidecars start beside it, not after it. */
export function* callPatiently<D extends Service, M extends keyof D['methods'] & string>(
  process: Process,
  service: D,
  method: M,
  request: Parameters<typeof callGrpc<D, M>>[4],
) {
  for (;;) {
    try {
      return yield* callDriver(process, service, method, request);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      yield* process.sleep(RETRY_MS);
    }
  }
}
