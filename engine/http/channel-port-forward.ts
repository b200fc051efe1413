import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Status } from '../api/status-error.ts';
import type { SessionEvent } from '../cluster/sessions.ts';
import { whenAnswered } from './answered.ts';
import type { ClusterDoor } from './cluster-door.ts';
import type { SessionRoutes } from './port-forward.ts';
import { answerTo } from './refusals.ts';
import type { WebSocket, WebSocketListener } from './websocket.ts';

/** What client libraries speak that have no SPDY. */
export const CHANNEL_PORT_FORWARD_PROTOCOL = 'v4.channel.k8s.io';

const MAX_BEHIND_BYTES = 32 * 1024 * 1024;

/**
 * A port-forward in the older form: one connection to each port named in the query, on two channels, of which the even
 * one carries the bytes and the odd one what went wrong. Each begins with the port, two bytes, low one first.
 * After kubernetes/kubelet pkg/cri/streaming/portforward/websocket.go.
 */
export class ChannelPortForward implements WebSocketListener {
  readonly #cluster: ClusterDoor;
  readonly #routes: SessionRoutes;
  readonly #request: ApiRequest;
  readonly #ports: readonly number[];
  /** By the place of their ports; undefined once they have ended. */
  readonly #sessions: (string | undefined)[] = [];
  #socket: WebSocket | undefined;

  constructor(cluster: ClusterDoor, routes: SessionRoutes, request: ApiRequest, ports: readonly number[]) {
    this.#cluster = cluster;
    this.#routes = routes;
    this.#request = request;
    this.#ports = ports;
  }

  begin(socket: WebSocket): void {
    this.#socket = socket;
    for (const [place, port] of this.#ports.entries()) {
      const bytes = Buffer.from([port & 0xff, port >> 8]);
      this.#send(2 * place, bytes);
      this.#send(2 * place + 1, bytes);
      this.#connect(place, port);
    }
  }

  message(data: Buffer): void {
    const channel = data[0];
    const session = channel === undefined || channel % 2 === 1 ? undefined : this.#sessions[channel / 2];
    if (session === undefined || data.length < 2) return;
    this.#cluster.submit({ kind: 'session.stdin', session, bytes: data.toString('latin1', 1) });
  }

  closed(): void {
    for (const session of this.#sessions) {
      if (session === undefined) continue;
      this.#routes.remove(session);
      this.#cluster.submit({ kind: 'session.close', session });
    }
    this.#sessions.length = 0;
  }

  #connect(place: number, port: number): void {
    const session = this.#cluster.newSessionName();
    this.#sessions[place] = session;
    this.#routes.add(session, (event) => this.#event(place, session, event));
    whenAnswered(this.#open(session, port), (answer) => {
      if (answer.session !== undefined) return;
      const { message } = (answer.body ?? {}) as Partial<Status>;
      this.#event(place, session, { type: 'exit', message: message ?? `the server answered ${answer.status}` });
    });
  }

  #open(session: string, port: number): ApiResponse {
    try {
      const request = { ...this.#request, query: { ports: String(port) } };
      return this.#cluster.submit({ kind: 'session.open', session, request }) as ApiResponse;
    } catch (error) {
      return answerTo(error);
    }
  }

  #event(place: number, session: string, event: SessionEvent): void {
    if (event.type !== 'exit') {
      this.#send(2 * place, event.data);
      return;
    }
    this.#sessions[place] = undefined;
    this.#routes.remove(session);
    if (event.message !== undefined) this.#send(2 * place + 1, Buffer.from(event.message));
    // The protocol cannot end one connection alone.
    if (this.#sessions.every((other) => other === undefined)) this.#socket?.close();
  }

  #send(channel: number, bytes: Uint8Array): void {
    const socket = this.#socket;
    socket?.send(Buffer.concat([Buffer.from([channel]), bytes]));
    if (socket !== undefined && socket.bytesBehind > MAX_BEHIND_BYTES) socket.close(1008);
  }
}
