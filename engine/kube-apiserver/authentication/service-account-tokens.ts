import type { KubeObject } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Lookup } from '../admission/admission.ts';
import { fromBase64url, type TokenKey, textToBase64url, toBase64url } from './token-key.ts';

// Tokens are JSON Web Tokens as the real server's: RFC 7519, signed as RS256 (RFC 7515).

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
    /** When it would have ended, had its life not been stretched for clients that do not read tokens anew. */
    readonly warnafter?: number;
  };
}

const MAX_TOKEN_LENGTH = 8192;

export function issueToken(claims: TokenClaims, key: TokenKey): string {
  const body = `${headerOf(key)}.${encodeJson(claims)}`;
  return `${body}.${toBase64url(key.sign(ENCODER.encode(body)))}`;
}

/** Every token of a key begins with the same. */
function headerOf(key: TokenKey): string {
  let header = HEADERS.get(key);
  if (header === undefined) {
    header = encodeJson({ alg: 'RS256', kid: key.id });
    HEADERS.set(key, header);
  }
  return header;
}

const HEADERS = new WeakMap<TokenKey, string>();

function encodeJson(value: object): string {
  return textToBase64url(JSON.stringify(value));
}

/** The claims of a token that this cluster has issued, whether it is still valid or not. */
export function readToken(token: string, key: TokenKey): TokenClaims | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const end = token.lastIndexOf('.');
  const body = token.slice(0, Math.max(0, end));
  // The same bytes are always signed alike.
  if (end < 0 || toBase64url(key.sign(ENCODER.encode(body))) !== token.slice(end + 1)) return undefined;
  return JSON.parse(fromBase64url(body.slice(body.indexOf('.') + 1))) as TokenClaims;
}

/** Clocks may differ by so much, and what is deleted lingers as long. */
const LEEWAY_SECONDS = 60;

/**
 * Why a genuine token is none now, in the real server's words: its time, its ServiceAccount, or what it is bound to.
 * Undefined for a good one. After `pkg/serviceaccount/claims.go`.
 */
export function problemOf(claims: TokenClaims, nowSeconds: number, lookup: Lookup): string | undefined {
  if (nowSeconds - LEEWAY_SECONDS > claims.exp) return 'service account token has expired';
  if (nowSeconds + LEEWAY_SECONDS < claims.nbf) return 'service account token is not valid yet';
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
  const { name, uid } = serviceaccount;
  const account = lookup('serviceaccounts', namespace, name);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(name)} not found`;
  if (isGone(account, nowSeconds)) return `service account ${namespace}/${name} has been deleted`;
  if (account.metadata.uid !== uid)
    return `service account UID (${account.metadata.uid}) does not match claim (${uid})`;
  const isBound = (plural: string, where: string, object: ObjectClaim | undefined) => {
    const found = object === undefined ? undefined : lookup(plural, where, object.name);
    return object === undefined || (found?.metadata.uid === object.uid && !isGone(found, nowSeconds));
  };
  const isPresent =
    isBound('pods', namespace, pod) &&
    isBound('secrets', namespace, secret) &&
    // A Pod's node is only told; a token bound to the node itself ends with it.
    (pod !== undefined || isBound('nodes', '', node));
  return isPresent ? undefined : 'service account token has been invalidated';
}

/** Whether an object was to be gone by now: its grace is over, and only finalizers or a node that is lost hold it. */
function isGone({ metadata: { deletionTimestamp } }: KubeObject, nowSeconds: number): boolean {
  return (
    deletionTimestamp !== undefined &&
    deletionTimestamp !== null &&
    Date.parse(deletionTimestamp) / 1000 < nowSeconds - LEEWAY_SECONDS
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

const ENCODER = new TextEncoder();
