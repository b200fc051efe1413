import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { hexOf } from '../../hash.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { isSigned } from '../../tls/trust.ts';
import { httpExchange } from '../go/http-client.ts';
import { goError, log } from '../go/runtime.ts';
import type { Command } from './command.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 30_000;

interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: readonly string[] | string;
  readonly exp?: number;
  readonly 'kubernetes.io'?: {
    readonly namespace?: string;
    readonly serviceaccount?: { readonly name?: string; readonly uid?: string };
  };
}

/** A token in its parts. */
interface Token {
  readonly header: { readonly alg?: string; readonly kid?: string };
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Why a token is not believed. */
class NotValidated extends Error {}

/**
 * Checks a ServiceAccount's token as somebody would who has nothing but its issuer's address:
 * https://openid.net/specs/openid-connect-discovery-1_0.html. There is no internet behind the cluster, so that issuers outside are
 * not found.
 */
export const issuerDiscovery: Command = {
  use: 'test-service-account-issuer-discovery',
  short: 'Tests the ServiceAccountIssuerDiscovery feature',
  args: 0,
  flags: {
    'token-path': { type: 'string', default: '', usage: 'Path to read service account token from.' },
    audience: { type: 'string', default: '', usage: 'Audience to check on received token.' },
  },
  *run(process, flags) {
    const path = flags.string('token-path');
    let raw: string;
    try {
      raw = decode(process.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* log(process, goError(`open ${path}`, error));
      return 1;
    }
    yield* log(process, 'OK: Got token');
    yield* log(process, 'validating with in-cluster discovery');
    const token = readToken(raw.trim());
    if (token === undefined) {
      yield* log(process, 'go-jose/go-jose: compact JWS format must have three parts');
      return 1;
    }
    try {
      yield* validate(process, token, flags.string('audience'));
      return 0;
    } catch (error) {
      if (!(error instanceof NotValidated)) throw error;
      yield* log(process, `failed to validate with in-cluster discovery: ${error.message}`);
      return 1;
    }
  },
};

function* validate(process: Process, token: Token, audience: string): Task<void> {
  const { claims } = token;
  const issuer = claims.iss ?? '';
  yield* log(process, `OK: got issuer ${issuer}`);
  yield* log(process, `Full, not-validated claims: \n${claimsText(claims)}`);
  const found = yield* fetchJson(process, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: keysUrl } = found as { issuer?: string; jwks_uri?: string };
  if (named !== issuer)
    throw new NotValidated(
      `oidc: issuer URL provided to client (${JSON.stringify(issuer)}) did not match the issuer URL returned by provider (${JSON.stringify(named ?? '')})`,
    );
  yield* log(process, `OK: Constructed OIDC provider for issuer ${issuer}`);
  const audiences = [claims.aud ?? []].flat();
  if (!audiences.includes(audience))
    throw new NotValidated(`oidc: expected audience ${JSON.stringify(audience)} got ${JSON.stringify(audiences)}`);
  if ((claims.exp ?? 0) * 1000 < process.now())
    throw new NotValidated(
      `oidc: token is expired (Token Expiry: ${new Date((claims.exp ?? 0) * 1000).toISOString()})`,
    );
  const { keys = [] } = (yield* fetchJson(process, keysUrl ?? '')) as { keys?: readonly PublishedKey[] };
  if (!keys.some((key) => hasSigned(key, token)))
    throw new NotValidated('failed to verify signature: failed to verify id token signature');
  yield* log(process, 'OK: Validated signature on JWT');
  yield* log(process, 'OK: Got valid claims from token!');
  yield* log(process, `Full, validated claims: \n&${claimsText(claims)}`);
}

/** A key as RFC 7517 writes it. */
interface PublishedKey {
  readonly kid?: string;
  readonly alg?: string;
  readonly n?: string;
}

function hasSigned({ kid, alg, n = '' }: PublishedKey, { header, signed, signature }: Token): boolean {
  if (kid !== header.kid || alg !== 'RS256' || header.alg !== 'RS256') return false;
  return isSigned({ signed: encode(signed), signature }, { publicKey: hexOf(base64url(n)), keyType: 'RSA' });
}

/** As a Pod reaches the API server: believing the cluster's CA alone, and with its own token. */
function* fetchJson(process: Process, url: string): Task<object> {
  const [, host = '', port = '443', path = '/'] = /^https:\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url) ?? [];
  const answer = yield* httpExchange(process, {
    method: 'GET',
    host,
    port: Number(port),
    path,
    headers: { Host: host, Authorization: `Bearer ${decode(process.readFile(`${ACCOUNT}/token`))}` },
    tls: { serverName: host, authorities: decode(process.readFile(`${ACCOUNT}/ca.crt`)) },
    timeoutMs: TIMEOUT_MS,
  });
  if ('error' in answer) throw new NotValidated(`Get ${JSON.stringify(url)}: ${answer.error}`);
  if (answer.status !== 200) throw new NotValidated(`${answer.status}: ${decode(answer.body)}`);
  const document = parseObject(decode(answer.body));
  if (document === undefined) throw new NotValidated('oidc: failed to decode provider discovery object');
  return document;
}

/** Undefined for what is no token. */
function readToken(raw: string): Token | undefined {
  const [header = '', claims = '', signature, ...more] = raw.split('.');
  if (signature === undefined || more.length > 0) return undefined;
  try {
    const read = (part: string) => parseObject(decode(base64url(part)));
    const parts = { header: read(header), claims: read(claims) };
    if (parts.header === undefined || parts.claims === undefined) return undefined;
    const { header: head, claims: said } = parts;
    return { header: head, claims: said, signed: `${header}.${claims}`, signature: base64url(signature) };
  } catch {
    return undefined;
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function base64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

/** As Go prints the value with `%#v`. */
function claimsText({ iss, sub, aud, 'kubernetes.io': kubernetes }: Claims): string {
  const text = (value: unknown) => JSON.stringify(String(value ?? ''));
  const { namespace, serviceaccount } = kubernetes ?? {};
  const audiences = [aud ?? []].flat().map(text).join(', ');
  const standard = `jwt.Claims{Issuer:${text(iss)}, Subject:${text(sub)}, Audience:jwt.Audience{${audiences}}}`;
  const account = `openidmetadata.kubeName{Name:${text(serviceaccount?.name)}, UID:${text(serviceaccount?.uid)}}`;
  return `openidmetadata.claims{Claims:${standard}, Kubernetes:openidmetadata.kubeClaims{Namespace:${text(namespace)}, ServiceAccount:${account}}}`;
}
