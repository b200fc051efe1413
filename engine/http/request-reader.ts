import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { methodNotAllowed, requestEntityTooLarge } from '../api/errors.ts';
import { isProxied } from '../api/proxied-path.ts';
import type { ApiRequest } from '../api/request.ts';
import type { ClientCertificates } from './client-certificate.ts';
import { decodeProtobuf, PROTOBUF } from './protobuf/decode.ts';

/** The server reads no more of a request. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Whoever stands behind the server may tell them apart. */
const PROXIED_METHODS: readonly string[] = [...METHODS, 'HEAD', 'OPTIONS'];
/** What the API server looks at; anything else would only fill the journal. */
const HEADERS = ['accept', 'authorization', 'content-type', 'user-agent', 'if-none-match'] as const;
const IMPERSONATION = 'impersonate-';

/**
 * A request without its body.
 *
 * @param clients by whom a connection over TLS tells who sends it
 * @throws StatusError
 */
export function readHead(message: IncomingMessage, clients: ClientCertificates | undefined): ApiRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const proxied = isProxied(path);
  const method = message.method === 'HEAD' && !proxied ? 'GET' : (message.method ?? '');
  if (!(proxied ? PROXIED_METHODS : METHODS).includes(method)) throw methodNotAllowed();
  const headers: Record<string, string> = proxied ? allHeaders(message) : {};
  for (const name of HEADERS) {
    const value = message.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  if (impersonates(message)) {
    for (const [name, values] of Object.entries(message.headersDistinct)) {
      if (name.startsWith(IMPERSONATION) && values !== undefined) headers[name] = values.join('\n');
    }
  }
  const user = clients?.userOf(message);
  return {
    method: method as ApiRequest['method'],
    path,
    ...(mark < 0 ? {} : { query: readQuery(url.slice(mark + 1)) }),
    headers,
    ...(headers['accept']?.includes(PROTOBUF) === true && !proxied ? { writesProtobuf: true } : {}),
    ...(user === undefined ? {} : { user }),
  };
}

/** Hardly any request does, and telling all of its headers apart costs more than looking at their names. */
function impersonates({ rawHeaders }: IncomingMessage): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length > IMPERSONATION.length && name.slice(0, IMPERSONATION.length).toLowerCase() === IMPERSONATION)
      return true;
  }
  return false;
}

/** What whoever stands behind the server gets to see, with the client's address as proxies note it. */
function allHeaders({ headers, socket }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join('\n')]);
  const client = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const before = [headers['x-forwarded-for'] ?? []].flat();
  return { ...Object.fromEntries(entries), 'x-forwarded-for': [...before, client].join(', ') };
}

function readQuery(text: string): NonNullable<ApiRequest['query']> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [...[before].flat(), value]);
  }
  return Object.fromEntries(found);
}

/** Reads a body of bounded length. Rejects with a StatusError for a longer one, an Error when the client goes away. */
export function readBytes(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    message.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MAX_BODY_BYTES) pieces.push(piece);
      // The rest is read and dropped, so that the client gets to see the answer.
      else reject(requestEntityTooLarge(MAX_BODY_BYTES));
    });
    message.on('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
    message.on('error', reject);
    message.on('close', () => {
      if (!message.complete) reject(new Error('the client went away'));
    });
  });
}

/** The body as the API server takes it: text as it came, protobuf as the object it stands for. @throws StatusError */
export function withBody(request: ApiRequest, bytes: Buffer): ApiRequest {
  if (bytes.length === 0) return request;
  if (isProxied(request.path)) {
    return isUtf8(bytes)
      ? { ...request, body: bytes.toString('utf8') }
      : { ...request, bodyBytes: bytes.toString('latin1') };
  }
  const type = request.headers?.['content-type'] ?? '';
  if (!type.startsWith(PROTOBUF)) return { ...request, body: bytes.toString('utf8') };
  return { ...request, body: decodeProtobuf(bytes) };
}
