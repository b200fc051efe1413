import { SERVICE_NAME } from '../../api/discovery/slice-service.ts';
import type { EndpointSlice, Service } from '../../api/kinds.ts';

// Which records the objects of a cluster mean.
// https://github.com/kubernetes/dns/blob/master/docs/specification.md, after CoreDNS' `plugin/kubernetes`

export type PodMode = 'disabled' | 'insecure' | 'verified';

/** What the plugin knows of the cluster. */
export interface ClusterObjects {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  /** The slices of a Service. */
  slices(namespace: string, service: string): readonly EndpointSlice[];
  servicesWithAddress(address: string): readonly Service[];
  slicesWithAddress(address: string): readonly EndpointSlice[];
  hasPod(namespace: string, address: string): boolean;
}

/** Something that a name leads to: an address, or another name. */
export interface Target {
  /** The name that it has itself, inside the zone: `nginx.default.svc`. */
  readonly owner: string;
  readonly host: string;
  /** -1 when it has none. */
  readonly port: number;
}

/** What is asked for, in the zone's own terms. */
interface RecordRequest {
  readonly kind: 'svc' | 'pod';
  readonly namespace: string;
  readonly service: string | undefined;
  readonly endpoint: string | undefined;
  readonly port: string;
  readonly protocol: string;
}

export interface RecordOptions {
  readonly pods: PodMode;
  readonly endpointPodNames: boolean;
  /** All unless told. */
  readonly namespaces: ReadonlySet<string> | undefined;
}

/**
 * Where a name (inside the zone, in small letters) leads to. None: the name exists and has no such records. Undefined: there is no such name.
 */
export function targetsOf(
  name: string,
  objects: ClusterObjects,
  options: RecordOptions,
): readonly Target[] | undefined {
  if (name === '' || name === 'svc' || name === 'pod') return [];
  const request = parseRequest(name);
  if (request === undefined) return undefined;
  const { namespace } = request;
  if (!(options.namespaces?.has(namespace) ?? true) || !objects.hasNamespace(namespace)) return undefined;
  return request.kind === 'pod' ? podTargets(request, objects, options) : serviceTargets(request, objects, options);
}

/** `[_port._protocol.|endpoint.]service.namespace.svc`, `address.namespace.pod`, or less. */
function parseRequest(name: string): RecordRequest | undefined {
  const labels = name.split('.').reverse();
  const [kind, namespace = '', service, first, second, ...more] = labels;
  if ((kind !== 'svc' && kind !== 'pod') || more.length > 0) return undefined;
  const isPort = second !== undefined;
  return {
    kind,
    namespace,
    service,
    endpoint: isPort ? undefined : first,
    port: isPort ? second.replace(/^_/, '') : '',
    protocol: isPort ? first!.replace(/^_/, '') : '',
  };
}

function podTargets(
  { namespace, service }: RecordRequest,
  objects: ClusterObjects,
  { pods }: RecordOptions,
): readonly Target[] | undefined {
  if (pods === 'disabled') return undefined;
  if (service === undefined) return [];
  const address = service.replaceAll('-', '.');
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(address) || address.split('.').some((part) => Number(part) > 255))
    return undefined;
  if (pods === 'verified' && !objects.hasPod(namespace, address)) return undefined;
  return [{ owner: `${service}.${namespace}.pod`, host: address, port: -1 }];
}

function serviceTargets(
  request: RecordRequest,
  objects: ClusterObjects,
  options: RecordOptions,
): readonly Target[] | undefined {
  const { namespace, service: name, endpoint } = request;
  if (name === undefined) return [];
  const service = objects.service(namespace, name);
  if (service === undefined) return undefined;
  const owner = `${name}.${namespace}.svc`;
  const { type, externalName, clusterIP, clusterIPs, ports = [] } = service.spec;
  if (type === 'ExternalName') {
    return endpoint === undefined ? [{ owner, host: normalExternal(externalName), port: -1 }] : undefined;
  }
  if (clusterIP === 'None' || endpoint !== undefined) {
    const found = endpointTargets(request, owner, objects, options);
    return found.length === 0 ? undefined : found;
  }
  const matching = ports.filter((port) => matchesPort(request, port));
  if (matching.length === 0) return undefined;
  const addresses = clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
  return matching.flatMap(({ port }) => addresses.map((host) => ({ owner, host, port })));
}

function normalExternal(name: string | undefined): string {
  return (name ?? '').replace(/\.$/, '');
}

function endpointTargets(
  request: RecordRequest,
  owner: string,
  objects: ClusterObjects,
  { endpointPodNames }: RecordOptions,
): Target[] {
  const targets: Target[] = [];
  for (const slice of objects.slices(request.namespace, request.service!)) {
    // A slice without ports stands for all of them.
    const all = slice.ports === undefined || slice.ports.length === 0 ? [{ port: -1 }] : slice.ports;
    const ports = all.filter((port) => matchesPort(request, port));
    for (const endpoint of readyEndpoints(slice)) {
      for (const host of endpoint.addresses) {
        const label = endpointLabel(endpoint, host, endpointPodNames);
        if (request.endpoint !== undefined && request.endpoint !== label) continue;
        for (const { port } of ports) targets.push({ owner: `${label}.${owner}`, host, port: port ?? -1 });
      }
    }
  }
  return targets;
}

/** Those that may be told: `ready` is true of unready Pods too where the Service publishes them. */
function readyEndpoints({ endpoints }: EndpointSlice): EndpointSlice['endpoints'] {
  return endpoints.filter(({ conditions }) => conditions?.ready !== false);
}

type Endpoint = EndpointSlice['endpoints'][number];

function endpointLabel({ hostname, targetRef }: Endpoint, address: string, podNames: boolean): string {
  if (hostname !== undefined && hostname !== '') return hostname.toLowerCase();
  if (podNames && targetRef?.name !== undefined) return targetRef.name;
  return address.replaceAll(/[.:]/g, '-');
}

function matchesPort(request: RecordRequest, port: { readonly name?: string; readonly protocol?: string }): boolean {
  if (request.port !== '' && request.port !== (port.name ?? '').toLowerCase()) return false;
  return request.protocol === '' || request.protocol === (port.protocol ?? 'TCP').toLowerCase();
}

/** The names (inside the zone) that an address has. */
export function namesOfAddress(address: string, objects: ClusterObjects, options: RecordOptions): readonly string[] {
  const services = objects.servicesWithAddress(address);
  const exposed = (namespace: string | undefined) => options.namespaces?.has(namespace ?? '') ?? true;
  if (services.length > 0) {
    return services
      .filter(({ metadata }) => exposed(metadata.namespace))
      .map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc`);
  }
  const names = new Set<string>();
  for (const slice of objects.slicesWithAddress(address)) {
    const { namespace, labels } = slice.metadata;
    if (!exposed(namespace)) continue;
    for (const endpoint of readyEndpoints(slice)) {
      if (!endpoint.addresses.includes(address)) continue;
      const label = endpointLabel(endpoint, address, options.endpointPodNames);
      names.add(`${label}.${labels?.[SERVICE_NAME] ?? ''}.${namespace}.svc`);
    }
  }
  return [...names];
}
