import type { EndpointSlice, Endpoints } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

export function describeEndpoints(invocation: Invocation, writer: DescriptionWriter, endpoints: Endpoints): void {
  const { metadata, subsets } = endpoints;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.line(0, 'Subsets:');
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets ?? []) {
    writer.field(1, 'Addresses', addresses.map(({ ip }) => ip).join(',') || '<none>');
    writer.field(1, 'NotReadyAddresses', notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>');
    if (ports.length > 0) {
      writer.line(1, 'Ports:');
      writer.line(2, 'Name\tPort\tProtocol');
      writer.line(2, '----\t----\t--------');
      for (const { name, port, protocol = 'TCP' } of ports) {
        writer.line(2, `${name || '<unset>'}\t${port}\t${protocol}`);
      }
    }
    writer.write('\n');
  }
  describeEvents(invocation, writer, endpoints);
}

export function describeEndpointSlice(invocation: Invocation, writer: DescriptionWriter, slice: EndpointSlice): void {
  const { metadata, addressType, ports = [], endpoints = [] } = slice;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'AddressType', addressType);
  if (ports.length === 0) writer.line(0, 'Ports: <unset>');
  else {
    writer.line(0, 'Ports:');
    writer.line(1, 'Name\tPort\tProtocol');
    writer.line(1, '----\t----\t--------');
    for (const { name, port, protocol = 'TCP' } of ports) {
      writer.line(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`);
    }
  }
  if (endpoints.length === 0) writer.line(0, 'Endpoints: <none>');
  else {
    writer.line(0, 'Endpoints:');
    for (const endpoint of endpoints) describeEndpoint(writer, endpoint);
  }
  describeEvents(invocation, writer, slice);
}

function describeEndpoint(writer: DescriptionWriter, endpoint: EndpointSlice['endpoints'][number]): void {
  const { addresses, conditions, hostname, targetRef, nodeName, zone } = endpoint;
  writer.line(1, `- Addresses:\t${addresses.join(', ')}`);
  writer.line(2, 'Conditions:');
  writer.field(3, 'Ready', conditions?.ready ?? '<unset>');
  writer.field(2, 'Hostname', hostname ?? '<unset>');
  if (targetRef !== undefined) writer.field(2, 'TargetRef', `${targetRef.kind}/${targetRef.name}`);
  writer.field(2, 'NodeName', nodeName ?? '<unset>');
  writer.field(2, 'Zone', zone ?? '<unset>');
}
