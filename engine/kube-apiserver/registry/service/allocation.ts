import { isExternal, isHeadless, needsClusterIp, needsHealthCheckPort } from '../../../api/core/service-defaults.ts';
import { internalError, invalidObject } from '../../../api/errors.ts';
import type { FieldError } from '../../../api/field-error.ts';
import { invalid } from '../../../api/field-errors.ts';
import type { Service } from '../../../api/kinds.ts';
import type { EtcdClient } from '../../../etcd/index.ts';
import type { RequestDraws as Draws } from '../../request-scope.ts';
import type { Allocator } from '../store.ts';
import { allocateNodePort, NODE_PORTS, nodePortKey, type PortRange, refuseNodePort } from './node-ports.ts';
import { addressesOf, type ServiceAddresses } from './service-addresses.ts';

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const SERVICE = { group: '', kind: 'Service' };

/** What there is to be given out. */
export interface ServiceSupplies {
  readonly etcd: EtcdClient;
  /** Where Services are stored. */
  readonly prefix: string;
  readonly addresses: ServiceAddresses;
  /** `--service-node-port-range` */
  readonly nodePorts?: PortRange | undefined;
  readonly random: Draws;
}

/**
 * Gives a Service that is about to be stored the addresses and ports it needs, and refuses those that others have. Which
 * ports are taken is read from the Services themselves, so none can leak or be forgotten when a server starts anew.
 * After kubernetes/kubernetes pkg/registry/core/service/storage/alloc.go.
 */
export function serviceAllocator({
  etcd,
  prefix,
  addresses,
  random,
  nodePorts = NODE_PORTS,
}: ServiceSupplies): Allocator {
  return {
    allocate(object, stored, dryRun) {
      const service = object as Service;
      if (stored !== undefined && service.spec === (stored as Service).spec) return service;
      const before = addressesOf(stored);
      const addressed = withClusterIp(withFamilies(service), { addresses, before, random, dryRun });
      const ports = { range: nodePorts, taken: portsOfOthers(etcd, prefix, service), random };
      return withHealthCheckPort(withNodePorts(addressed, ports), ports);
    },
    note: (next, stored) => addresses.note(next, stored),
  };
}

function portsOfOthers(etcd: EtcdClient, prefix: string, { metadata }: Service): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { value } of etcd.range(prefix).keyValues) {
    const other = value as Service;
    if (other.metadata.uid === metadata.uid) continue;
    for (const { protocol = 'TCP', nodePort = 0 } of other.spec.ports ?? []) {
      if (nodePort !== 0) taken.add(nodePortKey(protocol, nodePort));
    }
    const check = other.spec.healthCheckNodePort ?? 0;
    if (check !== 0) taken.add(nodePortKey('TCP', check));
  }
  return taken;
}

/**
 * This cluster speaks IPv4; a headless Service without selector may be anything.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
 */
function withFamilies(service: Service): Service {
  const { spec, metadata } = service;
  if (!needsClusterIp(spec)) return service;
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) return ofAnyFamily(service);
  const errors = refuseFamilies(spec);
  if (errors.length > 0) throw invalidObject(SERVICE, metadata.name, errors);
  if (spec.ipFamilies !== undefined && spec.ipFamilyPolicy !== undefined) return service;
  const { ipFamilies = ['IPv4'], ipFamilyPolicy = 'SingleStack' } = spec;
  return { ...service, spec: { ...spec, ipFamilies, ipFamilyPolicy } as Spec };
}

function ofAnyFamily(service: Service): Service {
  const { ipFamilies: asked = ['IPv4'], ipFamilyPolicy = 'RequireDualStack' } = service.spec;
  const other = asked[0] === 'IPv4' ? 'IPv6' : 'IPv4';
  const ipFamilies = ipFamilyPolicy === 'SingleStack' || asked.length > 1 ? asked : [...asked, other];
  return { ...service, spec: { ...service.spec, ipFamilies, ipFamilyPolicy } as Spec };
}

