import { type Finding, fails } from './conditions.ts';
import { type BackendReference, GROUP, type HttpRoute } from './kinds.ts';
import { type ClusterView, isGranted } from './watched-gateways.ts';

/** Servers that answer alike. */
export interface Upstream {
  readonly name: string;
  /** `address:port`, in order; none: nobody is ready. */
  readonly servers: readonly string[];
}

/** Where requests go for which there is no good backend: it answers 500. */
export const INVALID_BACKEND: Upstream = { name: 'invalid-backend-ref', servers: ['127.0.0.1:8500'] };

export interface WeighedBackend {
  readonly upstream: Upstream;
  readonly weight: number;
  /** What is wrong with it. */
  readonly problem: Finding | undefined;
}

const DEFAULT_WEIGHT = 1;

/** @param path of the reference in the route, for what is said about it */
export function backendOf(
  view: ClusterView,
  route: HttpRoute,
  reference: BackendReference,
  path: string,
): WeighedBackend {
  const { group = '', kind = 'Service', name, port, weight = DEFAULT_WEIGHT, filters } = reference;
  const namespace = reference.namespace ?? route.metadata.namespace!;
  const refused = (reason: string, message: string) => ({
    upstream: INVALID_BACKEND,
    weight,
    problem: fails('ResolvedRefs', reason, message),
  });
  if ((group !== '' && group !== 'core') || kind !== 'Service') {
    return refused('InvalidKind', `${path}.kind: Unsupported value: "${kind}": supported values: "Service"`);
  }
  if (filters !== undefined && filters.length > 0) {
    return refused('UnsupportedValue', `${path}.filters: Too many: ${filters.length}: must have at most 0 items`);
  }
  const from = { group: GROUP, kind: 'HTTPRoute', namespace: route.metadata.namespace! };
  if (!isGranted(view, from, { group: '', kind: 'Service', namespace, name })) {
    return refused(
      'RefNotPermitted',
      `Backend ref to Service ${namespace}/${name} not permitted by any ReferenceGrant`,
    );
  }
  const service = view.service(namespace, name);
  if (service === undefined) return refused('BackendNotFound', `${path}.name: Not found: "${name}"`);
  const servicePort = service.spec.ports?.find((each) => each.port === port);
  if (port === undefined || servicePort === undefined) {
    return refused(
      'BackendNotFound',
      `${path}.port: Not found: ${port ?? '""'}: the Service ${namespace}/${name} has no such port`,
    );
  }
  if (service.spec.type === 'ExternalName') {
    return refused(
      'UnsupportedProtocol',
      `${path}: the Service ${namespace}/${name} is of type ExternalName, which is not supported`,
    );
  }
  const servers = readyAddresses(view, namespace, name, servicePort.name ?? '');
  return { upstream: { name: `${namespace}_${name}_${port}`, servers }, weight, problem: undefined };
}

function readyAddresses(view: ClusterView, namespace: string, service: string, portName: string): string[] {
  const servers = new Set<string>();
  for (const { addressType, ports, endpoints } of view.slices(namespace, service)) {
    const target = ports?.find(({ name }) => (name ?? '') === portName)?.port;
    if (addressType !== 'IPv4' || target === undefined) continue;
    for (const { addresses, conditions } of endpoints) {
      if (conditions?.ready !== false) for (const address of addresses) servers.add(`${address}:${target}`);
    }
  }
  return [...servers].sort();
}
