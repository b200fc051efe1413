import type { ConfigMap, LimitRange, Namespace, ResourceQuota, ServiceAccount } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { fieldAt } from '../unstructured.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describeLimitsOf, describeQuotasOf } from './resource-quota.ts';

export function describeConfigMap(invocation: Invocation, writer: DescriptionWriter, configMap: ConfigMap): void {
  const { metadata, data = {}, binaryData = {} } = configMap;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.write('\nData\n====\n');
  for (const key of Object.keys(data).sort()) writer.write(`${key}:\n----\n${data[key]}\n\n`);
  writer.write('\nBinaryData\n====\n');
  for (const key of Object.keys(binaryData).sort()) writer.write(`${key}: ${base64Length(binaryData[key]!)} bytes\n`);
  writer.write('\n');
  if (configMap.immutable !== undefined) writer.field(0, 'Immutable', configMap.immutable);
  describeEvents(invocation, writer, configMap);
}

function base64Length(text: string): number {
  return Math.floor((text.length * 3) / 4) - (/=*$/.exec(text)?.[0].length ?? 0);
}

export function describeNamespace(invocation: Invocation, writer: DescriptionWriter, namespace: Namespace): void {
  const { metadata, status } = namespace;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Status', status?.phase ?? '');
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.line(
      0,
      'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------',
    );
    for (const { type, status: value, lastTransitionTime, reason = '', message = '' } of conditions) {
      writer.line(1, `${type}\t${value}\t${lastTransitionTime ?? ''}\t${reason}\t${message}`);
    }
  }
  describeQuotasOf(writer, listIn(invocation, 'resourcequotas', metadata.name) as readonly ResourceQuota[]);
  describeLimitsOf(writer, listIn(invocation, 'limitranges', metadata.name) as readonly LimitRange[]);
}

function listIn(invocation: Invocation, type: string, namespace: string): readonly unknown[] {
  const resource = invocation.discovery.find(type);
  return resource === undefined ? [] : invocation.list(resource, { namespace });
}

export function describeServiceAccount(
  invocation: Invocation,
  writer: DescriptionWriter,
  account: ServiceAccount,
): void {
  const { metadata } = account;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  describeNames(writer, 'Image pull secrets', fieldAt(account, 'imagePullSecrets'));
  const mountable = fieldAt(account, 'secrets');
  if (Array.isArray(mountable) && mountable.length > 0) describeNames(writer, 'Mountable secrets', mountable);
  describeEvents(invocation, writer, account);
}

function describeNames(writer: DescriptionWriter, label: string, references: unknown): void {
  const names = Array.isArray(references) ? references.map((reference) => String(fieldAt(reference, 'name'))) : [];
  if (names.length === 0) {
    writer.line(0, `${label}:\t<none>`);
    return;
  }
  for (const [index, name] of names.entries()) writer.line(0, `${index === 0 ? `${label}:` : ''}\t${name}`);
}
