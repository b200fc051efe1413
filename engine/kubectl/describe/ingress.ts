import type { Ingress, IngressClass, Service } from '../../api/kinds.ts';
import { services } from '../../api/resources.ts';
import { isExpected } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { endpointsText, slicesOf } from './endpoints-text.ts';
import { describeEvents } from './events.ts';

type IngressSpec = NonNullable<Ingress['spec']>;
type Backend = NonNullable<IngressSpec['defaultBackend']>;

export function describeIngress(invocation: Invocation, writer: DescriptionWriter, ingress: Ingress): void {
  const { metadata, spec, status } = ingress;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  writer.field(0, 'Address', addresses.join(','));
  writer.field(0, 'Ingress Class', spec?.ingressClassName ?? '<none>');
  const backendText = (backend: Backend) => describeBackend(invocation, backend, metadata.namespace);
  const byDefault = spec?.defaultBackend === undefined ? '<default>' : backendText(spec.defaultBackend);
  writer.field(0, 'Default backend', byDefault);
  describeTls(writer, spec?.tls ?? []);
  writer.line(0, 'Rules:');
  writer.line(1, 'Host\tPath\tBackends');
  writer.line(1, '----\t----\t--------');
  const rules = (spec?.rules ?? []).filter(({ http }) => http !== undefined);
  for (const { host, http } of rules) {
    writer.line(1, `${host || '*'}\t`);
    for (const { path = '', backend } of http!.paths) writer.line(2, `\t${path} \t${backendText(backend)}`);
  }
  if (rules.length === 0) writer.line(1, `*\t* \t${byDefault}`);
  writeAnnotations(writer, 0, metadata.annotations);
  describeEvents(invocation, writer, ingress);
}

function describeTls(writer: DescriptionWriter, tls: NonNullable<IngressSpec['tls']>): void {
  if (tls.length === 0) return;
  writer.line(0, 'TLS:');
  for (const { secretName = '', hosts = [] } of tls) {
    writer.line(1, secretName === '' ? `SNI routes ${hosts.join(',')}` : `${secretName} terminates ${hosts.join(',')}`);
  }
}

/** `web:80 (10.244.1.2:80)`, or why there is nothing behind it. */
function describeBackend(invocation: Invocation, { service, resource }: Backend, namespace = 'default'): string {
  if (service === undefined) {
    if (resource === undefined) return '';
    return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
  }
  const { name, port = {} } = service;
  const text = `${name}:${port.name || port.number || 0}`;
  const slices = slicesOf(invocation, name, namespace);
  try {
    const found = invocation.of(services).get(name, namespace) as unknown as Service;
    const match = found.spec.ports?.find((one) => (port.number ? one.port === port.number : one.name === port.name));
    return `${text} (${endpointsText(slices, match?.name ?? '')})`;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return `${text} (<error: ${error.message}>)`;
  }
}

export function describeIngressClass(
  invocation: Invocation,
  writer: DescriptionWriter,
  ingressClass: IngressClass,
): void {
  const { metadata, spec } = ingressClass;
  writer.field(0, 'Name', metadata.name);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Controller', spec?.controller ?? '');
  if (spec?.parameters !== undefined) {
    writer.line(0, 'Parameters:');
    if (spec.parameters.apiGroup !== undefined) writer.field(1, 'APIGroup', spec.parameters.apiGroup);
    writer.field(1, 'Kind', spec.parameters.kind);
    writer.field(1, 'Name', spec.parameters.name);
  }
  describeEvents(invocation, writer, ingressClass);
}
