import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readKeyPair } from '../../tls/key-pair.ts';
import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import type { ListenSocket } from './listen.ts';
import { absolute } from './settings.ts';
import { flagOf } from './values.ts';

/** How a server speaks TLS: https://nginx.org/en/docs/http/configuring_https_servers.html */
export interface Ssl {
  /** Its certificates in DER, its own first; none: it refuses whoever asks for it. */
  readonly chain: readonly Uint8Array[];
}

/** @param find the directive of this name of the server, or of what is around it. Throws ConfigError. */
export function sslOf(
  process: Process,
  find: (name: string) => Directive | undefined,
  listens: readonly ListenSocket[],
): Ssl | undefined {
  const certificate = find('ssl_certificate');
  const key = find('ssl_certificate_key');
  const refusing = find('ssl_reject_handshake');
  if (refusing !== undefined && flagOf(refusing)) return { chain: [] };
  if (certificate === undefined) return undefined;
  if (key === undefined) {
    if (!listens.some(({ ssl }) => ssl)) return undefined;
    throw new ConfigError(
      `no "ssl_certificate_key" is defined for certificate "${certificate.args[0]}" in ${placeOf(certificate)}`,
    );
  }
  const path = absolute(certificate.args[0]!);
  const keyPath = absolute(key.args[0]!);
  const text = read(process, path, `cannot load certificate "${path}"`);
  const keyText = read(process, keyPath, `cannot load certificate key "${keyPath}"`);
  const pair = readKeyPair(text, keyText);
  if (typeof pair !== 'string') return { chain: pair.chain.map(({ der }) => der) };
  throw new ConfigError(
    {
      'no certificate': `cannot load certificate "${path}": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`,
      'no key': `cannot load certificate key "${keyPath}": PEM_read_bio_PrivateKey() failed (SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)`,
      mismatch: `SSL_CTX_use_PrivateKey("${keyPath}") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`,
    }[pair],
  );
}

function read(process: Process, path: string, what: string): string {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = error.code === 'ENOENT' ? '80000002' : '8000000D';
    throw new ConfigError(
      `${what}: BIO_new_file() failed (SSL: error:${number}:system library::${error.message}:calling fopen(${path}, r) error:10000080:BIO routines::no such file)`,
    );
  }
}
