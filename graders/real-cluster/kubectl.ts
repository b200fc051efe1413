import { spawnSync } from 'node:child_process';

/** What came of a call. */
export interface KubectlOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster cannot be reached or kubectl is not there; the message says which. */
export class RealClusterError extends Error {
  override readonly name = 'RealClusterError';
}

/** Longest that one call may take. */
const LIMIT_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The kubectl of whoever grades: what DRYDOCK_KUBECTL names, else the one on the path. */
export const KUBECTL = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';

/** Calls kubectl with this kubeconfig. Throws RealClusterError when it cannot be started. */
export function callKubectl(kubeconfig: string, argv: readonly string[], input?: string): KubectlOutcome {
  const { status, stdout, stderr, error } = spawnSync(KUBECTL, ['--kubeconfig', kubeconfig, ...argv], {
    encoding: 'utf8',
    input,
    timeout: LIMIT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (error !== undefined && status === null) throw new RealClusterError(`${KUBECTL} cannot be run: ${error.message}`);
  return { exitCode: status ?? 1, stdout, stderr };
}
