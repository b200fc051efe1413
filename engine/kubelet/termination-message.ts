import type { Container, Pod } from '../api/kinds.ts';
import { type ContainerStatus, CriError, type RuntimeService } from '../containerd/cri.ts';
import { Errno } from '../linux/errno.ts';
import { concatBytes, decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { terminationLog } from './container-config.ts';

const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_BYTES = 2048;
const MAX_LOG_LINES = 80;

/**
 * What a container left behind when it ended.
 * https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export function terminationMessage(
  root: Process | undefined,
  runtime: RuntimeService,
  pod: Pod,
  container: Container,
  status: ContainerStatus,
): string {
  if (root === undefined || status.startedAtMs === 0) return status.message;
  const written = readFile(root, terminationLog(pod, container.name, status.metadata.attempt));
  if (written !== '') return written;
  const useLog = container.terminationMessagePolicy === 'FallbackToLogsOnError' && status.exitCode !== 0;
  return useLog ? logTail(runtime, status.id) : status.message;
}

function readFile(root: Process, path: string): string {
  try {
    return decode(root.readFile(path).subarray(0, MAX_MESSAGE_BYTES));
  } catch (error) {
    if (error instanceof Errno) return '';
    throw error;
  }
}

function logTail(runtime: RuntimeService, id: string): string {
  const chunks: Uint8Array[] = [];
  try {
    runtime.containerLog(id, { tailLines: MAX_LOG_LINES })({ write: (chunk) => chunks.push(chunk), end: () => {} });
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
  }
  return chunks.length === 0 ? '' : decode(concatBytes(chunks).slice(-MAX_LOG_BYTES));
}
