import { type Certificate, readCertificates } from './certificate.ts';
import { DerError } from './der.ts';
import { publicHalf } from './private-key.ts';

/** A server's certificates, its own first. */
export interface KeyPair {
  readonly chain: readonly Certificate[];
}

/** What is wrong with a certificate and its key. */
export type KeyPairProblem = 'no certificate' | 'no key' | 'mismatch';

/** A certificate and the key that belongs to it, or why they are none. */
export function readKeyPair(certificate: string, key: string): KeyPair | KeyPairProblem {
  let chain: readonly Certificate[];
  try {
    chain = readCertificates(certificate);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return 'no certificate';
  }
  const [own] = chain;
  if (own === undefined) return 'no certificate';
  try {
    const half = publicHalf(key);
    return half === undefined || half === own.publicKey ? { chain } : 'mismatch';
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return 'no key';
  }
}
