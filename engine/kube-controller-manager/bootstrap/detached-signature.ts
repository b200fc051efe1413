import { createSha256 } from '../../linux/hash.ts';

const BLOCK_BYTES = 64;

/**
 * Signs a text by a token, so that whoever has the token knows where the text comes from: a JSON Web Signature (RFC 7515)
 * without its content. https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#configmap-signing
 */
export function detachedSignature(content: string, id: string, secret: string): string {
  const header = base64url(encoder.encode(JSON.stringify({ alg: 'HS256', kid: id })));
  const signed = encoder.encode(`${header}.${base64url(encoder.encode(content))}`);
  return `${header}..${base64url(hmacSha256(encoder.encode(secret), signed))}`;
}

/** RFC 2104, for keys that are no longer than a block. */
function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const padded = (byte: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ byte);
  return sha256(padded(0x5c), sha256(padded(0x36), message));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createSha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

const encoder = new TextEncoder();
