import type { CSINode } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

/** The storage drivers of a node. */
export function describeCsiNode(invocation: Invocation, writer: DescriptionWriter, node: CSINode): void {
  const { metadata, spec } = node;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  writer.line(0, 'Spec:');
  const drivers = spec?.drivers ?? [];
  if (drivers.length > 0) writer.line(1, 'Drivers:');
  for (const { name, nodeID, allocatable, topologyKeys } of drivers) {
    writer.line(2, `${name}:`);
    writer.field(3, 'Node ID', nodeID);
    if (allocatable?.count !== undefined) {
      writer.line(3, 'Allocatables:');
      writer.field(4, 'Count', allocatable.count);
    }
    if (topologyKeys !== undefined) writer.field(3, 'Topology Keys', `[${topologyKeys.join(' ')}]`);
  }
  describeEvents(invocation, writer, node);
}
