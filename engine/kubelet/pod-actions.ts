import type { Container, Pod } from '../api/kinds.ts';
import type { ContainerStatus, PodSandboxStatus } from '../containerd/cri.ts';
import { ephemeralContainers, isHostNetwork, isRestartable } from './pod-format.ts';
import { restartsAfterExit, shouldStart } from './restart-policy.ts';
import { latestStatus, type PodRuntimeStatus } from './runtime-cache.ts';

export type KillReason = 'startup probe' | 'liveness probe' | 'other';

interface ContainerToKill {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly reason: KillReason;
}

/** What has to be done so that a Pod runs as it should. */
export interface PodActions {
  /** Stop everything that runs, and the sandbox. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** The sandbox there is. */
  readonly sandboxId: string | undefined;
  /** The attempt of the sandbox to create, or of the one there is. */
  readonly attempt: number;
  /** Each is started once, and never again. */
  readonly ephemeralContainersToStart: readonly Container[];
  readonly initContainersToStart: readonly Container[];
  readonly containersToStart: readonly Container[];
  readonly containersToKill: readonly ContainerToKill[];
}

/** What the probes say about running containers, by container id; undefined where there is no such probe or result yet. */
export interface ProbeResults {
  liveness(containerId: string): boolean | undefined;
  startup(containerId: string): boolean | undefined;
}

/**
 * Compares what should run with what does. Pure: the whole decision of the kubelet's sync loop is here.
 * After `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`computePodActions`).
 */
export function computePodActions(pod: Pod, status: PodRuntimeStatus, probes: ProbeResults): PodActions {
  const sandbox = judgeSandbox(pod, status.sandboxes);
  if (sandbox.changed) return actionsForNewSandbox(pod, status, sandbox);
  const base = {
    killPod: false,
    createSandbox: false,
    sandboxId: sandbox.id,
    attempt: sandbox.attempt,
    ephemeralContainersToStart: ephemeralContainers(pod.spec).filter(({ name }) => !status.containers.has(name)),
    initContainersToStart: [],
    containersToStart: [],
    containersToKill: [],
  };
  const init = judgeInitContainers(pod, status, sandbox.id ?? '', probes);
  if (init.failed) return { ...base, killPod: true, ephemeralContainersToStart: [] };
  if (!init.done) return { ...base, initContainersToStart: init.start, containersToKill: init.kill };
  const regular = judgeContainers(pod, status, probes);
  if (regular.kept === 0 && regular.start.length === 0) {
    // Nothing is left to run: sidecars must not keep the Pod alive.
    return { ...base, killPod: true, ephemeralContainersToStart: [], containersToKill: regular.kill };
  }
  return {
    ...base,
    initContainersToStart: init.start,
    containersToStart: regular.start,
    containersToKill: [...init.kill, ...regular.kill],
  };
}

interface SandboxJudgement {
  readonly changed: boolean;
  readonly attempt: number;
  readonly id: string | undefined;
}

/** Whether the Pod needs another sandbox than the one it has. After `kuberuntime/util/util.go` (`PodSandboxChanged`). */
export function judgeSandbox(pod: Pod, sandboxes: readonly PodSandboxStatus[]): SandboxJudgement {
  const [newest] = sandboxes;
  if (newest === undefined) return { changed: true, attempt: 0, id: undefined };
  const ready = sandboxes.filter(({ state }) => state === 'SANDBOX_READY').length;
  const unusable =
    ready > 1 ||
    newest.state !== 'SANDBOX_READY' ||
    (!isHostNetwork(pod) && (newest.ip === undefined || newest.ip === ''));
  const attempt = newest.metadata.attempt + (unusable ? 1 : 0);
  return { changed: unusable, attempt, id: newest.id };
}

function actionsForNewSandbox(pod: Pod, status: PodRuntimeStatus, sandbox: SandboxJudgement): PodActions {
  const { spec } = pod;
  const { id: sandboxId, attempt } = sandbox;
  const none = { killPod: true, sandboxId, attempt, containersToKill: [], ephemeralContainersToStart: [] };
  const nothingToStart = { ...none, createSandbox: false, initContainersToStart: [], containersToStart: [] };
  const everRan = status.containers.size > 0;
  if (spec.restartPolicy === 'Never' && attempt !== 0 && everRan) return nothingToStart;
  const containersToStart = spec.containers.filter((container) => {
    const latest = latestStatus(status, container.name);
    return latest?.state !== 'CONTAINER_EXITED' || restartsAfterExit(container, spec, latest.exitCode);
  });
  if (containersToStart.length === 0) return nothingToStart;
  const [firstInit] = spec.initContainers ?? [];
  return {
    ...none,
    createSandbox: true,
    initContainersToStart: firstInit === undefined ? [] : [firstInit],
    containersToStart: firstInit === undefined ? containersToStart : [],
  };
}

