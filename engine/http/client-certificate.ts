import type { IncomingMessage } from 'node:http';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { UserInfo } from '../api/request.ts';

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/**
 * Who sends a request, as far as the connection tells: the subject of the client certificate (CN is the user, each O a
 * group: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates). Undefined
 * when the API server is to find out by a token, and over plain HTTP.
 */
export function connectionUser({ socket, headers }: IncomingMessage): UserInfo | undefined {
  if (!isEncrypted(socket)) return undefined;
  const subject = socket.authorized ? socket.getPeerCertificate().subject : undefined;
  const username = first(subject?.CN);
  if (username !== undefined) return { username, groups: [...all(subject?.O), 'system:authenticated'] };
  return headers.authorization === undefined ? ANONYMOUS : undefined;
}

export function isEncrypted(socket: IncomingMessage['socket']): socket is TLSSocket {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Node gives a list where a part of the name comes more than once. */
type NamePart = DetailedPeerCertificate['subject']['CN'] | undefined;

function all(part: NamePart): readonly string[] {
  return part === undefined ? [] : [part].flat();
}

function first(part: NamePart): string | undefined {
  return all(part)[0];
}
