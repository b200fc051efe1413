import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readKeyPair } from '../../tls/key-pair.ts';
import { CurlError } from './curl-error.ts';

/** CURLE_SSL_CERTPROBLEM */
const CERTIFICATE_PROBLEM = 58;

/**
 * The certificates of `--cert`, DER, if `--key` belongs to them. Throws CurlError, in the words of curl's OpenSSL backend.
 *
 * @param files the key may be in the certificate's own file
 */
export function clientChain(
  process: Process,
  files: { readonly path: string; readonly key: string },
): readonly Uint8Array[] {
  const certificate = contentOf(process, files.path);
  if (certificate === undefined) throw unloadable(files.path, '80000002:system library::No such file or directory');
  const key = contentOf(process, files.key);
  const pair = readKeyPair(certificate, key ?? '');
  if (typeof pair !== 'string') return pair.chain.map(({ der }) => der);
  switch (pair) {
    case 'no certificate':
      throw unloadable(files.path, '0480006C:PEM routines::no start line');
    case 'no key':
    case 'mismatch':
      throw new CurlError(CERTIFICATE_PROBLEM, `unable to set private key file: '${files.key}' type PEM`);
  }
}

function unloadable(path: string, error: string): CurlError {
  const hint = '(no key found, wrong pass phrase, or wrong file format?)';
  return new CurlError(
    CERTIFICATE_PROBLEM,
    `could not load PEM client certificate from ${path}, OpenSSL error error:${error}, ${hint}`,
  );
}

function contentOf(process: Process, path: string): string | undefined {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
