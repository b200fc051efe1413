import { CriError } from './cri.ts';
import type { Image, Registry, RegistryLogin } from './image.ts';
import { formatImageReference, type ImageReference, repositoryOf } from './image-reference.ts';

/** Registries that exist even if the catalogue has nothing of them. */
const PUBLIC_REGISTRIES = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.access.redhat.com',
  'registry.k8s.io',
];

const DENIED = 'pull access denied, repository does not exist or may require authorization';

/**
 * Why an image cannot be pulled, as the registry and containerd's transfer service (`core/transfer/local/pull.go`) put it;
 * undefined when it can.
 */
export function refusePull(
  registry: Registry,
  reference: ImageReference,
  image: Image | undefined,
  login: RegistryLogin | undefined,
): CriError | undefined {
  const name = formatImageReference(reference);
  const refuse = (code: CriError['code'], cause: string): CriError =>
    new CriError(code, `failed to pull and unpack image "${name}": failed to resolve image: ${cause}`);
  if (image?.login !== undefined) {
    if (login === undefined) return refuse('Unknown', `${DENIED}: authorization failed: no basic auth credentials`);
    const { username, password } = image.login;
    if (login.username === username && login.password === password) return undefined;
    return refuse('Unknown', `unexpected status from HEAD request to ${manifestUrl(reference)}: 401 Unauthorized`);
  }
  if (image !== undefined) return undefined;
  if (registry.hasRepository(repositoryOf(reference))) return refuse('NotFound', `${name}: not found`);
  const { domain } = reference;
  if (domain === 'docker.io') {
    return refuse('Unknown', `${DENIED}: server message: insufficient_scope: authorization failed`);
  }
  if (PUBLIC_REGISTRIES.includes(domain) || registry.hasRepository(domain)) {
    return refuse('NotFound', `${name}: not found`);
  }
  return refuse('Unknown', `failed to do request: Head "${manifestUrl(reference)}": dial tcp${dialFailure(domain)}`);
}

function manifestUrl({ domain, path, tag, digest }: ImageReference): string {
  return `https://${domain}/v2/${path}/manifests/${digest ?? tag}`;
}

/** Nobody listens on the machine itself, and no name server knows the host. */
function dialFailure(domain: string): string {
  const [host = '', port = '443'] = domain.split(':');
  if (host === 'localhost') return ` 127.0.0.1:${port}: connect: connection refused`;
  if (/^\d+(\.\d+){3}$/.test(host)) return ` ${host}:${port}: connect: connection refused`;
  return `: lookup ${host}: no such host`;
}
