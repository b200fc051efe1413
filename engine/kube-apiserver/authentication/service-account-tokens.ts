import type { UserInfo } from '../../api/request.ts';
import type { Lookup } from '../admission/admission.ts';

// Tokens have the form of the real ones, three parts in base64url with the claims in the middle, so that tools can look
// inside. They are not signed with RSA but sealed with a keyed checksum: enough where every client is a part of the
// simulation, and no secret outside it depends on them.

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface ObjectClaim {
  readonly name: string;
  readonly uid: string;
}

/** What a token says: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#schema-for-service-account-private-claims */
export interface TokenClaims {
  readonly aud: readonly string[];
  /** Seconds since 1970, as all times here. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly iss: string;
  readonly jti: string;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: ObjectClaim;
    readonly pod?: ObjectClaim;
    readonly secret?: ObjectClaim;
    readonly node?: ObjectClaim;
  };
}

const HEADER = base64url(JSON.stringify({ alg: 'none', kid: 'drydock' }));
const MAX_TOKEN_LENGTH = 8192;

export function issueToken(claims: TokenClaims, lookup: Lookup): string {
  const body = `${HEADER}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${seal(body, lookup)}`;
}

/** The claims of a token that this cluster has issued, whether it is still valid or not. */
export function readToken(token: string, lookup: Lookup): TokenClaims | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const end = token.lastIndexOf('.');
  const body = token.slice(0, Math.max(0, end));
  if (end < 0 || seal(body, lookup) !== token.slice(end + 1)) return undefined;
  return JSON.parse(fromBase64url(body.slice(body.indexOf('.') + 1))) as TokenClaims;
}

/** Whether a token's time has come and not run out, and its ServiceAccount and what it is bound to are there. */
export function isValidNow(claims: TokenClaims, nowSeconds: number, lookup: Lookup): boolean {
  return claims.nbf <= nowSeconds && claims.exp > nowSeconds && isBoundToPresent(claims, lookup);
}

function isBoundToPresent({ 'kubernetes.io': bound }: TokenClaims, lookup: Lookup): boolean {
  const { namespace, serviceaccount, pod, secret, node } = bound;
  const isThere = (plural: string, where: string, object: ObjectClaim | undefined) =>
    object === undefined || lookup(plural, where, object.name)?.metadata.uid === object.uid;
  return (
    isThere('serviceaccounts', namespace, serviceaccount) &&
    isThere('pods', namespace, pod) &&
    isThere('secrets', namespace, secret) &&
    // A Pod's node is only told; a token bound to the node itself ends with it.
    (pod !== undefined || isThere('nodes', '', node))
  );
}

/** The user that a token stands for. */
export function tokenUser(claims: TokenClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const about = 'authentication.kubernetes.io';
  return {
    username: claims.sub,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      [`${about}/credential-id`]: [`JTI=${claims.jti}`],
      ...(node === undefined ? {} : { [`${about}/node-name`]: [node.name], [`${about}/node-uid`]: [node.uid] }),
      ...(pod === undefined ? {} : { [`${about}/pod-name`]: [pod.name], [`${about}/pod-uid`]: [pod.uid] }),
    },
  };
}

/** The key is what no client knows beforehand and what outlives the server: the uid of a Namespace. */
function seal(body: string, lookup: Lookup): string {
  const key = lookup('namespaces', '', 'kube-system')?.metadata.uid ?? '';
  const rounds = [0, 1, 2, 3].map((round) => checksum(`${key}/${round}/${body}`));
  return rounds.map((each) => each.toString(16).padStart(8, '0')).join('');
}

/** FNV-1a with a final mix. */
function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Names and uids are ASCII; whatever else an audience holds is escaped. */
function base64url(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64url(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
}
