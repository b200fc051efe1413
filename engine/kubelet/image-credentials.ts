import type { Pod, Secret } from '../api/kinds.ts';
import type { RegistryLogin } from '../containerd/image.ts';
import { decodeBase64, MissingReference, type ReferencedObjects } from './referenced-objects.ts';

/** A login with the Secret it comes from. */
export interface PullCredential extends RegistryLogin {
  /** `namespace/name` */
  readonly secret: string;
}

interface DockerAuth {
  readonly username?: unknown;
  readonly password?: unknown;
  readonly auth?: unknown;
}

/**
 * The `imagePullSecrets` of a Pod, and the names of those that cannot be had.
 * https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
 */
export function pullSecrets(objects: ReferencedObjects, { metadata, spec }: Pod) {
  const secrets: Secret[] = [];
  const missing: string[] = [];
  for (const { name = '' } of spec.imagePullSecrets ?? []) {
    try {
      secrets.push(objects.secret(metadata.uid, name, metadata.namespace));
    } catch (error) {
      if (!(error instanceof MissingReference)) throw error;
      missing.push(name);
    }
  }
  return { secrets, missing };
}

/**
 * What of the Secrets may open this image's registry, the closest match first. After `pkg/credentialprovider/keyring.go`.
 *
 * @param image with its registry: `docker.io/library/nginx`
 */
export function credentialsFor(secrets: readonly Secret[], image: string): PullCredential[] {
  const found: (PullCredential & { readonly length: number })[] = [];
  for (const secret of secrets) {
    const { name, namespace } = secret.metadata;
    for (const [key, auth] of Object.entries(readAuths(secret))) {
      const registry = registryOf(key);
      const login = matches(registry, image) ? readLogin(auth) : undefined;
      if (login !== undefined) found.push({ ...login, secret: `${namespace}/${name}`, length: registry.length });
    }
  }
  return found.sort((a, b) => b.length - a.length).map(({ length: _, ...credential }) => credential);
}

function readAuths({ data = {} }: Secret): Readonly<Record<string, DockerAuth>> {
  const json = data['.dockerconfigjson'];
  const old = data['.dockercfg'];
  try {
    if (json !== undefined) return JSON.parse(decodeBase64(json)).auths ?? {};
    return old === undefined ? {} : (JSON.parse(decodeBase64(old)) ?? {});
  } catch {
    // The API server has checked Secrets of the right type; others are no use.
    return {};
  }
}

function readLogin({ username, password, auth }: DockerAuth): RegistryLogin | undefined {
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  if (typeof auth !== 'string') return undefined;
  try {
    const [name = '', ...rest] = decodeBase64(auth).split(':');
    return { username: name, password: rest.join(':') };
  } catch {
    return undefined;
  }
}

/** `https://index.docker.io/v1/` is `docker.io`. */
function registryOf(key: string): string {
  const bare = key
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .replace(/\/v[12]$/, '');
  return bare.replace(/^(index|registry-1)\.docker\.io(?=\/|$)/, 'docker.io');
}

/** Hosts match label by label, where `*` stands for one label; a path must be the beginning of the image's. */
function matches(registry: string, image: string): boolean {
  const [host = '', ...path] = registry.split('/');
  const [imageHost = '', ...imagePath] = image.split('/');
  const labels = host.split('.');
  const imageLabels = imageHost.split('.');
  return (
    labels.length === imageLabels.length &&
    labels.every((label, index) => label === '*' || label === imageLabels[index]) &&
    path.every((part, index) => part === imagePath[index])
  );
}
