import { sameValue } from '../../api/copy-on-write.ts';
import type { Secret } from '../../api/kinds.ts';
import { configMaps, secrets } from '../../api/resources.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import {
  CLUSTER_INFO,
  isBootstrapToken,
  NAMESPACE,
  PUBLIC_NAMESPACE,
  type TokenWork,
  type TokenWorkplace,
} from './bootstrap-token.ts';
import { detachedSignature } from './detached-signature.ts';

const SIGNATURE = 'jws-kubeconfig-';

/** After `pkg/controller/bootstrap/tokencleaner.go` and `bootstrapsigner.go`. */
export const tokenWork: TokenWork = { clean, sign };

function clean(key: string, { sim, client, secrets: tokens, again }: TokenWorkplace): void {
  const token = tokens.byKey(key);
  if (token === undefined || !isBootstrapToken(token)) return;
  const leftMs = expirationMs(token) - sim.wallMs;
  const { name, namespace, uid } = token.metadata;
  if (leftMs <= 0) unlessGone(() => client.resource(secrets).delete(name, namespace, { preconditions: { uid } }));
  else if (leftMs < Number.POSITIVE_INFINITY) again(key, leftMs);
}

function sign(_key: string, workplace: TokenWorkplace): void {
  const info = workplace.configMaps.get(CLUSTER_INFO, PUBLIC_NAMESPACE);
  const content = info?.data?.['kubeconfig'];
  if (info === undefined || content === undefined) return;
  const unsigned = Object.entries(info.data ?? {}).filter(([key]) => !key.startsWith(SIGNATURE));
  const data = { ...Object.fromEntries(unsigned), ...signatures(content, workplace) };
  if (!sameValue(info.data, data)) unlessGone(() => workplace.client.resource(configMaps).update({ ...info, data }));
}

function signatures(content: string, { sim, secrets: tokens }: TokenWorkplace): Record<string, string> {
  const usable = tokens
    .list(NAMESPACE)
    .filter(isBootstrapToken)
    .filter((token) => sayOf(token, 'usage-bootstrap-signing') === 'true' && expirationMs(token) > sim.wallMs);
  return Object.fromEntries(
    usable.map((token) => {
      const id = sayOf(token, 'token-id');
      return [`${SIGNATURE}${id}`, detachedSignature(content, id, sayOf(token, 'token-secret'))];
    }),
  );
}

/** What a token's Secret says under a key, decoded; nothing when it does not. */
export function sayOf({ data }: Secret, key: string): string {
  return atob(data?.[key] ?? '');
}

/** When a token ends, in milliseconds since 1970: never, or long ago where that cannot be read. */
function expirationMs(token: Secret): number {
  const text = sayOf(token, 'expiration');
  return text === '' ? Number.POSITIVE_INFINITY : Date.parse(text) || 0;
}
