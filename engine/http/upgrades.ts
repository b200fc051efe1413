import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest } from '../api/errors.ts';
import { isProxied } from '../api/proxied-path.ts';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { SessionEvent } from '../cluster/sessions.ts';
import { whenAnswered } from './answered.ts';
import { CHANNEL_PORT_FORWARD_PROTOCOL, ChannelPortForward } from './channel-port-forward.ts';
import type { ClientCertificates } from './client-certificate.ts';
import type { ClusterDoor } from './cluster-door.ts';
import { bodyJson, objectJson } from './object-json.ts';
import { isFromHere } from './origin.ts';
import { PORT_FORWARD_PROTOCOL, PortForward, type SessionRoutes } from './port-forward.ts';
import { answerTo, forbiddenOrigin, notUpgradable } from './refusals.ts';
import { REMOTE_COMMAND_PROTOCOLS, RemoteCommand } from './remote-command.ts';
import { readHead } from './request-reader.ts';
import { untimed, watchMs } from './watch-time.ts';
import { isHandshake, offeredProtocols, WebSocket, type WebSocketListener } from './websocket.ts';

const SUBRESOURCE = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach|portforward|log)$/;

/** Whether a request to become something else is heard. All others are answered as if it had not been made. */
export function isUpgrade(message: IncomingMessage): boolean {
  const [path = ''] = (message.url ?? '').split('?');
  if (isProxied(path) || /^(exec|attach|portforward)$/.test(SUBRESOURCE.exec(path)?.[1] ?? '')) return true;
  return isHandshake(message);
}

/** The connections that become something else than HTTP: exec, attach, portforward, and watches and logs for whoever likes them so. */
export class Upgrades {
  readonly #cluster: ClusterDoor;
  readonly #clients: ClientCertificates | undefined;
  readonly #listeners = new Map<string, (event: SessionEvent) => void>();
  readonly #routes: SessionRoutes = {
    add: (session, listener) => this.#listeners.set(session, listener),
    remove: (session) => this.#listeners.delete(session),
  };

  constructor(cluster: ClusterDoor, clients?: ClientCertificates) {
    this.#cluster = cluster;
    this.#clients = clients;
    cluster.onSession((session, event) => this.#listeners.get(session)?.(event));
  }

  serve(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if (!isFromHere(message)) throw forbiddenOrigin();
      const request = readHead(message, this.#clients);
      if (isProxied(request.path))
        throw badRequest('the proxy subresource of this server does not upgrade connections');
      if (!isHandshake(message)) throw notUpgradable();
      const subresource = SUBRESOURCE.exec(request.path)?.[1];
      const connection = { message, socket, head };
      if (subresource === 'exec' || subresource === 'attach') this.#command(request, connection);
      else if (subresource === 'portforward') this.#forward(request, connection);
      else if (subresource === 'log') this.#log(request, connection);
      else this.#watch(request, connection);
    } catch (error) {
      writeRaw(socket, answerTo(error));
    }
  }

  #command(request: ApiRequest, connection: Connection): void {
    const protocol = negotiate(connection.message, REMOTE_COMMAND_PROTOCOLS);
    const session = this.#cluster.newSessionName();
    const command = new RemoteCommand(this.#cluster, session);
    this.#routes.add(session, (event) => command.event(event));
    let taken: ApiResponse | undefined;
    try {
      taken = this.#cluster.submit({ kind: 'session.open', session, request }) as ApiResponse;
    } finally {
      if (taken === undefined) this.#routes.remove(session);
    }
    const begin = (answer: ApiResponse) => this.#beginCommand(answer, session, command, { ...connection, protocol });
    whenAnswered(taken, begin);
  }

  #beginCommand(
    answer: ApiResponse,
    session: string,
    command: RemoteCommand,
    connection: Connection & { readonly protocol: string },
  ): void {
    if (answer.session === undefined) {
      this.#routes.remove(session);
      writeRaw(connection.socket, answer);
      return;
    }
    const listener = {
      message: (data: Buffer) => command.message(data),
      closed: () => {
        this.#routes.remove(session);
        command.closed();
      },
    };
    command.begin(accept(connection, connection.protocol, listener));
  }

  #forward(request: ApiRequest, connection: Connection): void {
    const protocol = negotiate(connection.message, [PORT_FORWARD_PROTOCOL, CHANNEL_PORT_FORWARD_PROTOCOL]);
    // Each connection through the tunnel is a request of its own; before there is one, the Pod at least must exist.
    const pod = this.#cluster.read({ ...request, path: request.path.replace(/\/portforward$/, ''), query: {} });
    if (pod.status >= 400) {
      writeRaw(connection.socket, pod);
      return;
    }
    const forward =
      protocol === PORT_FORWARD_PROTOCOL
        ? new PortForward(this.#cluster, this.#routes, request)
        : new ChannelPortForward(this.#cluster, this.#routes, request, readPorts(request));
    forward.begin(accept(connection, protocol, forward));
  }

  /** Events as messages of text, as web pages like them: after k8s.io/apiserver pkg/endpoints/handlers/watch.go. */
  #watch(request: ApiRequest, connection: Connection): void {
    const begin = (answer: ApiResponse): void => {
      if (answer.watch === undefined) {
        writeRaw(connection.socket, answer);
        return;
      }
      let ended = (): void => {};
      const socket = accept(connection, '', { message: () => {}, closed: () => ended() });
      const timer = setTimeout(() => socket.close(), watchMs(request));
      const stop = answer.watch({
        outside: true,
        event: ({ type, object }) => {
          socket.sendText(`{"type":"${type}","object":${objectJson(object)}}\n`);
          if (socket.bytesBehind > MAX_BEHIND_BYTES) socket.close(1008);
        },
        end: () => socket.close(),
      });
      ended = () => {
        clearTimeout(timer);
        stop();
      };
    };
    const seen = this.#cluster.read(untimed(request));
    // Whom the answer depends on is asked inside.
    if (seen.status !== 102) begin(seen);
    else whenAnswered(this.#cluster.submit({ kind: 'api', request: untimed(request) }) as ApiResponse, begin);
  }

  /** As the real server streams anything to a WebSocket: after k8s.io/apiserver pkg/util/wsstream (`Reader`). */
  #log(request: ApiRequest, connection: Connection): void {
    const answer = this.#cluster.read(request);
    if (answer.status >= 400 || (answer.byteStream === undefined && typeof answer.body !== 'string')) {
      writeRaw(connection.socket, answer);
      return;
    }
    const protocol = negotiate(connection.message, STREAM_PROTOCOLS);
    const inBase64 = protocol.startsWith('base64');
    let stop = (): void => {};
    const socket = accept(connection, protocol, { message: () => {}, closed: () => stop() });
    const write = (bytes: Uint8Array): void => {
      socket.send(inBase64 ? Buffer.from(Buffer.from(bytes).toString('base64')) : bytes);
      if (socket.bytesBehind > MAX_BEHIND_BYTES) socket.close(1008);
    };
    if (answer.byteStream !== undefined) stop = answer.byteStream({ write, end: () => socket.close() });
    else {
      if (answer.body !== '') write(Buffer.from(answer.body as string));
      socket.close();
    }
  }
}

