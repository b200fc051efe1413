import type { Container, Pod, Probe } from '../../api/kinds.ts';
import { CriError } from '../../containerd/cri.ts';
import { Errno } from '../../linux/errno.ts';
import { concatBytes, decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { errnoText } from '../host-files.ts';
import { grpcMessage } from '../images.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import { probeGrpc } from './grpc-probe.ts';
import { hostAddress, httpTarget, type ProbeOutcome, portNumber, probeHttp } from './http-probe.ts';

/** The probe itself could not be made: counts neither as success nor as failure. */
export interface ProbeError {
  readonly result: 'error';
  readonly output: string;
}

/** As much of a command's output as an event shows. */
const MAX_OUTPUT_BYTES = 10 * 1024;

export interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

/**
 * Probes once.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/, after `pkg/kubelet/prober/prober.go`
 */
export function* runProbe(context: KubeletContext, target: ProbeTarget, probe: Probe): Task<ProbeOutcome | ProbeError> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec !== undefined) return yield* probeExec(context, target, probe.exec.command ?? [], timeoutMs / 1000);
  const { root } = context;
  if (root === undefined) return { result: 'success', output: '' };
  if (probe.httpGet !== undefined) {
    const http = httpTarget(target.container, probe.httpGet, target.podIp);
    if (http.port === undefined) return { result: 'error', output: `couldn't find port: ${probe.httpGet.port}` };
    return yield* probeHttp(root, http, timeoutMs);
  }
  if (probe.tcpSocket !== undefined) {
    const port = portNumber(target.container, probe.tcpSocket.port as string | number);
    if (port === undefined) return { result: 'error', output: `couldn't find port: ${probe.tcpSocket.port}` };
    return yield* probeTcp(root, probe.tcpSocket.host || target.podIp, port, timeoutMs);
  }
  if (probe.grpc !== undefined) {
    const { port, service = '' } = probe.grpc;
    return yield* probeGrpc(root, target.podIp, port, service, timeoutMs);
  }
  return { result: 'error', output: 'missing probe handler' };
}

function* probeExec(
  { runtime }: KubeletContext,
  { containerId }: ProbeTarget,
  command: readonly string[],
  timeoutSeconds: number,
): Task<ProbeOutcome | ProbeError> {
  try {
    const { stdout, stderr, exitCode } = yield* runtime.execSync(containerId, command, timeoutSeconds);
    const output = decode(concatBytes([stdout, stderr]).subarray(0, MAX_OUTPUT_BYTES));
    return { result: exitCode === 0 ? 'success' : 'failure', output };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    if (error.code === 'DeadlineExceeded') {
      return {
        result: 'failure',
        output: `command timed out: "${command.join(' ')}" timed out after ${timeoutSeconds}s`,
      };
    }
    return { result: 'error', output: grpcMessage(error) };
  }
}

function* probeTcp(root: Process, host: string, port: number, timeoutMs: number): Task<ProbeOutcome> {
  const address = hostAddress(host);
  if (address === undefined) return { result: 'failure', output: `dial tcp: lookup ${host}: no such host` };
  try {
    root.close(yield* root.connect(address, port, timeoutMs));
    return { result: 'success', output: '' };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const cause = error.code === 'ETIMEDOUT' ? 'i/o timeout' : `connect: ${errnoText(error)}`;
    return { result: 'failure', output: `dial tcp ${host}:${port}: ${cause}` };
  }
}
