import type { ConfigMap, Deployment, Event, Lease, Namespace, Node, Pod, ReplicaSet, ServiceAccount } from './kinds.ts';
import type { KubeObject } from './object.ts';

/** Where a kind is served, and (for the compiler) what it looks like. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries the type. */
  readonly object?: T;
}

function resource<T extends KubeObject>(
  apiVersion: string,
  plural: string,
  kind: string,
  namespaced = true,
): Resource<T> {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return { group, version: apiVersion.slice(slash + 1), plural, kind, namespaced };
}

export const namespaces = resource<Namespace>('v1', 'namespaces', 'Namespace', false);
export const nodes = resource<Node>('v1', 'nodes', 'Node', false);
export const pods = resource<Pod>('v1', 'pods', 'Pod');
export const events = resource<Event>('v1', 'events', 'Event');
export const configMaps = resource<ConfigMap>('v1', 'configmaps', 'ConfigMap');
export const serviceAccounts = resource<ServiceAccount>('v1', 'serviceaccounts', 'ServiceAccount');
export const replicaSets = resource<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet');
export const deployments = resource<Deployment>('apps/v1', 'deployments', 'Deployment');
export const leases = resource<Lease>('coordination.k8s.io/v1', 'leases', 'Lease');

/** Every resource named above. */
export const RESOURCES: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  events,
  configMaps,
  serviceAccounts,
  replicaSets,
  deployments,
  leases,
];

/** The resource of a kind, by the kind's name. */
export function resourceOfKind(kind: string): Resource | undefined {
  return RESOURCES.find((resource) => resource.kind === kind);
}

/** The path of a resource's collection or, with a name, of one object (and one of its subresources). */
export function resourcePath(
  at: Pick<Resource, 'group' | 'version' | 'plural'>,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  let path = at.group === '' ? `/api/${at.version}` : `/apis/${at.group}/${at.version}`;
  if (namespace !== undefined && namespace !== '') path += `/namespaces/${encodeURIComponent(namespace)}`;
  path += `/${at.plural}`;
  if (name !== undefined) path += `/${encodeURIComponent(name)}`;
  if (subresource !== undefined) path += `/${subresource}`;
  return path;
}
