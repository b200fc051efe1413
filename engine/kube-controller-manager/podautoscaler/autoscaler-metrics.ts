import type { HorizontalPodAutoscaler, Pod } from '../../api/kinds.ts';
import { printedSelector } from '../../api/printed-selector.ts';
import { milliValue, quantityOfMilli } from '../../api/quantity.ts';
import {
  type DescribedObject,
  type MetricIdentifier,
  readExternalMetric,
  readObjectMetric,
  readPodsMetric,
} from './adapter-metrics.ts';
import { type MetricsClient, MetricsError } from './metrics-client.ts';
import { readPodMetrics } from './pod-metrics.ts';
import { proposeByTotal, proposeReplicas, type Question, type Target } from './replica-calculator.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type MetricSpec = NonNullable<Spec['metrics']>[number];
export type CurrentMetric = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

/** A metric that gave no answer. */
export interface MetricFailure {
  /** Of the event and the condition. */
  readonly reason: string;
  readonly message: string;
  /** The message where metrics are told of together. */
  readonly summary: string;
}

export interface MetricAnswer {
  readonly replicas: number;
  /** What it is called in events: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  readonly current: CurrentMetric;
}

/** All that a metric is judged by. */
export interface MetricContext extends Omit<Question, 'resource' | 'container' | 'target'> {
  readonly client: MetricsClient;
  readonly namespace: string;
  readonly selector: string;
  readonly pods: readonly Pod[];
  /** How many there are; `currentReplicas` is how many there shall be. */
  readonly observedReplicas: number;
  /** What the API calls a kind: `ingresses.networking.k8s.io`. @throws MetricsError for one that is not served. */
  readonly resourceOf: (object: { readonly apiVersion?: string; readonly kind: string }) => string;
}

/**
 * What one metric asks for. Resource and ContainerResource metrics come from the resource metrics API; Pods and Object
 * metrics from the custom, External ones from the external metrics API, which adapters serve.
 * After pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric).
 */
export function judgeMetric(spec: MetricSpec, context: MetricContext): MetricAnswer | MetricFailure {
  const { resource, containerResource, pods, object, external } = spec;
  switch (spec.type) {
    case 'Resource':
      return attempt('FailedGetResourceMetric', `failed to get ${resource?.name} resource metric value`, () =>
        judgeResource(resource!, undefined, context),
      );
    case 'ContainerResource': {
      const { container } = containerResource!;
      return attempt('FailedGetContainerResourceMetric', `failed to get ${container} container metric value`, () =>
        judgeResource(containerResource!, container, context),
      );
    }
    case 'Pods':
      return attempt('FailedGetPodsMetric', 'failed to get pods metric value', () => judgePods(pods!, context));
    case 'Object': {
      const average = object!.target.type === 'AverageValue';
      const within = average ? `: failed to get ${object!.metric.name} object metric` : '';
      return attempt('FailedGetObjectMetric', `failed to get object metric value${within}`, () =>
        judgeObject(object!, context),
      );
    }
    case 'External': {
      const { name } = external!.metric;
      const average = external!.target.averageValue !== undefined;
      const within = average ? `failed to get ${name} external metric` : `failed to get external metric ${name}`;
      return attempt('FailedGetExternalMetric', `failed to get ${name} external metric value: ${within}`, () =>
        judgeExternal(external!, context),
      );
    }
    default: {
      const message = `unknown metric source type "${spec.type}"`;
      return { reason: 'InvalidMetricSourceType', message, summary: message };
    }
  }
}

function attempt(reason: string, summary: string, judge: () => MetricAnswer): MetricAnswer | MetricFailure {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    return { reason, message: error.message, summary: `${summary}: ${error.message}` };
  }
}

/** Puts words before what went wrong. */
function explained<T>(problem: (why: string) => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    throw new MetricsError(problem(error.message));
  }
}

interface ResourceSource {
  readonly name: string;
  readonly target: { readonly type: string; readonly averageUtilization?: number; readonly averageValue?: unknown };
}

function judgeResource(
  { name, target }: ResourceSource,
  container: string | undefined,
  context: MetricContext,
): MetricAnswer {
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const lacking = 'neither an average utilization target nor an average value (usage) target was set';
    throw new MetricsError(`invalid resource metric source: ${lacking}`);
  }
  const isUtilization = averageValue === undefined;
  const aim: Target = isUtilization
    ? { utilization: averageUtilization! }
    : { averageMilli: milliValue(String(averageValue)) };
  const what = isUtilization ? 'utilization' : 'usage';
  const proposal = explained(
    (why) => `failed to get ${name} ${what}: ${why}`,
    () => {
      const metrics = explained(
        (why) => `unable to get metrics for resource ${name}: ${why}`,
        () => readPodMetrics(context.client, context, name, container),
      );
      return proposeReplicas({ ...context, resource: name, container, target: aim }, context.pods, metrics);
    },
  );
  const current = {
    averageValue: quantityOfMilli(proposal.averageMilli),
    ...(proposal.utilization === undefined ? {} : { averageUtilization: proposal.utilization }),
  };
  const of = container === undefined ? 'resource' : 'container resource';
  return {
    replicas: proposal.replicas,
    name: isUtilization ? `${name} ${of} utilization (percentage of request)` : `${name} resource`,
    current: (container === undefined
      ? { type: 'Resource', resource: { name, current } }
      : { type: 'ContainerResource', containerResource: { name, container, current } }) as CurrentMetric,
  };
}

