import type { StatefulSet } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';
import { podsStatus } from './pods-status.ts';

export function describeStatefulSet(invocation: Invocation, writer: DescriptionWriter, statefulSet: StatefulSet): void {
  const { metadata, spec, status } = statefulSet;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  writer.field(0, 'Selector', labelSelectorOf(spec.selector as object).toString());
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Replicas', `${spec.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  writer.field(0, 'Update Strategy', spec.updateStrategy?.type ?? '');
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  if (partition !== undefined) writer.field(1, 'Partition', partition);
  writer.field(0, 'Pods Status', podsStatus(invocation, statefulSet, spec.selector as object));
  describePodTemplate(writer, spec.template);
  describeVolumeClaims(writer, spec.volumeClaimTemplates ?? []);
  describeEvents(invocation, writer, statefulSet);
}

function describeVolumeClaims(
  writer: DescriptionWriter,
  claims: NonNullable<StatefulSet['spec']['volumeClaimTemplates']>,
): void {
  if (claims.length === 0) {
    writer.line(0, 'Volume Claims:\t<none>');
    return;
  }
  writer.line(0, 'Volume Claims:');
  for (const { metadata, spec } of claims) {
    writer.field(1, 'Name', metadata?.name ?? '');
    writer.field(1, 'StorageClass', spec?.storageClassName ?? '');
    writeMap(writer, 1, 'Labels', metadata?.labels);
    writeMap(writer, 1, 'Annotations', metadata?.annotations);
    const capacity = spec?.resources?.requests?.storage;
    writer.field(1, 'Capacity', capacity === undefined ? '<default>' : String(capacity));
    const modes = spec?.accessModes ?? [];
    if (modes.length > 0) writer.field(1, 'Access Modes', `[${modes.join(' ')}]`);
  }
}
