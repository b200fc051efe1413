import type { Task } from '../../../sim/index.ts';
import type { SecureChannel } from '../../http.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readKeyPair } from '../../tls/key-pair.ts';
import { randomBytes } from '../../tls/tls-client.ts';
import { TlsServer } from '../../tls/tls-server.ts';

/** What `tls.LoadX509KeyPair` says of files that are no pair. */
export const KEY_PAIR_PROBLEMS = {
  'no certificate': 'tls: failed to find any PEM data in certificate input',
  'no key': 'tls: failed to find any PEM data in key input',
  mismatch: 'tls: private key does not match public key',
} as const;

/** A certificate and its key: the files that hold them, or PEM itself. */
export type ServerCertificate =
  | { readonly certificate: string; readonly key: string }
  | { readonly certificatePem: string; readonly keyPem: string };

/**
 * What `ListenAndServeTLS` makes of a certificate and a key: a channel for each connection, or why there is none.
 * Clients are asked for a certificate of their own if the server wants to know them by it. Throws Errno when a file cannot be read.
 */
export function* serverTls(
  process: Process,
  source: ServerCertificate,
  asksClient = false,
): Task<{ readonly problem: string } | { readonly channel: () => SecureChannel }> {
  const pair =
    'certificate' in source
      ? readKeyPair(decode(process.readFile(source.certificate)), decode(process.readFile(source.key)))
      : readKeyPair(source.certificatePem, source.keyPem);
  if (typeof pair === 'string') return { problem: KEY_PAIR_PROBLEMS[pair] };
  const chain = pair.chain.map(({ der }) => der);
  const seed = yield* randomBytes(process, 32);
  let connections = 0;
  return {
    channel() {
      const random = seed.slice();
      // Each connection has numbers of its own.
      new DataView(random.buffer).setUint32(0, ++connections);
      return new TlsServer(() => chain, random, asksClient);
    },
  };
}
