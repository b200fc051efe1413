import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { whenAnswered } from './answered.ts';
import type { Certificates } from './certificates.ts';
import { ClientCertificates } from './client-certificate.ts';
import type { ClusterDoor } from './cluster-door.ts';
import { encodeSwagger, OPEN_API_PROTOBUF, wantsOpenApiProtobuf } from './open-api-protobuf.ts';
import { isFromHere } from './origin.ts';
import { answerTo, forbiddenOrigin, notUpgradable } from './refusals.ts';
import { readBytes, readHead, withBody } from './request-reader.ts';
import { writeAnswer, writeByteStream, writeWatch } from './response-writer.ts';
import { isUpgrade, Upgrades } from './upgrades.ts';
import { untimed, watchMs } from './watch-time.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
/** After which a silent connection is asked whether its other end still exists. */
const KEEP_ALIVE_PROBE_MS = 30_000;
const IDLE_TIMEOUT_MS = 120_000;

/**
 * The API server over HTTP: a seam, and nothing more. What a request means is known to `engine/kube-apiserver` alone;
 * here bytes become an ApiRequest and an ApiResponse becomes bytes. Reads and watches go straight to the cluster,
 * everything else is an input and thereby journalled.
 *
 * @param certificates for TLS; plain HTTP without.
 * @param nowMs by which clients' certificates are valid or not
 */
export function createHttpServer(cluster: ClusterDoor, certificates?: Certificates, nowMs = Date.now): Server {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    noDelay: true,
    // Other connections go on as they are, whatever they would rather be (`curl --http2`).
    shouldUpgradeCallback: isUpgrade,
  };
  const server: Server =
    certificates === undefined ? createServer(options) : createTlsServer({ ...options, ...tls(certificates) });
  const clients = certificates && new ClientCertificates(certificates.authority, nowMs);
  const upgrades = new Upgrades(cluster, clients);
  server.on('connection', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS));
  server.on('request', (message, response) => {
    serve(cluster, clients, message, response).catch((error) => refuse(message, response, error));
  });
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrades.serve(message, socket, head),
  );
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return server;
}

/** A client may come without a certificate, and then is whom its token names, or nobody. */
function tls({ authority, server }: Certificates) {
  return { cert: server.certificate, key: server.key, ca: authority, requestCert: true, rejectUnauthorized: false };
}

async function serve(
  cluster: ClusterDoor,
  clients: ClientCertificates | undefined,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isFromHere(message)) throw forbiddenOrigin();
  const head = readHead(message, clients);
  const reads = head.method === 'GET' || head.method === 'HEAD';
  const request = reads ? head : withBody(head, await readBytes(message));
  if (!reads) {
    const taken = write(cluster, request);
    const answer = taken.later === undefined ? taken : await late(cluster, taken, response);
    await cluster.kept();
    writeAnswer(message, response, answer);
    return;
  }
  const seen = read(cluster, untimed(request));
  // Whom the answer depends on is asked inside: then the request is an input, too.
  const answer = seen.status === 102 ? await late(cluster, write(cluster, untimed(request)), response) : seen;
  if (answer.watch !== undefined) writeWatch(response, answer, watchMs(request));
  else if (answer.byteStream !== undefined) writeByteStream(response, answer);
  else if (answer.session !== undefined) throw notUpgradable();
  else writeAnswer(message, response, answer);
}

/** The answer to the input just taken in. When the client does not wait for it, that is an input, too. */
function late(cluster: ClusterDoor, taken: ApiResponse, response: ServerResponse): Promise<ApiResponse> {
  const entry = cluster.inputs - 1;
  return new Promise((resolve, reject) => {
    const left = (): void => {
      cluster.submit({ kind: 'api.leave', entry });
      reject(new Error('the client went away'));
    };
    response.once('close', left);
    whenAnswered(taken, (answer) => {
      response.off('close', left);
      resolve(answer);
    });
  });
}

/** A read. What describes the API goes to clients in Go as protobuf; the API server itself writes JSON alone. */
function read(cluster: ClusterDoor, request: ApiRequest): ApiResponse {
  if (request.path !== '/openapi/v2' || !wantsOpenApiProtobuf(request.headers?.['accept']))
    return cluster.read(request);
  const answer = cluster.read({ ...request, headers: { ...request.headers, accept: 'application/json' } });
  if (answer.status !== 200) return answer;
  const body = encodeSwagger(answer.body as Readonly<Record<string, unknown>>);
  return { ...answer, headers: { ...answer.headers, 'content-type': OPEN_API_PROTOBUF }, body };
}

/** A write; refused or not, it is an input. */
function write(cluster: ClusterDoor, request: ApiRequest): ApiResponse {
  if (/\/(exec|attach|portforward)$/.test(request.path)) throw notUpgradable();
  return cluster.submit({ kind: 'api', request }) as ApiResponse;
}

function refuse(message: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  try {
    if (!response.headersSent) writeAnswer(message, response, answerTo(error));
    else response.destroy();
  } catch {
    response.destroy();
  }
}
