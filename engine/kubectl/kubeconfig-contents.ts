// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/

interface NamedCluster {
  readonly name: string;
  readonly cluster: { readonly server?: string; readonly [key: string]: unknown };
}

export interface NamedContext {
  readonly name: string;
  readonly context: { readonly cluster?: string; readonly user?: string; readonly namespace?: string };
}

interface NamedUser {
  readonly name: string;
  readonly user: Readonly<Record<string, unknown>>;
}

export interface KubeConfig {
  readonly clusters: readonly NamedCluster[];
  readonly contexts: readonly NamedContext[];
  readonly users: readonly NamedUser[];
  readonly currentContext: string;
}

/** Takes the parts that clients read out of a configuration file's object; what is no such part is left out. */
export function configFromObject(file: Readonly<Record<string, unknown>>): KubeConfig {
  return {
    clusters: namedList<NamedCluster>(file['clusters'], 'cluster'),
    contexts: namedList<NamedContext>(file['contexts'], 'context'),
    users: namedList<NamedUser>(file['users'], 'user'),
    currentContext: typeof file['current-context'] === 'string' ? file['current-context'] : '',
  };
}

function namedList<T extends { readonly name: string }>(value: unknown, key: string): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((item): item is T => typeof item === 'object' && item !== null && typeof item.name === 'string')
    .map((item) => ({ ...item, [key]: (item as Record<string, unknown>)[key] ?? {} }));
}
