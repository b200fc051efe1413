import type { IPAddress, ServiceCIDR } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

export function describeServiceCidr(invocation: Invocation, writer: DescriptionWriter, range: ServiceCIDR): void {
  const { metadata, spec, status } = range;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'CIDRs', (spec?.cidrs ?? []).join(', '));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.line(0, 'Status:');
    writer.line(0, 'Conditions:');
    writer.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t------------------\t------\t-------');
    for (const { type, status: value, lastTransitionTime, reason, message } of conditions) {
      writer.line(1, `${type}\t${value}\t${longTime(lastTransitionTime)}\t${reason}\t${message}`);
    }
  }
  describeEvents(invocation, writer, range);
}

export function describeIpAddress(invocation: Invocation, writer: DescriptionWriter, address: IPAddress): void {
  const { metadata, spec } = address;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const parent = spec?.parentRef;
  if (parent !== undefined) {
    writer.line(0, 'Parent Reference:');
    writer.field(1, 'Group', parent.group ?? '');
    writer.field(1, 'Resource', parent.resource);
    writer.field(1, 'Namespace', parent.namespace ?? '');
    writer.field(1, 'Name', parent.name);
  }
  describeEvents(invocation, writer, address);
}
