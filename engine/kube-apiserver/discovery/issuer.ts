import type { ApiResponse } from '../../api/request.ts';
import { ISSUER } from '../authentication/service-account-tokens.ts';
import { type TokenKey, toBase64url } from '../authentication/token-key.ts';

// By what others check the tokens of ServiceAccounts:
// https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery

export const CONFIGURATION_PATH = '/.well-known/openid-configuration';
export const KEYS_PATH = '/openid/v1/jwks';

const CACHE = 'public, max-age=3600';

/**
 * @param address where the keys are to be had, e.g. `10.0.0.10`
 * @returns undefined for any other path
 */
export function serveIssuer(path: string, key: TokenKey, address: string): ApiResponse | undefined {
  if (path === CONFIGURATION_PATH) {
    const document = {
      issuer: ISSUER,
      jwks_uri: `https://${address}:6443${KEYS_PATH}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
    return answer('application/json', document);
  }
  if (path !== KEYS_PATH) return undefined;
  const published = {
    use: 'sig',
    kty: 'RSA',
    kid: key.id,
    alg: 'RS256',
    n: toBase64url(key.modulus),
    e: toBase64url(Uint8Array.of(1, 0, 1)),
  };
  return answer('application/jwk-set+json', { keys: [published] });
}

function answer(type: string, document: object): ApiResponse {
  // As text: it is laid out like this, without a newline at its end.
  return { status: 200, headers: { 'content-type': type, 'cache-control': CACHE }, body: JSON.stringify(document) };
}
