import type { PrinterColumn } from '../descriptor.ts';
import { ageSince } from '../duration.ts';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../kinds.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../printer-columns.ts';

// After kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod.

/** What the Ready, Status and Restarts columns show. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  /** `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, … */
  readonly status: string;
  readonly restarts: number;
  /** RFC 3339: when the last restarted container had ended. */
  readonly lastRestart?: string;
}

interface Count {
  restarts: number;
  last: string | undefined;
}

export function summarizePod(pod: Pod): PodSummary {
  const status: PodStatus = pod.status ?? {};
  const sidecars = sidecarNames(pod);
  const init = summarizeInitContainers(pod, status, sidecars);
  let { phrase, ready, count } = init;
  if (init.done || conditionIsTrue(status, 'Initialized')) {
    count = init.sidecarCount;
    const main = summarizeContainers(status, phrase, count);
    phrase = main.phrase;
    ready += main.ready;
  }
  return {
    ready,
    total: (pod.spec?.containers?.length ?? 0) + sidecars.size,
    status: deletionPhrase(pod, status) ?? phrase,
    restarts: count.restarts,
    ...(count.last === undefined ? {} : { lastRestart: count.last }),
  };
}

/** Names of init containers that keep running: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
function sidecarNames(pod: Pod): ReadonlySet<string> {
  const init = pod.spec?.initContainers;
  if (init === undefined || init.length === 0) return NO_NAMES;
  return new Set(init.filter((container) => container.restartPolicy === 'Always').map((container) => container.name));
}

const NO_NAMES: ReadonlySet<string> = new Set();

function conditionIsTrue(status: PodStatus, type: string): boolean {
  return status.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

function podPhrase(status: PodStatus): string {
  const gated = status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated') === true;
  if (gated) return 'SchedulingGated';
  return status.reason !== undefined && status.reason !== '' ? status.reason : (status.phase ?? '');
}

function addRestarts(count: Count, container: ContainerStatus): void {
  count.restarts += container.restartCount;
  const ended = container.lastState?.terminated?.finishedAt;
  if (ended != null && (count.last === undefined || Date.parse(count.last) < Date.parse(ended))) count.last = ended;
}

function summarizeInitContainers(pod: Pod, status: PodStatus, sidecars: ReadonlySet<string>) {
  const count: Count = { restarts: 0, last: undefined };
  const sidecarCount: Count = { restarts: 0, last: undefined };
  const statuses = status.initContainerStatuses ?? [];
  let ready = 0;
  for (let index = 0; index < statuses.length; index++) {
    const container = statuses[index]!;
    const sidecar = sidecars.has(container.name);
    addRestarts(count, container);
    if (sidecar) addRestarts(sidecarCount, container);
    const state = container.state ?? {};
    if (state.terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    const phrase = initPhrase(state, index, pod.spec.initContainers?.length ?? 0);
    return { phrase, ready, count, sidecarCount, done: false };
  }
  return { phrase: podPhrase(status), ready, count, sidecarCount, done: true };
}

function initPhrase({ terminated, waiting }: ContainerState, index: number, total: number): string {
  if (terminated !== undefined) return `Init:${endPhrase(terminated)}`;
  const reason = waiting?.reason ?? '';
  return reason !== '' && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${total}`;
}

function endPhrase(end: NonNullable<ContainerState['terminated']>): string {
  if (end.reason !== undefined && end.reason !== '') return end.reason;
  return end.signal !== undefined && end.signal !== 0 ? `Signal:${end.signal}` : `ExitCode:${end.exitCode}`;
}

/** The first container that has something to say wins, hence from the last to the first. */
function summarizeContainers(status: PodStatus, before: string, count: Count): { phrase: string; ready: number } {
  const statuses = status.containerStatuses ?? [];
  let phrase = before;
  let ready = 0;
  for (let index = statuses.length - 1; index >= 0; index--) {
    const container = statuses[index]!;
    addRestarts(count, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== '') phrase = waiting.reason;
    else if (terminated !== undefined) phrase = endPhrase(terminated);
    else if (container.ready && running !== undefined) ready++;
  }
  if (phrase === 'Completed' && ready > 0) phrase = conditionIsTrue(status, 'Ready') ? 'Running' : 'NotReady';
  return { phrase, ready };
}

function deletionPhrase(pod: Pod, status: PodStatus): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating';
}

function restartsCell(pod: Pod, nowMs: number): string {
  const { restarts, lastRestart } = summarizePod(pod);
  return restarts === 0 || lastRestart === undefined
    ? `${restarts}`
    : `${restarts} (${ageSince(lastRestart, nowMs)} ago)`;
}

function readinessGatesCell(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const met = gates.filter((gate) => conditionIsTrue(pod.status ?? {}, gate.conditionType));
  return `${met.length}/${gates.length}`;
}

function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

export const POD_COLUMNS: readonly PrinterColumn<Pod>[] = [
  nameColumn,
  column('Ready', 'The aggregate readiness state of this pod for accepting traffic.', (pod) => {
    const { ready, total } = summarizePod(pod);
    return `${ready}/${total}`;
  }),
  column('Status', 'The aggregate status of the containers in this pod.', (pod) => summarizePod(pod).status),
  column(
    'Restarts',
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    restartsCell,
  ),
  ageColumn,
  wideColumn(
    'IP',
    'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    (pod) => orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
  ),
  wideColumn(
    'Node',
    'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
    (pod) => orNone(pod.spec?.nodeName),
  ),
  wideColumn(
    'Nominated Node',
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
    (pod) => orNone(pod.status?.nominatedNodeName),
  ),
  wideColumn(
    'Readiness Gates',
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
    readinessGatesCell,
  ),
];
