import { createSha256, hexOf } from '../hash.ts';
import { type Certificate, readKeyInfo, seal } from './certificate.ts';
import { readAll, readOne, TAG } from './der.ts';
import type { SigningRequest } from './signing-request.ts';

/** Why a chain is not believed: OpenSSL's number and words. */
export interface Distrust {
  readonly code: number;
  readonly reason: string;
}

/**
 * Follows a chain from a server's own certificate to one that is trusted. https://docs.openssl.org/3.5/man1/openssl-verification-options/
 *
 * @param chain as the server sent it, its own first
 */
export function judgeChain(
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  nowMs: number,
): Distrust | undefined {
  let certificate = chain[0];
  if (certificate === undefined) return { code: 20, reason: 'unable to get local issuer certificate' };
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const current: Certificate = certificate;
    if (trusted.some((anchor) => same(anchor, current))) return judgeTime(chain, nowMs);
    const anchor = trusted.find((each) => isIssuer(each, current));
    if (anchor !== undefined)
      return isSigned(current, anchor)
        ? judgeTime([...chain, anchor], nowMs)
        : { code: 7, reason: 'certificate signature failure' };
    if (isIssuer(current, current))
      return depth === 0
        ? { code: 18, reason: 'self-signed certificate' }
        : { code: 19, reason: 'self-signed certificate in certificate chain' };
    const next = chain.find((each) => each !== current && isIssuer(each, current));
    if (next === undefined) return { code: 20, reason: 'unable to get local issuer certificate' };
    if (!next.isAuthority) return { code: 79, reason: 'invalid CA certificate' };
    if (!isSigned(current, next)) return { code: 7, reason: 'certificate signature failure' };
    certificate = next;
  }
  return { code: 22, reason: 'certificate chain too long' };
}

const MAX_DEPTH = 20;

function judgeTime(chain: readonly Certificate[], nowMs: number): Distrust | undefined {
  for (const { notBeforeMs, notAfterMs } of chain) {
    if (nowMs < notBeforeMs) return { code: 9, reason: 'certificate is not yet valid' };
    if (nowMs > notAfterMs) return { code: 10, reason: 'certificate has expired' };
  }
  return undefined;
}

function same(a: Certificate, b: Certificate): boolean {
  return hexOf(a.der) === hexOf(b.der);
}

function isIssuer(issuer: Certificate, { issuer: name }: Certificate): boolean {
  return JSON.stringify(issuer.subject) === JSON.stringify(name);
}

/**
 * Whether one certificate's key has signed another: by a seal of this world, or by RSA with SHA-256. Signatures on elliptic curves
 * are taken on trust.
 */
export function isSigned(
  { signed, signature }: Pick<Certificate, 'signed' | 'signature'>,
  { publicKey, keyType }: Pick<Certificate, 'publicKey' | 'keyType'>,
): boolean {
  if (keyType !== 'RSA') return true;
  if (hexOf(seal(bytesOf(publicKey), signed)) === hexOf(signature)) return true;
  const hash = createSha256();
  hash.update(signed);
  const opened = power(BigInt(`0x${hexOf(signature)}`), 65_537n, BigInt(`0x${publicKey}`)).toString(16);
  return opened.endsWith(`003031300d060960864801650304020105000420${hexOf(hash.digest())}`);
}

/** Whether a request for a certificate is signed with the key that it is for. */
export function isSelfSigned({ der }: Pick<SigningRequest, 'der'>): boolean {
  const [info, , signature] = readAll(readOne(der, TAG.sequence).body);
  const keyInfo = readAll(info!.body)[2]!;
  return isSigned({ signed: info!.whole, signature: signature!.body.subarray(1) }, readKeyInfo(keyInfo));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Whether a certificate is for a host: by its alternative names if it has any, else by its common name. RFC 6125 */
export function isFor({ dnsNames, addresses, subject }: Certificate, host: string): boolean {
  if (/^[\d.]+$/.test(host)) return addresses.includes(host);
  if (dnsNames.length > 0) return dnsNames.some((pattern) => fits(pattern.toLowerCase(), host.toLowerCase()));
  const common = subject.find(([type]) => type === 'CN')?.[1];
  return common !== undefined && fits(common.toLowerCase(), host.toLowerCase());
}

/** A `*` stands for one whole label, the first. */
function fits(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}
