import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { unauthorized } from '../api/errors.ts';
import type { UserInfo } from '../api/request.ts';

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Whom a connection's certificate is for, if the cluster's CA has signed it, and while it is valid. */
interface Bearer {
  readonly user: UserInfo | undefined;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/**
 * Knows clients by their certificates: CN is the user, each O a group.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 */
export class ClientCertificates {
  readonly #authority: X509Certificate;
  readonly #key: KeyObject;
  readonly #nowMs: () => number;
  /** A certificate stays the same as long as its connection. */
  readonly #bearers = new WeakMap<TLSSocket, Bearer>();

  /**
   * @param authority PEM
   * @param nowMs on the cluster's clock, which may run faster than the real one
   */
  constructor(authority: string, nowMs: () => number) {
    this.#authority = new X509Certificate(authority);
    this.#key = this.#authority.publicKey;
    this.#nowMs = nowMs;
  }

  /**
   * Who sends a request over TLS, as far as the connection tells; undefined when the API server is to find out by a token.
   *
   * @throws StatusError Unauthorized for a certificate of somebody else's, or one whose time is not now
   */
  userOf({ socket, headers }: IncomingMessage): UserInfo | undefined {
    const peer = (socket as TLSSocket).getPeerX509Certificate();
    if (peer === undefined) return headers.authorization === undefined ? ANONYMOUS : undefined;
    const bearer = this.#bearers.get(socket as TLSSocket) ?? this.#read(socket as TLSSocket, peer);
    const nowMs = this.#nowMs();
    if (bearer.user !== undefined && bearer.notBeforeMs <= nowMs && nowMs <= bearer.notAfterMs) return bearer.user;
    if (headers.authorization !== undefined) return undefined;
    throw unauthorized();
  }

  #read(socket: TLSSocket, peer: X509Certificate): Bearer {
    const isOurs = peer.checkIssued(this.#authority) && peer.verify(this.#key);
    const isClients = peer.keyUsage?.includes(CLIENT_AUTH) === true;
    const bearer = {
      user: isOurs && isClients ? subjectUser(socket.getPeerCertificate().subject, peer.raw) : undefined,
      notBeforeMs: peer.validFromDate.getTime(),
      notAfterMs: peer.validToDate.getTime(),
    };
    this.#bearers.set(socket, bearer);
    return bearer;
  }
}

/** Undefined for a certificate without a common name. */
function subjectUser(subject: DetailedPeerCertificate['subject'], der: Buffer): UserInfo | undefined {
  const username = all(subject.CN)[0];
  if (username === undefined) return undefined;
  const fingerprint = createHash('sha256').update(der).digest('hex');
  return {
    username,
    groups: [...all(subject.O), 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  };
}

export function isEncrypted(socket: IncomingMessage['socket']): socket is TLSSocket {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Node gives a list where a part of the name comes more than once. */
type NamePart = DetailedPeerCertificate['subject']['CN'] | undefined;

function all(part: NamePart): readonly string[] {
  return part === undefined ? [] : [part].flat();
}