const STREAM_PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io', ''] as const;

/** A client that reads slower than this many bytes behind is given up. */
const MAX_BEHIND_BYTES = 32 * 1024 * 1024;

/** A connection whose handshake is still to be answered. */
interface Connection {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

function accept({ message, socket, head }: Connection, protocol: string, listener: WebSocketListener): WebSocket {
  return new WebSocket(message, socket, head, protocol, listener);
}

/** @throws StatusError when the client speaks none of the protocols served. */
function negotiate(message: IncomingMessage, served: readonly string[]): string {
  const offered = offeredProtocols(message);
  const protocol = served.find((name) => offered.includes(name));
  if (protocol !== undefined) return protocol;
  throw badRequest(`unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}]`);
}

const MAX_PORTS = 64;

/** `ports=80&ports=443`, or `ports=80,443`. @throws StatusError BadRequest */
function readPorts({ query }: ApiRequest): readonly number[] {
  const texts = [query?.['ports'] ?? []].flat().flatMap((text) => text.split(','));
  if (texts.length === 0) throw badRequest('query parameter "ports" is required');
  if (texts.length > MAX_PORTS) throw badRequest(`query parameter "ports" names more than ${MAX_PORTS}`);
  return texts.map((text) => {
    const port = Number(text);
    if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
    throw badRequest(`query parameter "ports" is not a port: ${JSON.stringify(text)}`);
  });
}

/** An answer on a connection that Node has handed over already. */
function writeRaw(socket: Duplex, { status, headers, body }: ApiResponse): void {
  const bytes =
    typeof body === 'object' && body !== null ? Buffer.from(bodyJson(body)) : Buffer.from(String(body ?? ''));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  socket.end(
    Buffer.concat([
      Buffer.from(`${start}${lines.join('')}content-length: ${bytes.length}\r\nconnection: close\r\n\r\n`),
      bytes,
    ]),
  );
}
