import { Errno } from '../../linux/errno.ts';
import { checkRequest, GrpcError, grpcCall, readCheckResponse } from '../../linux/grpc.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { formatSeconds } from '../pod-format.ts';
import type { ProbeOutcome } from './http-probe.ts';

const UNIMPLEMENTED = 12;

/**
 * Asks a server's health service. A connection that is refused is tried again until the time is over.
 * After `pkg/probe/grpc/grpc.go`.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe
 *
 * @param address an IPv4 address
 */
export function* probeGrpc(
  root: Process,
  address: string,
  port: number,
  service: string,
  timeoutMs: number,
): Task<ProbeOutcome> {
  const deadline = root.now() + timeoutMs;
  const method = '/grpc.health.v1.Health/Check';
  for (;;) {
    const left = deadline - root.now();
    if (left <= 0) {
      const text = `timeout: failed to connect service "${address}:${port}" within ${formatSeconds(timeoutMs)}: context deadline exceeded`;
      return failure(text);
    }
    try {
      const message = checkRequest(service);
      const answer = readCheckResponse(
        yield* grpcCall(root, { host: address, port, method, message, timeoutMs: left }),
      );
      if (answer === 'SERVING') return { result: 'success', output: 'service healthy' };
      return failure(`service unhealthy (responded with "${answer}")`);
    } catch (error) {
      if (error instanceof GrpcError) return failure(callFailure(error));
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'ETIMEDOUT' && root.now() >= deadline) {
        return failure(`timeout: health rpc did not complete within ${formatSeconds(timeoutMs)}`);
      }
      yield* root.sleep(Math.min(RETRY_MS, Math.max(1, deadline - root.now())));
    }
  }
}

const RETRY_MS = 1000;

function callFailure({ code, message }: GrpcError): string {
  return code === UNIMPLEMENTED
    ? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`
    : `error: health rpc probe failed: rpc error: code = ${code} desc = ${message}`;
}

function failure(output: string): ProbeOutcome {
  return { result: 'failure', output };
}
