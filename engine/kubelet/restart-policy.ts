import type { Container, PodSpec } from '../api/kinds.ts';
import type { ContainerStatus } from '../containerd/cri.ts';

/**
 * Whether a container that has exited is to be started again: by its own rules and policy where it has them, else by
 * the Pod's. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function restartsAfterExit(container: Container, spec: PodSpec, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const listed = exitCodes?.values?.includes(exitCode) === true;
    if (exitCodes !== undefined && action === 'Restart' && listed === (exitCodes.operator === 'In')) return true;
  }
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Whether a regular container should be started, given its latest instance. */
export function shouldStart(container: Container, spec: PodSpec, latest: ContainerStatus | undefined): boolean {
  switch (latest?.state) {
    case 'CONTAINER_RUNNING':
      return false;
    case 'CONTAINER_EXITED':
      return restartsAfterExit(container, spec, latest.exitCode);
    default:
      return true;
  }
}
