import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Status } from '../api/status-error.ts';
import type { SessionEvent } from '../cluster/sessions.ts';
import { whenAnswered } from './answered.ts';
import type { ClusterDoor } from './cluster-door.ts';
import { answerTo } from './refusals.ts';
import { SpdyConnection, type SpdyHeaders, type SpdyListener } from './spdy.ts';
import type { WebSocket, WebSocketListener } from './websocket.ts';

/** SPDY in a WebSocket, as kubectl has spoken it since 1.31. */
export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** More connections at once are refused. */
const MAX_CONNECTIONS = 256;
/** A client that reads slower than this many bytes behind is given up. */
const MAX_BEHIND_BYTES = 32 * 1024 * 1024;

/** A connection through the tunnel: a stream for the bytes, and one on which the server says what went wrong. */
interface Forwarded {
  readonly session: string;
  readonly data: number;
  readonly error: number;
}

/** Where sessions' events are to go. */
export interface SessionRoutes {
  add(session: string, listener: (event: SessionEvent) => void): void;
  remove(session: string): void;
}

/** One `kubectl port-forward`: any number of connections to ports of a Pod, each a session of the cluster. */
export class PortForward implements WebSocketListener, SpdyListener {
  readonly #cluster: ClusterDoor;
  readonly #routes: SessionRoutes;
  readonly #request: ApiRequest;
  readonly #errorStreams = new Map<string, number>();
  readonly #forwarded = new Map<number, Forwarded>();
  #socket: WebSocket | undefined;
  #spdy: SpdyConnection | undefined;

  constructor(cluster: ClusterDoor, routes: SessionRoutes, request: ApiRequest) {
    this.#cluster = cluster;
    this.#routes = routes;
    this.#request = request;
  }

  begin(socket: WebSocket): void {
    this.#socket = socket;
    const send = (bytes: Buffer): void => {
      socket.send(bytes);
      if (socket.bytesBehind > MAX_BEHIND_BYTES) socket.close(1008);
    };
    this.#spdy = new SpdyConnection(send, this, () => socket.close(1002));
  }

  message(data: Buffer): void {
    this.#spdy?.receive(data);
  }

  closed(): void {
    this.#spdy?.close();
    for (const { session } of this.#forwarded.values()) this.#close(session);
    this.#forwarded.clear();
  }

  opened(stream: number, headers: SpdyHeaders): (() => void) | undefined {
    const request = headers.get('requestid') ?? '';
    const type = headers.get('streamtype');
    if (type === 'error' && this.#errorStreams.size < MAX_CONNECTIONS) {
      this.#errorStreams.set(request, stream);
      return () => {};
    }
    const error = this.#errorStreams.get(request);
    if (type !== 'data' || error === undefined || this.#forwarded.size >= MAX_CONNECTIONS) return undefined;
    this.#errorStreams.delete(request);
    return () => this.#connect(stream, error, headers.get('port') ?? '');
  }

  data(stream: number, bytes: Buffer): void {
    const session = this.#forwarded.get(stream)?.session;
    if (session !== undefined) {
      this.#cluster.submit({ kind: 'session.stdin', session, bytes: bytes.toString('latin1') });
    }
  }

  finished(stream: number, reset: boolean): void {
    const forwarded = this.#forwarded.get(stream);
    if (forwarded === undefined) return;
    if (!reset) this.#cluster.submit({ kind: 'session.closeStdin', session: forwarded.session });
    else {
      this.#forwarded.delete(stream);
      this.#close(forwarded.session);
    }
  }

  #connect(data: number, error: number, port: string): void {
    if (this.#spdy === undefined || this.#socket === undefined) return;
    const session = this.#cluster.newSessionName();
    const forwarded = { session, data, error };
    this.#forwarded.set(data, forwarded);
    this.#routes.add(session, (event) => this.#event(forwarded, event));
    whenAnswered(this.#open(session, port), (answer) => {
      if (answer.session !== undefined) return;
      const { message } = (answer.body ?? {}) as Partial<Status>;
      this.#event(forwarded, { type: 'exit', message: message ?? `the server answered ${answer.status}` });
    });
  }

  #open(session: string, port: string): ApiResponse {
    try {
      const request = { ...this.#request, query: { ports: port } };
      return this.#cluster.submit({ kind: 'session.open', session, request }) as ApiResponse;
    } catch (error) {
      return answerTo(error);
    }
  }

  #event({ session, data, error }: Forwarded, event: SessionEvent): void {
    const spdy = this.#spdy;
    if (spdy === undefined || !this.#forwarded.has(data)) return;
    if (event.type !== 'exit') {
      spdy.sendData(data, event.data);
      return;
    }
    this.#forwarded.delete(data);
    this.#routes.remove(session);
    if (event.message !== undefined) spdy.sendData(error, Buffer.from(event.message));
    spdy.finish(error);
    spdy.finish(data);
  }

  #close(session: string): void {
    this.#routes.remove(session);
    this.#cluster.submit({ kind: 'session.close', session });
  }
}
