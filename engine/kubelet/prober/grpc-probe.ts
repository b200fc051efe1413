import { Errno } from '../../linux/errno.ts';
import { callGrpc, GrpcError, HEALTH } from '../../linux/grpc.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { formatSeconds } from '../pod-format.ts';
import type { ProbeOutcome } from './http-probe.ts';

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
  const target = `${address}:${port}`;
  for (;;) {
    const left = deadline - root.now();
    if (left <= 0) {
      const text = `timeout: failed to connect service "${target}" within ${formatSeconds(timeoutMs)}: context deadline exceeded`;
      return failure(text);
    }
    try {
      const options = { timeoutMs: left, caller: 'kubelet' };
      const { status } = yield* callGrpc(root, target, HEALTH, 'Check', { service }, options);
      if (status === 'SERVING') return { result: 'success', output: 'service healthy' };
      return failure(`service unhealthy (responded with "${status}")`);
    } catch (error) {
      if (error instanceof GrpcError) return failure(callFailure(error, timeoutMs));
      if (!(error instanceof Errno)) throw error;
      yield* root.sleep(Math.min(RETRY_MS, Math.max(1, deadline - root.now())));
    }
  }
}

const RETRY_MS = 1000;

function callFailure(error: GrpcError, timeoutMs: number): string {
  if (error.code === 'DeadlineExceeded') {
    return `timeout: health rpc did not complete within ${formatSeconds(timeoutMs)}`;
  }
  return error.code === 'Unimplemented'
    ? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.message}`
    : `error: health rpc probe failed: ${error.description}`;
}

function failure(output: string): ProbeOutcome {
  return { result: 'failure', output };
}