interface InitJudgement {
  readonly done: boolean;
  readonly failed: boolean;
  readonly start: readonly Container[];
  readonly kill: readonly ContainerToKill[];
}

/**
 * Init containers run one after the other, each in the present sandbox; a sidecar counts as done once it has started,
 * and is started again for as long as the Pod runs.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
function judgeInitContainers(
  pod: Pod,
  status: PodRuntimeStatus,
  sandboxId: string,
  probes: ProbeResults,
): InitJudgement {
  const start: Container[] = [];
  const kill: ContainerToKill[] = [];
  const inSandbox = (name: string): ContainerStatus | undefined => {
    const latest = latestStatus(status, name);
    return latest?.podSandboxId === sandboxId ? latest : undefined;
  };
  const initialized = pod.spec.containers.some(({ name }) => inSandbox(name) !== undefined);
  for (const container of pod.spec.initContainers ?? []) {
    const latest = inSandbox(container.name);
    if (!isRestartable(container)) {
      if (initialized || (latest?.state === 'CONTAINER_EXITED' && latest.exitCode === 0)) continue;
      if (latest?.state === 'CONTAINER_RUNNING') return { done: false, failed: false, start, kill };
      if (latest?.state === 'CONTAINER_EXITED' && !restartsAfterExit(container, pod.spec, latest.exitCode)) {
        return { done: false, failed: true, start, kill };
      }
      return { done: false, failed: false, start: [...start, container], kill };
    }
    if (latest?.state !== 'CONTAINER_RUNNING') {
      start.push(container);
    } else {
      const unwell = failedProbe(container, latest, probes);
      if (unwell !== undefined) {
        kill.push(unwell);
        start.push(container);
      } else if (container.startupProbe === undefined || probes.startup(latest.id) === true) {
        continue;
      }
    }
    if (!initialized) return { done: false, failed: false, start, kill };
  }
  return { done: true, failed: false, start, kill };
}

/** What a container that did not listen to TERM ends with. */
const KILLED_EXIT_CODE = 137;

function judgeContainers(pod: Pod, status: PodRuntimeStatus, probes: ProbeResults) {
  const start: Container[] = [];
  const kill: ContainerToKill[] = [];
  let kept = 0;
  for (const container of pod.spec.containers) {
    const latest = latestStatus(status, container.name);
    if (latest?.state !== 'CONTAINER_RUNNING') {
      if (shouldStart(container, pod.spec, latest)) start.push(container);
      continue;
    }
    const changed = latest.annotations['io.kubernetes.container.hash'] !== containerHash(container);
    const unwell = changed
      ? {
          id: latest.id,
          name: container.name,
          message: `Container ${container.name} definition changed`,
          reason: 'other' as const,
        }
      : failedProbe(container, latest, probes);
    if (unwell === undefined) {
      kept += 1;
      continue;
    }
    const restart = changed || restartsAfterExit(container, pod.spec, KILLED_EXIT_CODE);
    if (restart) start.push(container);
    kill.push(restart ? { ...unwell, message: `${unwell.message}, will be restarted` } : unwell);
  }
  return { start, kill, kept };
}

function failedProbe(
  container: Container,
  running: ContainerStatus,
  probes: ProbeResults,
): ContainerToKill | undefined {
  const { name } = container;
  if (probes.liveness(running.id) === false) {
    return { id: running.id, name, message: `Container ${name} failed liveness probe`, reason: 'liveness probe' };
  }
  if (probes.startup(running.id) === false) {
    return { id: running.id, name, message: `Container ${name} failed startup probe`, reason: 'startup probe' };
  }
  return undefined;
}

/** Changes when the container has to be replaced: its image is all of it that may change. */
export function containerHash(container: Container): string {
  return `${container.name}@${container.image ?? ''}`;
}
