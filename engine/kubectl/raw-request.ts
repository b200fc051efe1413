import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { encode } from '../linux/stdio.ts';
import type { Task } from '../sim/index.ts';
import { ANY_CONTENT, locationOf } from './answer.ts';
import { CommandError, UnreachableError } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';
import { hostOf } from './kubeconfig.ts';
import { readWholeText } from './manifest-files.ts';
import { eachChunk } from './raw-stream.ts';

type RawMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** As net/http's client gives up. */
const MAX_REDIRECTS = 10;

/** `--raw`: a request to any path, with the answer as it comes. */
export function rawFlag(method: RawMethod): FlagSpec {
  return { name: 'raw', type: 'string', help: `${method} this path of the server and print the answer` };
}

/** Sends the request and prints what is answered. POST and PUT carry the one file of `-f`. @throws CommandError */
export function* sendRaw(invocation: Invocation, method: RawMethod): Task<number> {
  const { process, streams } = invocation;
  if (invocation.args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified');
  const carries = method === 'POST' || method === 'PUT';
  const text = carries ? yield* readOneFile(invocation) : '';
  const url = invocation.flags.string('raw');
  if (!/^\/|^[a-z][a-z0-9+.-]*:/i.test(url)) {
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(url)}: invalid URI for request`);
  }
  const { path, query } = readTarget(url);
  const headers = { accept: ANY_CONTENT, ...(carries ? { 'content-type': 'application/json' } : {}) };
  const asked = { method, path, query, headers, ...(carries ? { body: encode(text) } : {}) };
  const response = yield* follow(invocation, asked);
  if (response.watch !== undefined || response.byteStream !== undefined) {
    yield* streams.flush();
    yield* eachChunk(response, function* (chunk) {
      yield* process.write(1, chunk);
    });
  } else if (response.body instanceof Uint8Array) {
    yield* streams.flush();
    yield* process.write(1, response.body);
  } else streams.out(answerText(path, response.body));
  return 0;
}

function readTarget(url: string): Pick<ApiRequest, 'path'> & { readonly query: NonNullable<ApiRequest['query']> } {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: {} };
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1)))
    query.set(name, [...(query.get(name) ?? []), value]);
  const entries = [...query].map(([name, values]) => [name, values.length === 1 ? values[0]! : values] as const);
  return { path: url.slice(0, mark), query: Object.fromEntries(entries) };
}

function* readOneFile({ flags, streams, process }: Invocation): Task<string> {
  const files = flags.list('filename');
  if (files.length !== 1) throw new CommandError('--raw can only use a single local file or stdin');
  if (flags.bool('recursive')) throw new CommandError('--raw and --recursive are mutually exclusive');
  if (flags.changed('output')) throw new CommandError('--raw and --output are mutually exclusive');
  if (/^https?:\/\//.test(files[0]!)) throw new CommandError('--raw cannot read from a url');
  return files[0] === '-' ? yield* streams.readInput() : yield* readWholeText(process, files[0]!);
}

/** Goes where answers point to, as net/http's client does. @throws UnreachableError when that leads nowhere */
function* follow(invocation: Invocation, first: ApiRequest): Task<ApiResponse> {
  let request = first;
  for (let hop = 0; ; hop++) {
    const asked = request;
    const response = yield* invocation.patiently(() => invocation.client.request(asked));
    const location = locationOf(response);
    if (location === undefined) return response;
    const { server } = invocation.exchange;
    const url = new URL(location, `${server}${request.path}`);
    const lost = (host: string, why: string) => new UnreachableError(host, why, `Get ${JSON.stringify(location)}`);
    if (hop >= MAX_REDIRECTS) throw lost(hostOf(server), `stopped after ${MAX_REDIRECTS} redirects`);
    // From here only the API server is reached.
    if (url.origin !== new URL(server).origin) throw lost(url.host, foreign(url));
    const keeps = response.status === 307 || response.status === 308;
    const { body: _, ...bodiless } = request;
    const next = keeps ? request : { ...bodiless, method: 'GET' as const };
    request = { ...next, ...readTarget(`${url.pathname}${url.search}`) };
  }
}

function foreign({ hostname, port, protocol }: URL): string {
  if (!/^[\d.]+$/.test(hostname)) return `dial tcp: lookup ${hostname}: no such host`;
  const at = port !== '' ? port : protocol === 'https:' ? '443' : '80';
  return `dial tcp ${hostname}:${at}: connect: connection refused`;
}

/** As the server writes it: objects of the API end with a newline, `/version` is laid out for people. */
function answerText(path: string, body: unknown): string {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  return path === '/version' ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`;
}
