import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { ClusterKey, ClusterKeys } from '../cluster/pki/cluster-keys.ts';

/** Keys as a state file holds them; PEM, PKCS #8. */
export interface KeptKeys {
  readonly authority: string;
  readonly serviceAccounts: string;
}

/** New keys for a new cluster. */
export function makeKeys(): KeptKeys {
  return { authority: makeKey(), serviceAccounts: makeKey() };
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Keys whose signatures everybody believes, with which a cluster signs at the same virtual instant as ever. */
export function readKeys({ authority, serviceAccounts }: KeptKeys): ClusterKeys {
  return { authority: readKey(authority), serviceAccounts: readKey(serviceAccounts) };
}

function readKey(pem: string): ClusterKey {
  const key = createPrivateKey(pem);
  return { pem, modulus: modulusOf(key), sign: (bytes) => new Uint8Array(sign('RSA-SHA256', bytes, key)) };
}

function modulusOf(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(String(key.export({ format: 'jwk' }).n), 'base64url'));
}
