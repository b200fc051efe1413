import type { ContainerStatus, Pod } from '../../api/kinds.ts';
import { isRestartable } from '../pod-format.ts';
import { restartsAfterExit } from '../restart-policy.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

interface Counts {
  running: number;
  waiting: number;
  stopped: number;
  /** Of the stopped ones. */
  restarting: number;
  succeeded: number;
  unknown: number;
}

/**
 * The one word for where a Pod is in its life.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase, after `pkg/kubelet/kubelet_pods.go` (`getPhase`)
 *
 * @param terminal the Pod has been told to end and all of it has
 */
export function podPhase(
  pod: Pod,
  initStatuses: readonly ContainerStatus[],
  statuses: readonly ContainerStatus[],
  terminal: boolean,
): PodPhase {
  const init = initProgress(pod, initStatuses);
  if (init === 'failed') return 'Failed';
  const counts = count(pod, statuses);
  const everStarted = counts.running > 0 || counts.stopped > 0;
  if (init === 'pending' && !everStarted) return terminal ? 'Failed' : 'Pending';
  if (counts.waiting > 0 && !terminal) return 'Pending';
  if (counts.running > 0 && counts.unknown === 0) return 'Running';
  if (counts.stopped > 0 && counts.unknown === 0) {
    const allSucceeded = counts.stopped === counts.succeeded;
    if (terminal) return allSucceeded ? 'Succeeded' : 'Failed';
    if (counts.restarting > 0) return 'Running';
    return allSucceeded ? 'Succeeded' : 'Failed';
  }
  return terminal ? 'Failed' : 'Pending';
}

function initProgress(pod: Pod, statuses: readonly ContainerStatus[]): 'done' | 'pending' | 'failed' {
  let progress: 'done' | 'pending' = 'done';
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.find(({ name }) => name === container.name);
    const ended = status?.state?.terminated ?? (status?.state?.waiting ? status.lastState?.terminated : undefined);
    if (isRestartable(container)) {
      if (status?.started !== true) progress = 'pending';
    } else if (ended === undefined) {
      progress = 'pending';
    } else if (ended.exitCode !== 0) {
      if (!restartsAfterExit(container, pod.spec, ended.exitCode)) return 'failed';
      progress = 'pending';
    }
  }
  return progress;
}

function count(pod: Pod, statuses: readonly ContainerStatus[]): Counts {
  const counts: Counts = { running: 0, waiting: 0, stopped: 0, restarting: 0, succeeded: 0, unknown: 0 };
  for (const container of pod.spec.containers) {
    const status = statuses.find(({ name }) => name === container.name);
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    const restarts = ended !== undefined && restartsAfterExit(container, pod.spec, ended.exitCode);
    if (restarts && status?.state?.running === undefined) counts.restarting += 1;
    if (status?.state?.running !== undefined) {
      counts.running += 1;
    } else if (status?.state?.terminated !== undefined) {
      counts.stopped += 1;
      if (status.state.terminated.exitCode === 0) counts.succeeded += 1;
    } else if (status?.state?.waiting !== undefined) {
      if (status.lastState?.terminated !== undefined) counts.stopped += 1;
      else counts.waiting += 1;
    } else {
      counts.unknown += 1;
    }
  }
  return counts;
}