function refuseFamilies({ ipFamilies = [], ipFamilyPolicy }: Spec): readonly FieldError[] {
  const families = ipFamilies.flatMap((family, index) =>
    family === 'IPv4' ? [] : [invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
  );
  if (ipFamilyPolicy !== 'RequireDualStack') return families;
  const why = 'this cluster is not configured for dual-stack services';
  return [invalid('spec.ipFamilyPolicy', ipFamilyPolicy, why), ...families];
}

interface Addresses extends Pick<ServiceSupplies, 'addresses' | 'random'> {
  /** Those that the Service has already. */
  readonly before: readonly string[];
  readonly dryRun: boolean;
}

function withClusterIp(service: Service, { addresses, before, random, dryRun }: Addresses): Service {
  const { spec, metadata } = service;
  if (!needsClusterIp(spec)) return service;
  const asked = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  if (asked === '') {
    // Nobody is promised an address who only asks what would be.
    const clusterIP = dryRun ? addresses.range.split('/')[0] : addresses.next(random);
    if (clusterIP === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    return { ...service, spec: { ...spec, clusterIP, clusterIPs: [clusterIP] } };
  }
  const clusterIPs = spec.clusterIPs ?? [asked];
  const why = isHeadless(spec) || before.includes(asked) ? undefined : addresses.refuse(asked);
  if (why !== undefined) {
    const error = invalid('spec.clusterIPs', clusterIPs, `failed to allocate IP ${asked}: ${why}`);
    throw invalidObject(SERVICE, metadata.name, [error]);
  }
  return spec.clusterIP === asked && spec.clusterIPs !== undefined
    ? service
    : { ...service, spec: { ...spec, clusterIP: asked, clusterIPs } };
}

/** From where ports are given out. */
interface Ports {
  readonly range: PortRange;
  readonly taken: ReadonlySet<string>;
  readonly random: Draws;
}

function withNodePorts(service: Service, { range, taken, random }: Ports): Service {
  const { spec, metadata } = service;
  if (!isExternal(spec) || spec.ports === undefined) return service;
  const wantsPorts = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  const all = new Set(taken);
  const ports = spec.ports.map((port, index): Port => {
    const { protocol = 'TCP', nodePort = 0 } = port;
    if (nodePort === 0) return port;
    // TCP and UDP of one Service may share a number, as DNS servers do.
    const why = refuseNodePort(range, nodePort, protocol, all);
    if (why !== undefined) {
      throw invalidObject(SERVICE, metadata.name, [invalid(`spec.ports[${index}].nodePort`, nodePort, why)]);
    }
    all.add(nodePortKey(protocol, nodePort));
    return port;
  });
  const filled = ports.map((port): Port => {
    if ((port.nodePort ?? 0) !== 0 || !wantsPorts) return port;
    const { protocol = 'TCP' } = port;
    const twin = ports.find((other) => other.port === port.port && (other.nodePort ?? 0) !== 0)?.nodePort;
    const isFree = twin !== undefined && refuseNodePort(range, twin, protocol, all) === undefined;
    const nodePort = isFree ? twin : allocateNodePort(range, all, protocol, random);
    if (nodePort === undefined) throw internalError('failed to allocate a nodePort: range is full');
    all.add(nodePortKey(protocol, nodePort));
    return { ...port, nodePort };
  });
  return { ...service, spec: { ...spec, ports: filled } };
}

/** https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip */
function withHealthCheckPort(service: Service, { range, taken, random }: Ports): Service {
  const { spec } = service;
  if (!needsHealthCheckPort(spec)) return service;
  const ports = (spec.ports ?? []).map(({ protocol = 'TCP', nodePort = 0 }) => nodePortKey(protocol, nodePort));
  const all = new Set([...taken, ...ports]);
  const asked = spec.healthCheckNodePort ?? 0;
  if (asked !== 0) {
    const why = refuseNodePort(range, asked, 'TCP', all);
    if (why === undefined) return service;
    throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`);
  }
  const healthCheckNodePort = allocateNodePort(range, all, 'TCP', random);
  if (healthCheckNodePort === undefined) {
    throw internalError('failed to allocate a HealthCheck NodePort 0: range is full');
  }
  return { ...service, spec: { ...spec, healthCheckNodePort } };
}
