import type { EndpointSlice, Service } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
/** More endpoints than this are only counted. */
const MAX_ENDPOINTS = 3;

/** After kubernetes/kubectl pkg/describe/describe.go (describeService). */
export function describeService(invocation: Invocation, writer: DescriptionWriter, service: Service): void {
  const { metadata, spec, status } = service;
  const optional = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') writer.field(0, name, value);
  };
  const list = (values: readonly string[] | undefined) => (values ?? []).join(',') || '<none>';
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  writer.field(0, 'Selector', list(selector.sort()));
  writer.field(0, 'Type', spec.type ?? '');
  optional('IP Family Policy', spec.ipFamilyPolicy);
  writer.field(0, 'IP Families', list(spec.ipFamilies));
  writer.field(0, 'IP', spec.clusterIP ?? '');
  writer.field(0, 'IPs', list(spec.clusterIPs));
  if ((spec.externalIPs?.length ?? 0) > 0) writer.field(0, 'External IPs', spec.externalIPs!.join(','));
  optional('Desired LoadBalancer IP', spec.loadBalancerIP);
  optional('External Name', spec.externalName);
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) {
    writer.field(0, 'LoadBalancer Ingress', ingress.map(({ ip, hostname }) => ip ?? hostname ?? '').join(', '));
  }
  describePorts(invocation, writer, service);
  writer.field(0, 'Session Affinity', spec.sessionAffinity ?? '');
  optional('External Traffic Policy', spec.externalTrafficPolicy);
  optional('Internal Traffic Policy', spec.internalTrafficPolicy);
  optional('Traffic Distribution', spec.trafficDistribution);
  if ((spec.healthCheckNodePort ?? 0) > 0) writer.field(0, 'HealthCheck NodePort', spec.healthCheckNodePort!);
  if ((spec.loadBalancerSourceRanges?.length ?? 0) > 0) {
    writer.field(0, 'LoadBalancer Source Ranges', spec.loadBalancerSourceRanges!.join(','));
  }
  describeEvents(invocation, writer, service);
}

function describePorts(invocation: Invocation, writer: DescriptionWriter, { metadata, spec }: Service): void {
  const ports = spec.ports ?? [];
  if (ports.length === 0) return;
  const slices = slicesOf(invocation, metadata.name, metadata.namespace);
  for (const { name = '', port, protocol = 'TCP', targetPort = 0, nodePort = 0 } of ports) {
    const shown = name === '' ? '<unset>' : name;
    writer.line(0, `Port:\t${shown}\t${port}/${protocol}`);
    writer.line(0, `TargetPort:\t${targetPort}/${protocol}`);
    if (nodePort > 0) writer.line(0, `NodePort:\t${shown}\t${nodePort}/${protocol}`);
    writer.field(0, 'Endpoints', endpointsText(slices, name));
  }
}

function slicesOf(invocation: Invocation, name: string, namespace = 'default'): readonly EndpointSlice[] {
  const resource = invocation.discovery.find('endpointslices.discovery.k8s.io');
  if (resource === undefined) return [];
  const labelSelector = `${SERVICE_NAME}=${name}`;
  return invocation.list(resource, { namespace, labelSelector }) as unknown as readonly EndpointSlice[];
}

/** `10.244.1.2:80,10.244.2.3:80`: the ready endpoints behind a port of the Service. */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  const addresses = slices.flatMap(({ ports = [], endpoints }) =>
    ports
      .filter(({ name = '' }) => name === portName)
      .flatMap(({ port }) =>
        endpoints
          .filter(({ conditions }) => conditions?.ready !== false)
          .flatMap((endpoint) => endpoint.addresses.map((address) => `${hostText(address)}:${port ?? 0}`)),
      ),
  );
  if (addresses.length === 0) return '<none>';
  const text = addresses.slice(0, MAX_ENDPOINTS).join(',');
  return addresses.length > MAX_ENDPOINTS ? `${text} + ${addresses.length - MAX_ENDPOINTS} more...` : text;
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
