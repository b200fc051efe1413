import { type KeyObject, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '../api/errors.ts';
import { ANONYMOUS, type UserInfo } from '../api/request.ts';
import { subjectUser } from '../cluster/node/certificate-user.ts';

/** Whom a connection's certificate is for, if the cluster's CA has signed it, and while it is valid. */
interface Bearer {
  readonly user: UserInfo | undefined;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/**
 * Knows clients by their certificates. Who has signed one is found out by Node's own cryptography: outside the page there are
 * people who would forge the seals that signatures are inside it.
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
    const bearer = {
      user: isOurs ? subjectUser(peer.raw) : undefined,
      notBeforeMs: peer.validFromDate.getTime(),
      notAfterMs: peer.validToDate.getTime(),
    };
    this.#bearers.set(socket, bearer);
    return bearer;
  }
}

export function isEncrypted(socket: IncomingMessage['socket']): socket is TLSSocket {
  return (socket as Partial<TLSSocket>).encrypted === true;
}