/** A metric and its target, as the three sources have them that adapters tell of. */
interface AdapterSource {
  readonly metric: MetricIdentifier;
  readonly target: { readonly type: string; readonly averageValue?: unknown; readonly value?: unknown };
}

function judgePods(source: NonNullable<MetricSpec['pods']>, context: MetricContext): MetricAnswer {
  const { metric, target } = source as AdapterSource;
  const metrics = explained(
    (why) => `unable to get metric ${metric.name}: ${why}`,
    () => readPodsMetric(context.client, context, metric),
  );
  const aim: Target = { averageMilli: milliValue(String(target.averageValue)) };
  const question = { ...context, resource: undefined, container: undefined, target: aim };
  const { replicas, averageMilli } = proposeReplicas(question, context.pods, metrics);
  const current = { averageValue: quantityOfMilli(averageMilli) };
  return {
    replicas,
    name: `pods metric ${metric.name}`,
    current: { type: 'Pods', pods: { metric, current } } as CurrentMetric,
  };
}

function judgeObject(source: NonNullable<MetricSpec['object']>, context: MetricContext): MetricAnswer {
  const { metric, target } = source as AdapterSource;
  const { describedObject } = source;
  const { kind, name } = describedObject;
  const average = target.type === 'AverageValue';
  if ((average ? target.averageValue : target.value) === undefined) {
    const lacking = 'neither a value target nor an average value target was set';
    throw new MetricsError(`invalid object metric source: ${lacking}`);
  }
  // The real message has its parts in this order, too.
  const totalMilli = explained(
    (why) => `unable to get metric ${metric.name}: ${kind} on ${context.namespace} ${name}/${why}`,
    () => readObjectMetric(context.client, context.namespace, objectOf(describedObject, context), metric),
  );
  const { replicas, measured } = judgeTotal(totalMilli, target, average, context);
  // Of an average the real status does not say either which object it is of, and calls it external.
  return average
    ? {
        replicas,
        name: `external metric ${metric.name}(${printedSelector(metric.selector)})`,
        current: {
          type: 'Object',
          object: { describedObject: EMPTY_REFERENCE, metric, current: measured },
        } as CurrentMetric,
      }
    : {
        replicas,
        name: `${kind} metric ${metric.name}`,
        current: { type: 'Object', object: { describedObject, metric, current: measured } } as CurrentMetric,
      };
}

/** As Go writes a reference that nobody has filled in. */
const EMPTY_REFERENCE = Object.freeze({ kind: '', name: '' });

function objectOf(
  { apiVersion, kind, name }: { readonly apiVersion?: string; readonly kind: string; readonly name: string },
  { resourceOf }: MetricContext,
): DescribedObject {
  const group = apiVersion?.includes('/') === true ? apiVersion.split('/')[0] : '';
  if (kind === 'Namespace' && group === '') return { resource: undefined, name };
  return { resource: resourceOf({ kind, ...(apiVersion === undefined ? {} : { apiVersion }) }), name };
}

function judgeExternal(source: NonNullable<MetricSpec['external']>, context: MetricContext): MetricAnswer {
  const { metric, target } = source as AdapterSource;
  const average = target.averageValue !== undefined;
  if (!average && target.value === undefined) {
    const lacking = 'neither a value target nor an average value target was set';
    throw new MetricsError(`invalid external metric source: ${lacking}`);
  }
  const { client, namespace } = context;
  const of = `${namespace}/${metric.name}/${printedSelector(metric.selector)}`;
  const totalMilli = explained(
    (why) => `unable to get external metric ${of}: ${why}`,
    () => readExternalMetric(client, namespace, metric),
  );
  const { replicas, measured } = judgeTotal(totalMilli, target, average, context);
  return {
    replicas,
    name: `external metric ${metric.name}(${printedSelector(metric.selector)})`,
    current: { type: 'External', external: { metric, current: measured } } as CurrentMetric,
  };
}

function judgeTotal(totalMilli: number, target: AdapterSource['target'], average: boolean, context: MetricContext) {
  const wanted = milliValue(String(average ? target.averageValue : target.value));
  const aim = average ? { averageMilli: wanted } : { valueMilli: wanted };
  const { replicas, milli } = proposeByTotal({ ...context, totalMilli, target: aim }, context.pods);
  const quantity = quantityOfMilli(milli);
  return { replicas, measured: average ? { averageValue: quantity } : { value: quantity } };
}
