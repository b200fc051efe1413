import { qosClass } from '../../api/core/qos-class.ts';
import type { PodStatus } from '../../api/kinds.ts';
import { judgeSandbox } from '../pod-actions.ts';
import { ephemeralContainers, isHostNetwork } from '../pod-format.ts';
import { type Judgement, mergeConditions, podConditions, RESIZE_PENDING } from './conditions.ts';
import { type ContainerFacts, containerStatuses, ephemeralContainerStatuses } from './container-statuses.ts';
import { podPhase } from './phase.ts';

/** Everything that a Pod's status is made from. */
export interface StatusFacts extends ContainerFacts {
  /** RFC 3339, now. */
  readonly now: string;
  readonly hostIp: string;
  /** The status written last: its times are kept where nothing changed. */
  readonly previous: PodStatus;
  /** All containers have ended and none is started again, because the Pod was told to end. */
  readonly terminal: boolean;
  /** Overrides phase, reason and message: an eviction, a missed deadline. */
  readonly verdict?: Pick<PodStatus, 'phase' | 'reason' | 'message'>;
  /** Why the Pod does not have the resources that it wants. */
  readonly pendingResize?: Judgement;
  /** Why the node ends the Pod before its time. */
  readonly disruption?: string;
  /** The Pod was not admitted: none of its containers was ever to run here. */
  readonly rejected: boolean;
}

/** The status of a Pod as the kubelet sees it. After `pkg/kubelet/kubelet_pods.go` (`generateAPIPodStatus`). */
export function generateStatus(facts: StatusFacts): PodStatus {
  const { pod, previous, runtime, hostIp, now } = facts;
  if (facts.rejected || (terminalPhase(previous) !== undefined && previous.containerStatuses === undefined)) {
    return rejectedStatus(facts);
  }
  const initContainers = pod.spec.initContainers ?? [];
  const initStatuses = containerStatuses(facts, initContainers, true);
  const statuses = containerStatuses(facts, pod.spec.containers, false);
  const ephemeral = ephemeralContainers(pod.spec);
  const decided =
    terminalPhase(previous) ?? facts.verdict?.phase ?? podPhase(pod, initStatuses, statuses, facts.terminal);
  // A Pod is not over as long as something of it may still run.
  const early =
    terminalPhase({ phase: decided }) !== undefined &&
    terminalPhase(previous) === undefined &&
    [...initStatuses, ...statuses].some(({ state }) => state?.running !== undefined);
  const phase = early ? (previous.phase ?? 'Pending') : decided;
  const sandboxReady = !judgeSandbox(pod, runtime.sandboxes).changed;
  const judgements = podConditions({ pod, phase: phase as 'Running', initStatuses, statuses, sandboxReady });
  if (facts.pendingResize !== undefined) judgements.unshift(facts.pendingResize);
  if (facts.disruption !== undefined) judgements.unshift(disruptionTarget(facts.disruption));
  const podIp = isHostNetwork(pod) ? hostIp : (runtime.sandboxes[0]?.ip ?? previous.podIP);
  const { generation } = pod.metadata;
  const status: PodStatus = {};
  if (generation !== undefined) status.observedGeneration = generation;
  Object.assign(status, early ? verdictOf(previous) : (facts.verdict ?? verdictOf(previous)));
  status.phase = phase;
  status.conditions = mergeConditions(lasting(previous.conditions), judgements, now, generation);
  status.hostIP = hostIp;
  status.hostIPs = [{ ip: hostIp }];
  if (podIp !== undefined) {
    status.podIP = podIp;
    status.podIPs = [{ ip: podIp }];
  }
  status.startTime = previous.startTime ?? now;
  if (initContainers.length > 0) status.initContainerStatuses = initStatuses;
  status.containerStatuses = statuses;
  if (ephemeral.length > 0) status.ephemeralContainerStatuses = ephemeralContainerStatuses(facts, ephemeral);
  status.qosClass = previous.qosClass ?? qosClass(pod.spec);
  return status;
}

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
function disruptionTarget(message: string): Judgement {
  return { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message };
}

/** A resize that is no longer pending leaves nothing behind. */
function lasting(conditions: PodStatus['conditions'] = []) {
  const isPending = ({ type }: Judgement): boolean => type === RESIZE_PENDING;
  return conditions.some(isPending) ? conditions.filter((condition) => !isPending(condition)) : conditions;
}

/** Of a Pod that was not admitted only the verdict is told. After `pkg/kubelet/kubelet.go` (`rejectPod`). */
function rejectedStatus({ pod, previous, now, verdict }: StatusFacts): PodStatus {
  const { generation } = pod.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase: 'Failed',
    ...(verdict ?? verdictOf(previous)),
    startTime: previous.startTime ?? now,
    qosClass: previous.qosClass ?? qosClass(pod.spec),
  };
}

/** A Pod that has ended never comes back to life. */
function terminalPhase({ phase }: PodStatus): PodStatus['phase'] {
  return phase === 'Succeeded' || phase === 'Failed' ? phase : undefined;
}

const NO_VERDICT: Pick<PodStatus, 'reason' | 'message'> = {};

function verdictOf({ reason, message }: PodStatus): Pick<PodStatus, 'reason' | 'message'> {
  if (reason === undefined && message === undefined) return NO_VERDICT;
  return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}
