import { type Certificate, readCertificate } from './certificate.ts';
import { DerError } from './der.ts';

/** The certificates of a chain, as far as they can be read. */
export function readChain(chain: readonly Uint8Array[]): readonly Certificate[] {
  const certificates: Certificate[] = [];
  for (const der of chain) {
    try {
      certificates.push(readCertificate(der));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      break;
    }
  }
  return certificates;
}
