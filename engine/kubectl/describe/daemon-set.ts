import type { DaemonSet } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';
import { podsStatus } from './pods-status.ts';

export function describeDaemonSet(invocation: Invocation, writer: DescriptionWriter, daemonSet: DaemonSet): void {
  const { metadata, spec, status } = daemonSet;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'Selector', labelSelectorOf(spec.selector as object).toString());
  const nodes = Object.entries(spec.template.spec?.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  writer.field(0, 'Node-Selector', nodes.length === 0 ? '<none>' : nodes.sort().join(','));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  // These are not aligned with the rest.
  writer.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  writer.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  writer.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  writer.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  writer.field(0, 'Pods Status', podsStatus(invocation, daemonSet, spec.selector as object));
  describePodTemplate(writer, spec.template);
  describeEvents(invocation, writer, daemonSet);
}
