import type { IncomingMessage } from 'node:http';
import { isEncrypted } from './client-certificate.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * Whoever reaches the port is kubernetes-admin, so a web page must not: a page elsewhere gives itself away by its Origin,
 * or by the name under which it reached this machine. `kubectl proxy` keeps the same watch on the Host header. Over
 * HTTPS it is credentials that count.
 */
export function isFromHere({ headers, socket }: IncomingMessage): boolean {
  if (isEncrypted(socket)) return true;
  const { host, origin } = headers;
  if (origin !== undefined && !LOOPBACK.test(origin.replace(/^https?:\/\//, ''))) return false;
  // A server bound to another address was opened to others on purpose.
  if (!isLoopback(socket.localAddress)) return true;
  return host === undefined || LOOPBACK.test(host);
}

function isLoopback(address: string | undefined): boolean {
  return address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address);
}
