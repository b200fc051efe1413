import type { KindDescriptor } from '../../api/descriptor.ts';

/** Where the name in etcd is not the plural, for historical reasons. */
const STORED_AS: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  ingresses: 'ingress',
};

/** `/registry/pods/`, `/registry/example.com/widgets/`: what all keys of a kind begin with. Built-in groups do not appear in it. */
export function storagePrefix(
  kind: Pick<KindDescriptor, 'plural'> & Partial<Pick<KindDescriptor, 'group' | 'custom'>>,
): string {
  if (kind.custom !== undefined) return `/registry/${kind.group}/${kind.plural}/`;
  return `/registry/${STORED_AS[kind.plural] ?? kind.plural}/`;
}

/** `/registry/pods/default/web`, `/registry/minions/node-1`. */
export function storageKey(prefix: string, namespace: string, name: string): string {
  return namespace === '' ? prefix + name : `${prefix}${namespace}/${name}`;
}
