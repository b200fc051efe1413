import type { HorizontalPodAutoscaler } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { fieldAt, numberAt, stringAt } from '../unstructured.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Scaling = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

export function describeHorizontalPodAutoscaler(
  invocation: Invocation,
  writer: DescriptionWriter,
  autoscaler: HorizontalPodAutoscaler,
): void {
  const { metadata, spec, status } = autoscaler;
  const target = spec?.scaleTargetRef;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  writer.field(0, 'Reference', `${target?.kind}/${target?.name}`);
  writer.line(0, 'Metrics:\t( current / target )');
  for (const [index, metric] of (spec?.metrics ?? []).entries()) {
    writer.line(1, metricText(metric, status?.currentMetrics?.[index]));
  }
  writer.field(0, 'Min replicas', spec?.minReplicas ?? '<unset>');
  writer.field(0, 'Max replicas', spec?.maxReplicas ?? 0);
  describeBehavior(writer, spec?.behavior);
  const { currentReplicas = 0, desiredReplicas = 0, conditions = [] } = status ?? {};
  writer.field(0, `${target?.kind} pods`, `${currentReplicas} current / ${desiredReplicas} desired`);
  if (conditions.length > 0) {
    writer.line(0, 'Conditions:');
    writer.line(1, 'Type\tStatus\tReason\tMessage');
    writer.line(1, '----\t------\t------\t-------');
    for (const { type, status: value, reason = '', message = '' } of conditions) {
      writer.line(1, `${type}\t${value}\t${reason}\t${message}`);
    }
  }
  describeEvents(invocation, writer, autoscaler);
}

/** `resource cpu on pods  (as a percentage of request):  10% (5m) / 50%`, by the kind of metric. */
function metricText(metric: Metric, current: unknown): string {
  const { resource, containerResource, pods, object, external } = metric;
  if (resource !== undefined) {
    return resourceText(`resource ${resource.name} on pods`, resource.target, fieldAt(current, 'resource', 'current'));
  }
  if (containerResource !== undefined) {
    const of = `resource ${containerResource.name} of container "${containerResource.container}" on pods`;
    return resourceText(of, containerResource.target, fieldAt(current, 'containerResource', 'current'));
  }
  if (pods !== undefined) {
    return `"${pods.metric.name}" on pods:\t${valueText(current, 'pods', 'averageValue')} / ${pods.target.averageValue}`;
  }
  if (object !== undefined) {
    const { kind, name } = object.describedObject;
    const average = object.target.type === 'AverageValue';
    const heading = `"${object.metric.name}" on ${kind}/${name} (target ${average ? 'average value' : 'value'})`;
    const field = average ? 'averageValue' : 'value';
    return `${heading}:\t${valueText(current, 'object', field)} / ${object.target[field]}`;
  }
  if (external === undefined) return `<unknown metric type "${metric.type}">`;
  const average = external.target.averageValue !== undefined;
  const field = average ? 'averageValue' : 'value';
  const heading = `"${external.metric.name}" (target ${average ? 'average value' : 'value'})`;
  return `${heading}:\t${valueText(current, 'external', field)} / ${external.target[field]}`;
}

function resourceText(of: string, target: unknown, current: unknown): string {
  const averageValue = stringAt(target, 'averageValue');
  if (averageValue !== '') return `${of}:\t${stringAt(current, 'averageValue') || '<unknown>'} / ${averageValue}`;
  const percent = numberAt(current, 'averageUtilization');
  const now = percent === undefined ? '<unknown>' : `${percent}% (${stringAt(current, 'averageValue')})`;
  const wanted = numberAt(target, 'averageUtilization');
  return `${of}  (as a percentage of request):\t${now} / ${wanted === undefined ? '<auto>' : `${wanted}%`}`;
}

function valueText(current: unknown, source: string, field: string): string {
  return stringAt(current, source, 'current', field) || '<unknown>';
}

function describeBehavior(writer: DescriptionWriter, behavior: Spec['behavior']): void {
  if (behavior === undefined) return;
  writer.line(0, 'Behavior:');
  describeDirection(writer, 'Scale Up', behavior.scaleUp);
  describeDirection(writer, 'Scale Down', behavior.scaleDown);
}

function describeDirection(writer: DescriptionWriter, name: string, rules: Scaling | undefined): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds, policies = [], selectPolicy = 'Max' } = rules;
  writer.line(1, `${name}:`);
  if (stabilizationWindowSeconds !== undefined) {
    writer.line(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds`);
  }
  if (policies.length === 0) return;
  writer.line(2, `Select Policy: ${selectPolicy}`);
  writer.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of policies) {
    writer.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
  }
}
