import { isReady, readyCondition } from '../../api/core/ready.ts';
import type { Pod } from '../../api/kinds.ts';
import { milliValue } from '../../api/quantity.ts';
import { MetricsError } from './metrics-client.ts';
import type { PodMetric } from './pod-metrics.ts';

// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details, after
// pkg/controller/podautoscaler/replica_calculator.go.

/** `--horizontal-pod-autoscaler-cpu-initialization-period`: so long a Pod's start may distort its figures. */
const CPU_INITIALIZATION_MS = 5 * 60_000;
/** `--horizontal-pod-autoscaler-initial-readiness-delay` */
const INITIAL_READINESS_MS = 30_000;

/** What is aimed at: a share of the requests in percent, or a usage for each Pod in thousandths. */
export type Target = { readonly utilization: number } | { readonly averageMilli: number };

/** How far off the target may be without consequence, as a share: up and down. */
interface Tolerance {
  readonly up: number;
  readonly down: number;
}

export interface Question {
  /** Undefined for figures that are no resource's. */
  readonly resource: string | undefined;
  readonly container: string | undefined;
  readonly target: Target;
  readonly currentReplicas: number;
  readonly tolerance: Tolerance;
  readonly wallMs: number;
}

export interface Proposal {
  readonly replicas: number;
  /** In percent of the requests, of a target that is one. */
  readonly utilization?: number;
  readonly averageMilli: number;
}

/**
 * How many replicas bring the usage to its target. Pods that are not ready, or of which nothing is known, are taken for
 * what makes the least change: so the autoscaler is never rash.
 *
 * @throws MetricsError saying why there is no answer.
 */
export function proposeReplicas(
  question: Question,
  pods: readonly Pod[],
  metrics: ReadonlyMap<string, PodMetric>,
): Proposal {
  const { currentReplicas, target } = question;
  if (pods.length === 0) throw new MetricsError('no pods returned by selector while calculating replica count');
  const { ready, unready, missing } = sortPods(question, pods, metrics);
  if (ready.length === 0) throw new MetricsError('did not receive metrics for targeted pods (pods might be unready)');
  const requests = 'utilization' in target ? requestsOf(question, pods) : undefined;
  const usage = new Map(ready.map((pod) => [nameOf(pod), metrics.get(nameOf(pod))!.milli]));
  const first = ratioOf(target, usage, requests);
  const proposal = { utilization: first.utilization, averageMilli: first.averageMilli };
  const countUnready = unready.length > 0 && first.ratio > 1;
  if (!countUnready && missing.length === 0) {
    const replicas = isWithin(question, first.ratio) ? currentReplicas : Math.ceil(first.ratio * ready.length);
    return { ...proposal, replicas };
  }
  for (const pod of missing) {
    const assumed = assumedUsage(target, first.ratio, requests?.get(nameOf(pod)));
    if (assumed !== undefined) usage.set(nameOf(pod), assumed);
  }
  if (countUnready) for (const pod of unready) usage.set(nameOf(pod), 0);
  const { ratio } = ratioOf(target, usage, requests);
  const hasTurned = (first.ratio < 1 && ratio > 1) || (first.ratio > 1 && ratio < 1);
  if (isWithin(question, ratio) || hasTurned) return { ...proposal, replicas: currentReplicas };
  const replicas = Math.ceil(ratio * usage.size);
  const isBackwards = (ratio < 1 && replicas > currentReplicas) || (ratio > 1 && replicas < currentReplicas);
  return { ...proposal, replicas: isBackwards ? currentReplicas : replicas };
}

/** One figure for all Pods together, and what is aimed at: the figure itself, or a share of it for each Pod. In thousandths. */
export interface TotalQuestion {
  readonly totalMilli: number;
  readonly target: { readonly valueMilli: number } | { readonly averageMilli: number };
  /** As the target's `spec` has it. */
  readonly currentReplicas: number;
  /** As its `status` has it. */
  readonly observedReplicas: number;
  readonly tolerance: Tolerance;
}

/**
 * How many replicas bring a figure that does not come from the Pods one by one (the length of a queue) to its target.
 *
 * @returns besides, the figure to be told of: the whole, or the average, in thousandths.
 * @throws MetricsError saying why there is no answer.
 */
