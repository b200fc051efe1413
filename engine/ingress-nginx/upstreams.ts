import type { Ingress, Service } from '../api/kinds.ts';
import type { Annotations } from './annotations.ts';
import type { WatchedCluster } from './watched-cluster.ts';

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

/** A group of servers that answer alike. */
export interface Upstream {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
  /** `address:port`, in order. */
  readonly servers: readonly string[];
  /** Of a Service that is another's name: looked up at each request. */
  readonly externalName: string | undefined;
  readonly hashBy: string;
}

/** What answers where no rule fits: a page that says 404, from nginx itself. */
export const DEFAULT_BACKEND: Upstream = {
  name: 'upstream-default-backend',
  namespace: '',
  service: '',
  port: '',
  servers: ['127.0.0.1:8181'],
  externalName: undefined,
  hashBy: '',
};

/** The endpoints behind an Ingress's backend. */
export function upstreamFor(
  cluster: WatchedCluster,
  { metadata }: Ingress,
  { service: named, resource }: Backend,
  annotations: Annotations,
): { readonly upstream: Upstream; readonly complaint?: string } {
  const namespace = metadata.namespace ?? 'default';
  if (named === undefined)
    return { upstream: DEFAULT_BACKEND, complaint: `Backend of resource ${resource?.kind ?? ''} is not supported` };
  const port = String(named.port?.number ?? named.port?.name ?? '');
  const suffix = annotations.affinityCookie === undefined ? '' : `-${metadata.name}-sticky`;
  const upstream = {
    name: `${namespace}-${named.name}-${port}${suffix}`,
    namespace,
    service: named.name,
    port,
    servers: [],
    externalName: undefined,
    hashBy:
      annotations.affinityCookie === undefined
        ? annotations.hashBy
        : `$sticky_${annotations.affinityCookie.replaceAll('-', '_')}`,
  };
  const key = `${namespace}/${named.name}`;
  const service = cluster.service(namespace, named.name);
  if (service === undefined)
    return {
      upstream,
      complaint: `Error obtaining Endpoints for Service "${key}": no object matching key "${key}" in local store`,
    };
  if (service.spec.type === 'ExternalName')
    return { upstream: { ...upstream, externalName: `${service.spec.externalName}:${targetOf(service, port)}` } };
  const servicePort = service.spec.ports?.find((each) => each.name === port || String(each.port) === port);
  if (servicePort === undefined) return { upstream, complaint: `Service "${key}" does not have any active Endpoint.` };
  if (annotations.serviceUpstream && service.spec.clusterIP !== 'None')
    return { upstream: { ...upstream, servers: [`${service.spec.clusterIP}:${servicePort.port}`] } };
  const servers = new Set<string>();
  for (const slice of cluster.slices(namespace, named.name)) {
    if (slice.addressType !== 'IPv4') continue;
    const target = slice.ports?.find((each) => (each.name ?? '') === (servicePort.name ?? ''))?.port;
    if (target === undefined) continue;
    for (const { addresses, conditions } of slice.endpoints)
      if (conditions?.ready !== false) for (const address of addresses) servers.add(`${address}:${target}`);
  }
  if (servers.size === 0) return { upstream, complaint: `Service "${key}" does not have any active Endpoint.` };
  return { upstream: { ...upstream, servers: [...servers].sort() } };
}

function targetOf({ spec }: Service, port: string): string {
  const found = spec.ports?.find((each) => each.name === port || String(each.port) === port);
  return String(found?.targetPort ?? found?.port ?? port);
}
