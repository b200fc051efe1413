import type { Container, ContainerStatus, Pod, PodCondition } from '../../api/kinds.ts';
import { isRestartable } from '../pod-format.ts';
import type { PodPhase } from './phase.ts';

/** Is there only while it holds; like all conditions of this file it is the kubelet's own. */
export const RESIZE_PENDING = 'PodResizePending';

/** A condition without its times. */
export type Judgement = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

/** What the conditions are judged by. */
export interface ConditionFacts {
  readonly pod: Pod;
  readonly phase: PodPhase;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  /** Whether there is a sandbox with a network. */
  readonly sandboxReady: boolean;
}

/**
 * The conditions that the kubelet owns, in the order in which they are listed.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions, after `pkg/kubelet/status/generate.go`
 */
export function podConditions(facts: ConditionFacts): Judgement[] {
  const containersReady = judgeContainersReady(facts);
  return [
    { type: 'PodReadyToStartContainers', status: facts.sandboxReady ? 'True' : 'False' },
    judgeInitialized(facts),
    judgeReady(facts, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
}

function judgeInitialized({ pod, phase, initStatuses, statuses }: ConditionFacts): Judgement {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const anyStarted = statuses.some(
    ({ started, state, lastState }) => started || state?.terminated || lastState?.terminated,
  );
  if (anyStarted) return { type, status: 'True' };
  const incomplete = (pod.spec.initContainers ?? []).filter((container) => {
    const status = initStatuses.find(({ name }) => name === container.name);
    return !(isRestartable(container) ? status?.started === true : status?.ready === true);
  });
  if (incomplete.length === 0) return { type, status: 'True' };
  const message = `containers with incomplete status: ${names(incomplete)}`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}

function judgeContainersReady({ pod, phase, initStatuses, statuses }: ConditionFacts): Judgement {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const isUnready = ({ name }: Container): boolean => {
    const isNamed = (status: ContainerStatus): boolean => status.name === name;
    return (statuses.find(isNamed) ?? initStatuses.find(isNamed))?.ready !== true;
  };
  const sidecars = pod.spec.initContainers?.filter(isRestartable) ?? [];
  const unready = sidecars.concat(pod.spec.containers).filter(isUnready);
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: ${names(unready)}`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function judgeReady({ pod }: ConditionFacts, containersReady: Judgement): Judgement {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const missing: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (condition === undefined) {
      missing.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (condition.status !== 'True') {
      missing.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`);
    }
  }
  if (missing.length === 0) return { type: 'Ready', status: 'True' };
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

function names(containers: readonly { readonly name: string }[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`;
}

/**
 * The judgements as conditions: one whose status has not changed keeps its time. Conditions of other owners stay.
 */
export function mergeConditions(
  previous: readonly PodCondition[],
  judgements: readonly Judgement[],
  now: string,
  observedGeneration: number | undefined,
): PodCondition[] {
  const conditions = judgements.map(({ type, status, reason, message }) => {
    const before = previous.find((condition) => condition.type === type);
    const condition: PodCondition = { type, status };
    if (reason !== undefined) condition.reason = reason;
    if (message !== undefined) condition.message = message;
    if (observedGeneration !== undefined) condition.observedGeneration = observedGeneration;
    condition.lastProbeTime = null as unknown as string;
    condition.lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    return condition;
  });
  for (const condition of previous) {
    if (!judgements.some(({ type }) => type === condition.type)) conditions.push(condition);
  }
  return conditions;
}
