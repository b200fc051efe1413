import type { KindDescriptor } from '../../api/descriptor.ts';

// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api

const SERVER_ADDRESSES = [{ clientCIDR: '0.0.0.0/0', serverAddress: '172.18.0.2:6443' }];

/** A group with its versions, preferred first, and the kinds of each. */
interface Group {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly kinds: readonly KindDescriptor[] }[];
}

/** The order of the real server; whoever asks for `ingresses` without a group gets those of the first that has them. */
const GROUP_ORDER: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'resource.k8s.io',
];

function placeOf(group: string): number {
  const place = GROUP_ORDER.indexOf(group);
  return place < 0 ? GROUP_ORDER.length : place;
}

function groupsOf(kinds: readonly KindDescriptor[]): readonly Group[] {
  const groups = new Map<string, Map<string, KindDescriptor[]>>();
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, KindDescriptor[]>();
    groups.set(kind.group, versions);
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]);
  }
  const sorted = [...groups].sort(([a], [b]) => placeOf(a) - placeOf(b));
  return sorted.map(([name, versions]) => ({
    name,
    versions: Array.from(versions, ([version, members]) => ({ version, kinds: members })),
  }));
}

/** The entry of one subresource: what it takes and gives, and the methods it has. */
interface SubresourceEntry {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

function subresourceEntry(kind: KindDescriptor, subresource: string): SubresourceEntry {
  const core = (name: string, ...verbs: string[]) => ({ kind: name, group: '', version: 'v1', verbs });
  switch (subresource) {
    case 'scale':
      return { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] };
    case 'binding':
      return core('Binding', 'create');
    case 'eviction':
      return { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] };
    case 'token':
      return { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] };
    case 'log':
      return core(kind.kind, 'get');
    case 'exec':
      return core('PodExecOptions', 'create', 'get');
    case 'attach':
      return core('PodAttachOptions', 'create', 'get');
    case 'portforward':
      return core('PodPortForwardOptions', 'create', 'get');
    case 'proxy':
      return core(`${kind.kind}ProxyOptions`, 'create', 'delete', 'get', 'patch', 'update');
    case 'finalize':
      return core(kind.kind, 'update');
    default:
      return { kind: kind.kind, group: kind.group, version: kind.version, verbs: ['get', 'patch', 'update'] };
  }
}

function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

function apiGroup({ name, versions }: Group) {
  const list = versions.map(({ version }) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** `/api` */
export function apiVersions() {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: SERVER_ADDRESSES };
}

/** `/apis` */
export function apiGroupList(kinds: readonly KindDescriptor[]) {
  const groups = groupsOf(kinds).filter(({ name }) => name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) };
}

/** `/apis/GROUP`; undefined for a group that is not served. */
export function apiGroupDocument(kinds: readonly KindDescriptor[], name: string) {
  const group = groupsOf(kinds).find((each) => each.name === name && name !== '');
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) };
}

/** `/api/v1`, `/apis/GROUP/VERSION`; undefined for a version that is not served. */
export function apiResourceList(kinds: readonly KindDescriptor[], group: string, version: string) {
  const members = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (members.length === 0) return undefined;
  const resources = members.flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    },
    ...kind.subresources.map((subresource) => {
      const entry = subresourceEntry(kind, subresource);
      const elsewhere = entry.group !== group ? { group: entry.group, version: entry.version } : {};
      const name = `${kind.plural}/${subresource}`;
      return {
        name,
        singularName: '',
        namespaced: kind.namespaced,
        ...elsewhere,
        kind: entry.kind,
        verbs: entry.verbs,
      };
    }),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersion(group, version), resources };
}

/** `/api` and `/apis` for clients that want everything at once. */
export function aggregatedDiscovery(kinds: readonly KindDescriptor[], core: boolean) {
  const groups = groupsOf(kinds).filter(({ name }) => (name === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, kinds: members }) => ({
        version,
        resources: members.map(discoveredResource),
        freshness: 'Current',
      })),
    })),
  };
}

function discoveredResource(kind: KindDescriptor) {
  const subresources = kind.subresources.map((subresource) => {
    const entry = subresourceEntry(kind, subresource);
    const responseKind = { group: entry.group, version: entry.version, kind: entry.kind };
    return { subresource, responseKind, verbs: entry.verbs };
  });
  return {
    resource: kind.plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
