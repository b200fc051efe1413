import type { PriorityClass, StorageClass, VolumeAttributesClass } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, inOneLine } from './description-writer.ts';
import { describeEvents } from './events.ts';

const DEFAULT_STORAGE_CLASS = 'storageclass.kubernetes.io/is-default-class';

export function describePriorityClass(invocation: Invocation, writer: DescriptionWriter, one: PriorityClass): void {
  writer.field(0, 'Name', one.metadata.name);
  writer.field(0, 'Value', one.value);
  writer.field(0, 'GlobalDefault', one.globalDefault ?? false);
  writer.field(0, 'PreemptionPolicy', one.preemptionPolicy ?? '');
  writer.field(0, 'Description', one.description ?? '');
  writer.field(0, 'Annotations', inOneLine(one.metadata.annotations));
  describeEvents(invocation, writer, one);
}

export function describeStorageClass(invocation: Invocation, writer: DescriptionWriter, one: StorageClass): void {
  const { metadata, provisioner, parameters, allowVolumeExpansion, mountOptions = [], allowedTopologies } = one;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'IsDefaultClass', metadata.annotations?.[DEFAULT_STORAGE_CLASS] === 'true' ? 'Yes' : 'No');
  writer.field(0, 'Annotations', inOneLine(metadata.annotations));
  writer.field(0, 'Provisioner', provisioner);
  writer.field(0, 'Parameters', inOneLine(parameters));
  const expansion = allowVolumeExpansion === undefined ? '<unset>' : allowVolumeExpansion ? 'True' : 'False';
  writer.field(0, 'AllowVolumeExpansion', expansion);
  if (mountOptions.length === 0) writer.line(0, 'MountOptions:\t<none>');
  else {
    writer.line(0, 'MountOptions:');
    for (const option of mountOptions) writer.line(1, option);
  }
  writer.field(0, 'ReclaimPolicy', one.reclaimPolicy ?? '');
  writer.field(0, 'VolumeBindingMode', one.volumeBindingMode ?? '');
  if (allowedTopologies !== undefined) describeTopologies(writer, allowedTopologies);
  describeEvents(invocation, writer, one);
}

function describeTopologies(writer: DescriptionWriter, terms: NonNullable<StorageClass['allowedTopologies']>): void {
  if (terms.length === 0) {
    writer.line(0, 'AllowedTopologies:\t<none>');
    return;
  }
  writer.line(0, 'AllowedTopologies:\t');
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    if (matchLabelExpressions.length === 0) writer.line(1, `Term ${index}:\t<none>`);
    for (const [at, { key, values }] of matchLabelExpressions.entries()) {
      writer.line(1, `${at === 0 ? `Term ${index}:` : ''}\t${key} in [${values.join(', ')}]`);
    }
  }
}

export function describeVolumeAttributesClass(
  invocation: Invocation,
  writer: DescriptionWriter,
  one: VolumeAttributesClass,
): void {
  writer.field(0, 'Name', one.metadata.name);
  writer.field(0, 'Annotations', inOneLine(one.metadata.annotations));
  writer.field(0, 'DriverName', one.driverName);
  writer.field(0, 'Parameters', inOneLine(one.parameters));
  describeEvents(invocation, writer, one);
}
