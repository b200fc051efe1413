import type { ContainerStatus as ApiContainerStatus, Container, ContainerState, Pod } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ContainerStatus } from '../../containerd/cri.ts';
import { isRestartable } from '../pod-format.ts';
import { restartsAfterExit, shouldStart } from '../restart-policy.ts';
import type { PodRuntimeStatus } from '../runtime-cache.ts';
import type { WaitingReason } from '../waiting-reasons.ts';

/** What the kubelet knows of a Pod beside what the runtime tells. */
export interface ContainerFacts {
  readonly pod: Pod;
  readonly runtime: PodRuntimeStatus;
  waiting(container: string): WaitingReason | undefined;
  ready(container: Container, latest: ContainerStatus): boolean;
  started(container: Container, latest: ContainerStatus): boolean;
  terminationMessage(container: Container, status: ContainerStatus): string;
  /** Set once the Pod is to end: nothing waits for a start any more. */
  readonly terminating: boolean;
}

/**
 * `status.containerStatuses` (in the order of their names) or `status.initContainerStatuses` (in the order in which
 * they run). After `pkg/kubelet/kubelet_pods.go` (`convertToAPIContainerStatuses`).
 */
export function containerStatuses(
  facts: ContainerFacts,
  containers: readonly Container[],
  init: boolean,
): ApiContainerStatus[] {
  const statuses = containers.map((container) => containerStatus(facts, container, init));
  if (!init && statuses.length > 1) statuses.sort((a, b) => (a.name < b.name ? -1 : 1));
  return statuses;
}

/** `status.ephemeralContainerStatuses`: they are started once, and nothing probes them. */
export function ephemeralContainerStatuses(
  facts: ContainerFacts,
  containers: readonly Container[],
): ApiContainerStatus[] {
  return containers.map((container) => {
    const [latest] = facts.runtime.containers.get(container.name) ?? [];
    const { started: _, ...status } =
      latest === undefined
        ? neverCreated(facts, container, 'ephemeralContainerStatuses')
        : createdStatus(facts, container, latest);
    return status;
  });
}

function createdStatus(facts: ContainerFacts, container: Container, latest: ContainerStatus): ApiContainerStatus {
  return {
    name: container.name,
    state: stateOf(facts, container, latest),
    lastState: {},
    ready: false,
    restartCount: 0,
    image: latest.image,
    imageID: latest.imageRef,
    containerID: `containerd://${latest.id}`,
    resources: {},
    ...mountFields(container),
    ...userField(latest),
  };
}

function containerStatus(facts: ContainerFacts, container: Container, init: boolean): ApiContainerStatus {
  const [latest, previous] = facts.runtime.containers.get(container.name) ?? [];
  if (latest === undefined) return neverCreated(facts, container, init ? 'initContainerStatuses' : 'containerStatuses');
  const state = stateOf(facts, container, latest);
  const reason = startsAgain(facts, container, latest, init) ? facts.waiting(container.name) : undefined;
  const waits = reason !== undefined && latest.state !== 'CONTAINER_RUNNING';
  const running = state.running !== undefined;
  const plainInit = init && !isRestartable(container);
  const ready = plainInit ? state.terminated?.exitCode === 0 && !waits : running && facts.ready(container, latest);
  return {
    name: container.name,
    state: waits ? { waiting: { reason: reason.reason, message: reason.message } } : state,
    lastState: waits ? lastStateOf(state) : previous === undefined ? {} : stateOf(facts, container, previous),
    ready,
    restartCount: latest.metadata.attempt,
    image: latest.image,
    imageID: latest.imageRef,
    containerID: `containerd://${latest.id}`,
    started: plainInit ? running : running && facts.started(container, latest),
    ...resourceFields(container),
    ...mountFields(container),
    ...userField(latest),
  };
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#read-only-mounts */
function mountFields({ volumeMounts = [] }: Container): Pick<ApiContainerStatus, 'volumeMounts'> {
  if (volumeMounts.length === 0) return {};
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly, recursiveReadOnly = 'Disabled' }) => {
      if (readOnly !== true) return { mountPath, name };
      return {
        mountPath,
        name,
        readOnly,
        recursiveReadOnly: recursiveReadOnly === 'Disabled' ? 'Disabled' : 'Enabled',
      };
    }),
  };
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#supplementalgroupspolicy */
function userField({ user }: ContainerStatus): Pick<ApiContainerStatus, 'user'> {
  if (user === undefined) return {};
  const { uid, gid, groups } = user;
  return { user: { linux: { gid, supplementalGroups: [...groups], uid } } };
}

function resourceFields(container: Container): Pick<ApiContainerStatus, 'resources' | 'allocatedResources'> {
  const { resources } = container;
  if (resources?.requests === undefined && resources?.limits === undefined) return { resources: {} };
  const { requests, limits } = resources;
  return {
    ...(requests === undefined ? {} : { allocatedResources: requests }),
    resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) },
  };
}

type StatusList = 'initContainerStatuses' | 'containerStatuses' | 'ephemeralContainerStatuses';

function neverCreated(facts: ContainerFacts, container: Container, list: StatusList): ApiContainerStatus {
  const { pod } = facts;
  const reason = facts.waiting(container.name);
  const known = pod.status?.[list]?.find(({ name }) => name === container.name);
  // What the runtime has forgotten since is still true.
  if (known?.state?.terminated !== undefined) return known;
  const initializes = list !== 'ephemeralContainerStatuses' && (pod.spec.initContainers ?? []).length > 0;
  const waiting =
    reason === undefined
      ? { reason: initializes ? 'PodInitializing' : 'ContainerCreating' }
      : { reason: reason.reason, message: reason.message };
  return {
    name: container.name,
    state: { waiting },
    lastState: known?.lastState ?? {},
    ready: false,
    restartCount: known?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...mountFields(container),
  };
}

function startsAgain(facts: ContainerFacts, container: Container, latest: ContainerStatus, init: boolean): boolean {
  if (facts.terminating) return false;
  const { spec } = facts.pod;
  if (!init) return shouldStart(container, spec, latest);
  if (isRestartable(container)) return latest.state !== 'CONTAINER_RUNNING';
  return latest.state === 'CONTAINER_EXITED'
    ? latest.exitCode !== 0 && restartsAfterExit(container, spec, latest.exitCode)
    : true;
}

function lastStateOf(state: ContainerState): ContainerState {
  return state.terminated === undefined ? {} : { terminated: state.terminated };
}

function stateOf(facts: ContainerFacts, container: Container, status: ContainerStatus): ContainerState {
  switch (status.state) {
    case 'CONTAINER_RUNNING':
      return { running: { startedAt: timestamp(status.startedAtMs) } };
    case 'CONTAINER_EXITED':
      return { terminated: terminatedState(facts, container, status) };
    default:
      return { waiting: { reason: 'ContainerCreating' } };
  }
}

function terminatedState(facts: ContainerFacts, container: Container, status: ContainerStatus) {
  const message = facts.terminationMessage(container, status);
  return {
    containerID: `containerd://${status.id}`,
    exitCode: status.exitCode,
    finishedAt: timestamp(status.finishedAtMs),
    ...(message === '' ? {} : { message }),
    reason: status.reason,
    startedAt: status.startedAtMs === 0 ? '1970-01-01T00:00:00Z' : timestamp(status.startedAtMs),
  };
}
