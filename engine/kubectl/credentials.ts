import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { readKeyPair } from '../linux/tls.ts';
import { CredentialsError } from './command-error.ts';
import type { ServerTarget } from './kubeconfig.ts';

/** What somebody proves with who they are. */
export interface Credentials {
  /** A client's certificate, PEM; whoever has it here has its key, too. */
  readonly certificate?: string;
  readonly token?: string;
}

/**
 * What the user of a kubeconfig holds, and the files that it names. After `k8s.io/client-go/tools/clientcmd`.
 *
 * @throws CredentialsError for files that are not there, and for a key that belongs to another certificate
 */
export function credentialsOf({ user, userName }: ServerTarget, process: Process): Credentials {
  const problems: string[] = [];
  const read = (what: string, field: string): string | undefined => {
    const data = user[`${field}-data`];
    if (typeof data === 'string') return fromBase64(data);
    const path = user[field];
    if (typeof path !== 'string' || path === '') return undefined;
    try {
      return decode(process.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      problems.push(
        `unable to read ${what} ${path} for ${userName} due to open ${path}: ${error.message.toLowerCase()}`,
      );
      return undefined;
    }
  };
  const certificate = read('client-cert', 'client-certificate');
  const key = read('client-key', 'client-key');
  const token = typeof user['token'] === 'string' ? user['token'] : read('token', 'tokenFile')?.trim();
  if (certificate !== undefined && key === undefined && problems.length === 0) {
    problems.push(
      `client-key-data or client-key must be specified for ${userName} to use the clientCert authentication method.`,
    );
  }
  if (problems.length > 0) {
    const [only] = problems;
    throw new CredentialsError(`invalid configuration: ${problems.length === 1 ? only : `[${problems.join(', ')}]`}`);
  }
  if (certificate !== undefined) checkPair(certificate, key!);
  return { ...(certificate === undefined ? {} : { certificate }), ...(token === undefined ? {} : { token }) };
}

/** As Go's `tls.X509KeyPair` says it. */
function checkPair(certificate: string, key: string): void {
  const pair = readKeyPair(certificate, key);
  if (typeof pair !== 'string') return;
  const inputs = { 'no certificate': 'certificate', 'no key': 'key' } as const;
  throw new CredentialsError(
    pair === 'mismatch'
      ? 'tls: private key does not match public key'
      : `tls: failed to find any PEM data in ${inputs[pair]} input`,
  );
}

function fromBase64(text: string): string {
  try {
    return decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    throw new CredentialsError('illegal base64 data in the kubeconfig');
  }
}
