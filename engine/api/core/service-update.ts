import { mapItems, sameValue, withField } from '../copy-on-write.ts';
import type { Service } from '../kinds.ts';
import { isExternal, needsClusterIp, needsHealthCheckPort } from './service-defaults.ts';

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

/** What the server gave out stays when a client leaves it out, and goes when the type no longer needs it. */
export function keepAllocatedValues(next: Service, previous: Service): Service {
  const synchronized = synchronizeClusterIps(next.spec, previous.spec);
  const kept = keepNodePorts(keepClusterIps(synchronized, previous.spec), previous.spec);
  return withField(next, 'spec', keepHealthCheckPort(dropUnneeded(kept, previous.spec), previous.spec));
}

function keepHealthCheckPort(spec: Spec, before: Spec): Spec {
  const port = before.healthCheckNodePort ?? 0;
  if (port === 0 || (spec.healthCheckNodePort ?? 0) !== 0 || !needsHealthCheckPort(spec)) return spec;
  return { ...spec, healthCheckNodePort: port };
}

/** `clusterIP` is the first of `clusterIPs`; clients that know only the former change both with it. */
function synchronizeClusterIps(spec: Spec, before: Spec): Spec {
  if (!sameValue(spec.clusterIPs, before.clusterIPs) || spec.clusterIP === before.clusterIP) return spec;
  const { clusterIPs: _, ...rest } = spec;
  return (spec.clusterIP ?? '') === '' ? rest : { ...rest, clusterIPs: [spec.clusterIP!] };
}

function keepClusterIps(spec: Spec, before: Spec): Spec {
  if (!needsClusterIp(spec) || !needsClusterIp(before)) return spec;
  let kept = spec;
  if ((kept.clusterIP ?? '') === '' && before.clusterIP !== undefined) kept = { ...kept, clusterIP: before.clusterIP };
  if ((kept.clusterIPs?.length ?? 0) === 0 && before.clusterIPs !== undefined && kept.clusterIP === before.clusterIP) {
    kept = { ...kept, clusterIPs: before.clusterIPs };
  }
  if (kept.ipFamilies === undefined && before.ipFamilies !== undefined)
    kept = { ...kept, ipFamilies: before.ipFamilies };
  if (kept.ipFamilyPolicy === undefined && before.ipFamilyPolicy !== undefined) {
    kept = { ...kept, ipFamilyPolicy: before.ipFamilyPolicy };
  }
  return kept;
}

function keepNodePorts(spec: Spec, before: Spec): Spec {
  if (!isExternal(spec) || !isExternal(before) || spec.ports === undefined) return spec;
  const keyOf = ({ protocol, port }: Port) => `${protocol}/${port}`;
  const nodePorts = new Map(before.ports?.map((port) => [keyOf(port), port.nodePort]));
  const ports = mapItems(spec.ports, (port) => {
    const nodePort = (port.nodePort ?? 0) === 0 ? nodePorts.get(keyOf(port)) : undefined;
    return nodePort === undefined ? port : { ...port, nodePort };
  });
  return withField(spec, 'ports', ports);
}

/** After dropTypeDependentFields: only what the client has not touched goes by itself. */
function dropUnneeded(spec: Spec, before: Spec): Spec {
  const drop = new Set<keyof Spec>();
  if (needsClusterIp(before) && !needsClusterIp(spec)) {
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) {
      drop.add(key);
    }
  }
  if (isExternal(before) && !isExternal(spec)) drop.add('externalTrafficPolicy');
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop.add('allocateLoadBalancerNodePorts').add('loadBalancerClass');
  }
  if (needsHealthCheckPort(before) && !needsHealthCheckPort(spec)) drop.add('healthCheckNodePort');
  const entries = Object.entries(spec).filter(
    ([key, value]) => !drop.has(key as keyof Spec) || !sameValue(value, before[key as keyof Spec]),
  );
  const kept = Object.fromEntries(entries) as unknown as Spec;
  const losesPorts = isExternal(before) && !isExternal(spec) && sameNodePorts(spec, before);
  return losesPorts && kept.ports !== undefined ? { ...kept, ports: kept.ports.map(withoutNodePort) } : kept;
}

function sameNodePorts(spec: Spec, before: Spec): boolean {
  const portsOf = ({ ports = [] }: Spec) => ports.map(({ nodePort }) => nodePort ?? 0);
  return sameValue(portsOf(spec), portsOf(before));
}

function withoutNodePort({ nodePort: _, ...port }: Port): Port {
  return port as Port;
}
