import { NODE } from '../../csi/spec.ts';
import { Errno } from '../../linux/errno.ts';
import { callGrpc, GrpcError } from '../../linux/grpc.ts';
import type { Process } from '../../linux/syscalls.ts';
import { errnoText } from '../host-files.ts';

/** A driver that has registered. */
export interface Driver {
  readonly name: string;
  /** Path of its socket. */
  readonly endpoint: string;
  /** Its NodeGetCapabilities. */
  readonly can: readonly string[];
}

export interface Drivers {
  find(name: string): Driver | undefined;
}

/** As long as the real kubelet waits for a driver. */
const CALL_MS = 120_000;

export function noSuchDriver(name: string): string {
  return `driver name ${name} not found in the list of registered CSI drivers`;
}

/** A call to the node's part of a driver. @throws GrpcError */
export function* callDriver<M extends keyof (typeof NODE)['methods']>(
  root: Process,
  { endpoint }: Driver,
  method: M,
  request: Parameters<typeof callGrpc<typeof NODE, M>>[4],
) {
  try {
    return yield* callGrpc(root, `unix:${endpoint}`, NODE, method, request, { caller: 'kubelet', timeoutMs: CALL_MS });
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    const dialled = `dial unix ${endpoint}: connect: ${errnoText(error)}`;
    throw new GrpcError('Unavailable', `connection error: desc = "transport: Error while dialing: ${dialled}"`);
  }
}
