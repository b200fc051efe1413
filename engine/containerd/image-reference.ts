/** An image reference taken apart: `docker.io/library/nginx:1.29@sha256:…`. */
export interface ImageReference {
  /** Registry host, with its port: `docker.io`, `registry.k8s.io`. */
  readonly domain: string;
  /** `library/nginx` */
  readonly path: string;
  /** `latest` when the reference names neither tag nor digest. */
  readonly tag?: string;
  readonly digest?: string;
}

const DOMAIN =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const MAX_REPOSITORY = 255;

/**
 * Reads a reference as `docker pull` would: `nginx` is `docker.io/library/nginx:latest`.
 * After https://github.com/distribution/reference (`ParseNormalizedNamed`).
 *
 * @throws Error in the words of that library.
 */
export function parseImageReference(text: string): ImageReference {
  const { name, tag, digest } = split(text);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const domain = hasDomain && first !== 'index.docker.io' ? first : 'docker.io';
  let path = hasDomain ? name.slice(slash + 1) : name;
  if (domain === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  if (path.toLowerCase() !== path) {
    throw new Error(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  const wellFormed =
    DOMAIN.test(domain) &&
    path.split('/').every((component) => PATH_COMPONENT.test(component)) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!wellFormed) throw new Error('invalid reference format');
  if (path.length > MAX_REPOSITORY) {
    throw new Error(`repository name must not be more than ${MAX_REPOSITORY} characters`);
  }
  return { domain, path, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

function split(text: string): { name: string; tag?: string; digest?: string } {
  // Longer than any reference there is: no need to look closer.
  if (text === '' || text.length > 1024) throw new Error('invalid reference format');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return colon < 0 ? { name: rest, digest } : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** The repository with its registry: `docker.io/library/nginx`. */
export function repositoryOf({ domain, path }: ImageReference): string {
  return `${domain}/${path}`;
}

/** The whole reference; a digest makes its tag irrelevant. */
export function formatImageReference(reference: ImageReference): string {
  const repository = repositoryOf(reference);
  return reference.digest === undefined ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
}
