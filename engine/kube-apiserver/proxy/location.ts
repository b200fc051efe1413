import { badRequest, notFound, resourceName, serviceUnavailable } from '../../api/errors.ts';
import type { Endpoints, Node, Pod, Service } from '../../api/kinds.ts';
import type { RequestInfo } from '../../api/request.ts';
import type { Lookup } from '../admission/admission.ts';
import type { RequestDraws } from '../request-scope.ts';

/** Where a proxied request goes: to a port somewhere in the cluster, or to a node's kubelet. */
export type Location =
  | { readonly scheme: 'http' | 'https'; readonly host: string; readonly port: string }
  | { readonly kubelet: string };

type Subset = NonNullable<Endpoints['subsets']>[number];

/** `https:web:8443` in its parts, empty where it says nothing. */
interface Target {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly port: string;
}

const KUBELET_PORT = '10250';

/**
 * What `pods/proxy`, `services/proxy` and `nodes/proxy` lead to. After `ResourceLocation` of kubernetes/kubernetes
 * `pkg/registry/core/{pod/strategy.go,service/storage/storage.go,node/strategy.go}`.
 *
 * @throws StatusError
 */
export function locate(lookup: Lookup, info: RequestInfo, draws: RequestDraws): Location {
  const { resource, namespace, name: id } = info;
  const target = readTarget(id);
  if (target === undefined) throw badRequest(`invalid ${resource.replace(/s$/, '')} request ${JSON.stringify(id)}`);
  if (resource === 'pods') return podLocation(lookup, namespace, target);
  if (resource === 'nodes') return nodeLocation(lookup, target);
  return serviceLocation(lookup, namespace, target, id, draws);
}

/** `name`, `name:port` or `scheme:name:port`; undefined for anything else. */
function readTarget(id: string): Target | undefined {
  const parts = id.split(':');
  const [scheme, name, port] =
    parts.length === 3 ? (parts as [string, string, string]) : ['', parts[0] ?? '', parts[1] ?? ''];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme)) return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port };
}

/** Without a port it is the first that a container names, if one does. */
function podLocation(lookup: Lookup, namespace: string, { scheme, name, port }: Target): Location {
  const pod = lookup('pods', namespace, name) as Pod | undefined;
  if (pod === undefined) throw notFound(resourceName('pods'), name);
  const declared = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
  const host = pod.status?.podIP ?? pod.status?.podIPs?.[0]?.ip ?? '';
  requireProxyable(host);
  return { scheme, host, port: port !== '' ? port : `${declared ?? (scheme === 'https' ? 443 : 80)}` };
}

/** What is on this machine only must not be reached by way of this server. */
function requireProxyable(address: string): void {
  if (!/^\d+(\.\d+){3}$/.test(address) || /^(127|169\.254|0|22[4-9]|23\d)\./.test(address))
    throw badRequest('address not allowed');
}

function nodeLocation(lookup: Lookup, { scheme, name, port }: Target): Location {
  const node = lookup('nodes', '', name) as Node | undefined;
  if (node === undefined) throw notFound(resourceName('nodes'), name);
  if (port === '' || port === KUBELET_PORT) return { kubelet: name };
  const addresses = node.status?.addresses ?? [];
  const host = (addresses.find(({ type }) => type === 'InternalIP') ?? addresses[0])?.address ?? '';
  requireProxyable(host);
  return { scheme, host, port };
}

/**
 * Any of the Service's Pods that are ready. A port is named by its name or by its number; what stands behind it are Pods only, so
 * that nobody can be reached through this server by writing an Endpoints object.
 */
function serviceLocation(
  lookup: Lookup,
  namespace: string,
  { scheme, name, port }: Target,
  id: string,
  draws: RequestDraws,
): Location {
  const portName = namedPort(lookup, namespace, name, port);
  const endpoints = lookup('endpoints', namespace, name) as Endpoints | undefined;
  if (endpoints === undefined) throw notFound(resourceName('endpoints'), name);
  const { subsets = [] } = endpoints;
  if (subsets.length === 0) throw noEndpoints(name);
  for (const { addresses = [], ports = [] } of fromAnyOf(subsets, draws)) {
    const at = ports.find((each) => (each.name ?? '') === portName);
    if (at === undefined || addresses.length === 0) continue;
    const address = fromAnyOf(addresses, draws).find((each) => isPod(lookup, namespace, each));
    if (address !== undefined) return { scheme, host: address.ip, port: String(at.port) };
  }
  throw noEndpoints(id);
}

function noEndpoints(service: string) {
  return serviceUnavailable(`no endpoints available for service ${JSON.stringify(service)}`);
}

function namedPort(lookup: Lookup, namespace: string, name: string, port: string): string {
  if (!/^[+-]?\d+$/.test(port)) return port;
  const service = lookup('services', namespace, name) as Service | undefined;
  if (service === undefined) throw notFound(resourceName('services'), name);
  const found = service.spec.ports?.find((each) => each.port === Number(port));
  if (found === undefined)
    throw serviceUnavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

/** All of them, beginning anywhere. */
function fromAnyOf<T>(list: readonly T[], draws: RequestDraws): readonly T[] {
  const start = Math.floor(draws.float() * list.length);
  return [...list.slice(start), ...list.slice(0, start)];
}

function isPod(lookup: Lookup, namespace: string, address: NonNullable<Subset['addresses']>[number]): boolean {
  const { kind, name = '' } = address.targetRef ?? {};
  if (kind !== 'Pod') return false;
  const pod = lookup('pods', namespace, name) as Pod | undefined;
  const known = [pod?.status?.podIP, ...(pod?.status?.podIPs ?? []).map(({ ip }) => ip)];
  return known.includes(address.ip);
}
