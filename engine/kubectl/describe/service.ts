import type { Service } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { endpointsText, slicesOf } from './endpoints-text.ts';
import { describeEvents } from './events.ts';

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
    const shown = ingress.map(({ ip = '', hostname = '', ipMode }) => {
      return ip === '' ? hostname : `${ip}${ipMode === undefined ? '' : ` (${ipMode})`}`;
    });
    writer.field(0, 'LoadBalancer Ingress', shown.join(', '));
  }
  describePorts(invocation, writer, service);
  writer.field(0, 'Session Affinity', spec.sessionAffinity ?? '');
  optional('External Traffic Policy', spec.externalTrafficPolicy);
  optional('Internal Traffic Policy', spec.internalTrafficPolicy);
  if ((spec.healthCheckNodePort ?? 0) > 0) writer.field(0, 'HealthCheck NodePort', spec.healthCheckNodePort!);
  if ((spec.loadBalancerSourceRanges?.length ?? 0) > 0) {
    writer.field(0, 'LoadBalancer Source Ranges', spec.loadBalancerSourceRanges!.join(','));
  }
  optional('Traffic Distribution', spec.trafficDistribution);
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