export function proposeByTotal(
  question: TotalQuestion,
  pods: readonly Pod[],
): { readonly replicas: number; readonly milli: number } {
  const { totalMilli, target, currentReplicas, observedReplicas } = question;
  if ('averageMilli' in target) {
    const isOnTarget =
      observedReplicas === 0
        ? totalMilli === 0
        : isWithin(question, totalMilli / (target.averageMilli * observedReplicas));
    return {
      replicas: isOnTarget ? observedReplicas : Math.ceil(totalMilli / target.averageMilli),
      milli: Math.ceil(totalMilli / Math.max(1, observedReplicas)),
    };
  }
  const ratio = totalMilli / target.valueMilli;
  if (currentReplicas === 0) return { replicas: Math.ceil(ratio), milli: totalMilli };
  if (isWithin(question, ratio)) return { replicas: currentReplicas, milli: totalMilli };
  if (pods.length === 0) {
    const why = 'no pods returned by selector while calculating replica count';
    throw new MetricsError(`unable to calculate ready pods: ${why}`);
  }
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod)).length;
  return { replicas: Math.ceil(ratio * ready), milli: totalMilli };
}

function nameOf({ metadata }: Pod): string {
  return metadata.name;
}

function isWithin({ tolerance }: { readonly tolerance: Tolerance }, ratio: number): boolean {
  return 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up;
}

/** Pods on their way out and failed ones count not at all. */
function sortPods(question: Question, pods: readonly Pod[], metrics: ReadonlyMap<string, PodMetric>) {
  const ready: Pod[] = [];
  const unready: Pod[] = [];
  const missing: Pod[] = [];
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') continue;
    const metric = metrics.get(nameOf(pod));
    if (pod.status?.phase === 'Pending') unready.push(pod);
    else if (metric === undefined) missing.push(pod);
    else if (question.resource === 'cpu' && isStarting(pod, metric, question.wallMs)) unready.push(pod);
    else ready.push(pod);
  }
  return { ready, unready, missing };
}

/** Whether a Pod's CPU usage is still that of its start. */
function isStarting(pod: Pod, { atMs, windowMs }: PodMetric, wallMs: number): boolean {
  const condition = readyCondition(pod);
  const { status } = pod;
  if (condition === undefined || !status?.startTime) return true;
  const startedMs = Date.parse(status.startTime);
  const changedMs = Date.parse(condition.lastTransitionTime ?? status.startTime);
  if (startedMs + CPU_INITIALIZATION_MS > wallMs) return condition.status === 'False' || atMs < changedMs + windowMs;
  return condition.status === 'False' && startedMs + INITIAL_READINESS_MS > changedMs;
}

function requestsOf({ resource = '', container }: Question, pods: readonly Pod[]): Map<string, number> {
  return new Map(
    pods.map((pod) => {
      const whole = container === undefined ? pod.spec.resources?.requests?.[resource] : undefined;
      return [nameOf(pod), whole === undefined ? containersRequest(pod, resource, container) : milliValue(whole)];
    }),
  );
}

function containersRequest(pod: Pod, resource: string, container: string | undefined): number {
  let sum = 0;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { name, resources } of [...pod.spec.containers, ...sidecars]) {
    if (container !== undefined && container !== name) continue;
    const request = resources?.requests?.[resource];
    if (request === undefined) {
      throw new MetricsError(`missing request for ${resource} in container ${name} of Pod ${nameOf(pod)}`);
    }
    sum += milliValue(request);
  }
  return sum;
}

function ratioOf(
  target: Target,
  usage: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number> | undefined,
) {
  let total = 0;
  let requested = 0;
  for (const [name, milli] of usage) {
    total += milli;
    requested += requests?.get(name) ?? 0;
  }
  const averageMilli = Math.floor(total / usage.size);
  if (!('utilization' in target)) return { ratio: averageMilli / target.averageMilli, averageMilli };
  if (requested === 0) throw new MetricsError('no metrics returned matched known pods');
  const utilization = Math.floor((total * 100) / requested);
  return { ratio: utilization / target.utilization, utilization, averageMilli };
}

/**
 * Of a Pod without figures: all that it may use when that argues against shrinking, nothing when against growing. A
 * utilization that is exactly on target needs no argument.
 */
function assumedUsage(target: Target, ratio: number, request: number | undefined): number | undefined {
  if (ratio === 1 && 'utilization' in target) return undefined;
  if (ratio >= 1) return 0;
  if (!('utilization' in target)) return target.averageMilli;
  return ((request ?? 0) * Math.max(100, target.utilization)) / 100;
}
