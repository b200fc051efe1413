import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { isForPeople } from '../api/pretty-print.ts';
import type { ApiResponse, WatchEvent } from '../api/request.ts';
import { bodyJson, objectJson } from './object-json.ts';
import { PROTOBUF } from './protobuf/decode.ts';
import { encodeProtobuf, encodeWatchEvent } from './protobuf/encode.ts';

/** Shorter answers are not worth compressing; the real server has the same limit. */
const GZIP_THRESHOLD_BYTES = 128 * 1024;
/** A client that reads slower than this many bytes behind is given up: it will list and watch again. */
const MAX_BEHIND_BYTES = 32 * 1024 * 1024;

const NEWLINE = Buffer.from('\n');

const NO_CACHE = 'no-cache, private';

/** Sends an answer with a body, or none. */
export function writeAnswer(message: IncomingMessage, response: ServerResponse, answer: ApiResponse): void {
  const { status, body } = answer;
  const headers: Record<string, string | number | string[]> = { 'cache-control': NO_CACHE, ...answer.headers };
  const cookies = answer.headers['set-cookie'];
  if (cookies !== undefined) headers['set-cookie'] = cookies.split('\n');
  const { warning } = answer.headers;
  if (warning !== undefined) headers['warning'] = headerBytes(warning);
  if (status === 304 || status === 204) {
    response.writeHead(status, headers).end();
    return;
  }
  const send = (payload: Buffer | string): void => {
    // What a server behind this one has said of the body that it left out stands.
    if (message.method !== 'HEAD' || headers['content-length'] === undefined)
      headers['content-length'] = Buffer.byteLength(payload);
    response.writeHead(status, headers);
    response.end(message.method === 'HEAD' ? undefined : payload);
  };
  const protobuf = isProtobuf(answer) ? protobufOf(body) : undefined;
  if (protobuf === NOT_IN_PROTOBUF) headers['content-type'] = 'application/json';
  let payload = protobuf || payloadOf(body, String(headers['content-type'] ?? ''), isPretty(message));
  // Node would encode the headers once more with a body that is a string.
  if (warning !== undefined) payload = Buffer.from(payload);
  if (payload.length < GZIP_THRESHOLD_BYTES || !acceptsGzip(message) || 'content-encoding' in headers) {
    send(payload);
    return;
  }
  headers['vary'] = 'Accept-Encoding';
  gzip(payload, { level: 1 }, (error, compressed) => {
    if (error === null) headers['content-encoding'] = 'gzip';
    send(error === null ? compressed : payload);
  });
}

function isProtobuf({ headers }: ApiResponse): boolean {
  return headers['content-type']?.startsWith(PROTOBUF) === true;
}

const NOT_IN_PROTOBUF = false;

/** Of an object its message, if there is one; undefined for what is in bytes or text already. */
function protobufOf(body: unknown): Buffer | typeof NOT_IN_PROTOBUF | undefined {
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return undefined;
  return encodeProtobuf(body) ?? NOT_IN_PROTOBUF;
}

/** An object of the API ends with a newline, as everything that Go's JSON encoder writes to a stream. */
function payloadOf(body: unknown, contentType: string, pretty: boolean): Buffer | string {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body !== 'object' || body === null) return String(body ?? '');
  const json = bodyJson(body);
  if (!contentType.startsWith('application/json') || 'openapi' in body || 'swagger' in body) return json;
  // The one answer that is always laid out: k8s.io/apiserver pkg/endpoints/handlers/responsewriters (WriteRawJSON).
  if ('gitVersion' in body) return JSON.stringify(body, undefined, 2);
  if (pretty) return JSON.stringify(JSON.parse(json.toString()), undefined, 2);
  return typeof json === 'string' ? `${json}\n` : Buffer.concat([json, NEWLINE]);
}

function isPretty({ headers, url = '' }: IncomingMessage): boolean {
  const query = url.includes('pretty=') ? new URLSearchParams(url.replace(/^[^?]*/, '')) : undefined;
  return isForPeople(headers['user-agent'] ?? '', query?.get('pretty') ?? null);
}

/** Go's server sends header values as UTF-8; Node wants each byte as a letter. */
function headerBytes(text: string): string {
  return Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, '')).toString('latin1');
}

function acceptsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'];
  return typeof accepted === 'string' && /(^|,)\s*gzip\s*(;(?!\s*q=0(\.0*)?\s*(,|$))|,|$)/.test(accepted);
}

const OBJECT = [Buffer.from(',"object":'), Buffer.from('}\n')] as const;

function eventLine({ type, object }: WatchEvent): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}"`), OBJECT[0], objectJson(object), OBJECT[1]]);
}

const NOTHING = Buffer.alloc(0);

/** Streams a watch, as lines of JSON or frames of protobuf, until either side ends it. @param timeoutMs real milliseconds; absent: for ever. */
export function writeWatch(response: ServerResponse, answer: ApiResponse, timeoutMs: number | undefined): void {
  response.writeHead(answer.status, { 'cache-control': NO_CACHE, ...answer.headers });
  response.flushHeaders();
  const encode = isProtobuf(answer) ? (event: WatchEvent) => encodeWatchEvent(event) ?? NOTHING : eventLine;
  const stop = answer.watch!({
    outside: true,
    event: (event) => send(response, encode(event)),
    end: () => response.end(),
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => response.end(), timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    stop();
  });
}

/** Streams a log as it is written. */
export function writeByteStream(response: ServerResponse, answer: ApiResponse): void {
  response.writeHead(answer.status, { 'cache-control': NO_CACHE, ...answer.headers });
  response.flushHeaders();
  const stop = answer.byteStream!({
    write: (chunk) => send(response, chunk),
    end: () => response.end(),
  });
  response.once('close', stop);
}

function send(response: ServerResponse, bytes: Uint8Array): void {
  if (bytes.length === 0 || response.destroyed || response.writableEnded) return;
  response.write(bytes);
  if (response.writableLength > MAX_BEHIND_BYTES) response.destroy();
}
