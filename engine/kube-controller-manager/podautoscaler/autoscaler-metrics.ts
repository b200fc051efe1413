import type { HorizontalPodAutoscaler, Pod } from '../../api/kinds.ts';
import { milliValue, quantityOfMilli } from '../../api/quantity.ts';
import type { Client } from '../../client/client.ts';
import { readPodMetrics } from './pod-metrics.ts';
import { type Proposal, proposeReplicas, type Question, type Target } from './replica-calculator.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type MetricSpec = NonNullable<Spec['metrics']>[number];
type CurrentMetric = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

/** A metric that gave no answer. */
export interface MetricFailure {
  /** Of the event and the condition. */
  readonly reason: string;
  readonly message: string;
}

export interface MetricAnswer {
  readonly replicas: number;
  /** What it is called in events: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  readonly current: CurrentMetric;
}

/** All that a metric is judged by. */
export interface MetricContext extends Omit<Question, 'resource' | 'container' | 'target'> {
  readonly client: Client;
  readonly namespace: string;
  readonly selector: string;
  readonly pods: readonly Pod[];
}

/**
 * What one metric asks for. Resource and ContainerResource metrics come from the resource metrics API. Pods, Object and
 * External metrics need an adapter that serves the custom or external metrics API; without one they fail in these words.
 */
export function judgeMetric(spec: MetricSpec, context: MetricContext): MetricAnswer | MetricFailure {
  switch (spec.type) {
    case 'Resource':
      return judgeResource(spec.resource!, undefined, context);
    case 'ContainerResource':
      return judgeResource(spec.containerResource!, spec.containerResource!.container, context);
    case 'Pods':
      return noAdapter('FailedGetPodsMetric', spec.pods?.metric.name, 'custom');
    case 'Object':
      return noAdapter('FailedGetObjectMetric', spec.object?.metric.name, 'custom');
    case 'External':
      return noAdapter('FailedGetExternalMetric', spec.external?.metric.name, 'external');
    default:
      return { reason: 'InvalidMetricSourceType', message: `unknown metric source type "${spec.type}"` };
  }
}

function noAdapter(reason: string, name: string | undefined, api: 'custom' | 'external'): MetricFailure {
  const group = `${api}.metrics.k8s.io`;
  const why = `unable to fetch metrics from ${api} metrics API: no ${api} metrics API (${group}) registered`;
  const what = reason.slice('FailedGet'.length, -'Metric'.length).toLowerCase();
  return { reason, message: `failed to get ${what} metric value: unable to get metric ${name}: ${why}` };
}

interface ResourceSource {
  readonly name: string;
  readonly target: { readonly type: string; readonly averageUtilization?: number; readonly averageValue?: unknown };
}

function judgeResource(
  { name, target }: ResourceSource,
  container: string | undefined,
  context: MetricContext,
): MetricAnswer | MetricFailure {
  const isUtilization = target.averageUtilization !== undefined;
  const aim: Target = isUtilization
    ? { utilization: target.averageUtilization! }
    : { averageMilli: milliValue(String(target.averageValue)) };
  try {
    const proposal = propose(name, container, aim, context);
    const current = {
      averageValue: quantityOfMilli(proposal.averageMilli),
      ...(proposal.utilization === undefined ? {} : { averageUtilization: proposal.utilization }),
    };
    return {
      replicas: proposal.replicas,
      name: answerName(name, container, isUtilization),
      current: (container === undefined
        ? { type: 'Resource', resource: { name, current } }
        : { type: 'ContainerResource', containerResource: { name, container, current } }) as CurrentMetric,
    };
  } catch (error) {
    const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
    const what = isUtilization ? 'utilization' : 'usage';
    return { reason, message: `failed to get ${name} ${what}: ${(error as Error).message}` };
  }
}

function propose(
  resource: string,
  container: string | undefined,
  target: Target,
  { client, namespace, selector, pods, ...rest }: MetricContext,
): Proposal {
  let metrics: ReturnType<typeof readPodMetrics>;
  try {
    metrics = readPodMetrics(client, namespace, selector, resource, container);
  } catch (error) {
    throw new Error(`unable to get metrics for resource ${resource}: ${(error as Error).message}`);
  }
  return proposeReplicas({ ...rest, resource, container, target }, pods, metrics);
}

function answerName(name: string, container: string | undefined, isUtilization: boolean): string {
  const of = container === undefined ? 'resource' : 'container resource';
  return isUtilization ? `${name} ${of} utilization (percentage of request)` : `${name} ${of}`;
}
