import { describeJsonError } from '../api/json-syntax.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, StartWatch, WatchEvent } from '../api/request.ts';
import { type Status, StatusError } from '../api/status-error.ts';
import { decode } from '../linux/stdio.ts';
import { CommandError } from './command-error.ts';

// What client-go makes of what a server answers: an object, or an error that says what is wrong with the answer. Our own
// server's objects arrive as they are; a text comes from whoever stands between, or from a server that lies.
// After k8s.io/client-go rest/request.go (transformResponse) and apimachinery api/errors (NewGenericServerResponse).

/** An answer of which no object can be made. */
export class AnswerError extends CommandError {
  /** The same to those who decode into Go's types instead of any object: commands that create what they made up. */
  readonly typedMessage: string;

  constructor(message: string, typedMessage = message) {
    super(message);
    this.typedMessage = typedMessage;
  }
}

/** What a request for a path as the user typed it accepts; whoever accepts any type takes an answer as it is. */
export const ANY_CONTENT = 'application/json, */*';

/**
 * The answer, with an object for a body where that came as a text.
 *
 * @throws StatusError for a refusal that came as a text
 * @throws AnswerError for what cannot be read
 */
export function readAnswer(request: ApiRequest, response: ApiResponse): ApiResponse {
  const { status, body } = response;
  const streams = response.watch ?? response.byteStream ?? response.session;
  const bytes = body instanceof Uint8Array;
  if (streams !== undefined || (typeof body === 'object' && body !== null && !bytes)) return response;
  if (locationOf(response) !== undefined) return response;
  const text = typeof body === 'string' ? body : bytes ? decode(body) : '';
  if (status < 200 || status > 206) throw new StatusError(statusOf(text) ?? genericStatus(request, response, text));
  if (body === undefined || request.headers?.['accept']?.includes('*/*') === true) return response;
  if (isDiscovery(request)) return { ...response, body: parse(response, text) };
  if (!isJson(response)) throw new AnswerError(`serializer for ${contentType(response)} doesn't exist`);
  if (request.query?.['watch'] === 'true') {
    const { body: _, ...head } = response;
    return { ...head, watch: readWatch(text) };
  }
  return { ...response, body: decodeObject(response, text) };
}

/** Where an answer sends the client on; undefined for one that does not. */
export function locationOf({ status, headers }: ApiResponse): string | undefined {
  return REDIRECTS.has(status) ? headers['location'] : undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The events that stand in a text, up to the first that cannot be read: client-go takes that for the end. */
function readWatch(text: string): StartWatch {
  return (sink) => {
    for (const line of text.split('\n')) {
      const event = line === '' ? undefined : readEvent(line);
      if (event === undefined) break;
      sink.event(event);
    }
    sink.end();
    return () => {};
  };
}

/** One event; undefined for one that breaks off. */
function readEvent(line: string): WatchEvent | undefined {
  let event: WatchEvent;
  try {
    event = JSON.parse(line);
  } catch {
    const problem = describeJsonError(line);
    return problem.startsWith('unexpected end') ? undefined : undecodable(problem);
  }
  return EVENT_TYPES.has(event.type) ? event : undecodable(`got invalid watch event type: ${event.type}`);
}

function undecodable(problem: string): WatchEvent {
  const said = `unable to decode an event from the watch stream: ${problem}`;
  const message = `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  const object = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'InternalError',
  };
  return { type: 'ERROR', object: object as unknown as KubeObject };
}

const EVENT_TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

function contentType({ headers }: ApiResponse): string {
  return headers['content-type'] ?? '';
}

function isJson(response: ApiResponse): boolean {
  return /^(application\/json\b|$)/.test(contentType(response));
}

function isDiscovery({ path }: ApiRequest): boolean {
  return path === '/api' || path === '/apis' || path === '/version';
}

const TYPE_META = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

function parse(response: ApiResponse, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const problem = describeJsonError(text);
    const typed =
      text === ''
        ? `0-length response with status code: ${response.status} and content type: ${contentType(response)}`
        : `couldn't get version/kind; json parse error: ${problem}`;
    throw new AnswerError(problem, typed);
  }
}

function decodeObject(response: ApiResponse, text: string): unknown {
  const value = parse(response, text);
  const cannot = `json: cannot unmarshal ${goKind(value)} into Go value of type `;
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw new AnswerError(
      `${cannot}unstructured.detector`,
      `couldn't get version/kind; json parse error: ${cannot}${TYPE_META}`,
    );
  }
  const { kind, items } = (value ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  if (typeof kind !== 'string' || kind === '') throw new AnswerError(`Object 'Kind' is missing in '${text}'`);
  if (items !== undefined && items !== null && !Array.isArray(items)) {
    const found = `json: cannot unmarshal ${goKind(items)} into Go struct field `;
    throw new AnswerError(
      `${found}decodeList.items of type []json.RawMessage`,
      `${found}${kind}.items of type []v1.${kind.replace(/List$/, '')}`,
    );
  }
  return value;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A refusal in the API's own words. */
function statusOf(text: string): Status | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { kind, status } = (value ?? {}) as Partial<Status>;
  return kind === 'Status' && status !== 'Success' ? (value as Status) : undefined;
}

/** Reasons and words for a bare code; `false`: what the server wrote stands in their place. */
const BARE: Readonly<Record<number, readonly [reason: string, message: string | false]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', false],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', false],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', false],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

const MAX_QUOTED_LENGTH = 2048;

function genericStatus(request: ApiRequest, response: ApiResponse, text: string): Status {
  const { status } = response;
  const isText = /^(text\/|$)/.test(contentType(response));
  const said = (isText ? text.trim().slice(0, MAX_QUOTED_LENGTH) : '') || 'unknown';
  const exists = status === 409 && request.method === 'POST';
  const [reason, known] =
    (exists ? ['AlreadyExists', BARE[409]![1]] : BARE[status]) ??
    (status >= 500 ? ['InternalError', undefined] : ['', undefined]);
  const fallback =
    status >= 500
      ? `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`
      : `the server responded with the status code ${status} but did not return more information`;
  const message = known === false ? said : (known ?? fallback);
  const { resource, group, name } = requested(request);
  const what = resource === '' ? '' : [request.method.toLowerCase(), qualified(resource, group), name].join(' ').trim();
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: what === '' ? message : `${message} (${what})`,
    ...(reason === '' ? {} : { reason }),
    details: {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      ...(resource === '' ? {} : { kind: resource }),
      causes: [{ reason: 'UnexpectedServerResponse', message: said }],
    },
    code: status,
  };
}

function qualified(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

const RESOURCE_PATH =
  /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/[^/]+(?=\/[^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/.*)?$/;

/** What a path leads to; nothing for one that leads to no resource, or that is sent as it was typed. */
function requested({ path, headers = {} }: ApiRequest): { resource: string; group: string; name: string } {
  const [, group = '', resource = '', name = ''] =
    headers['accept'] === ANY_CONTENT ? [] : (RESOURCE_PATH.exec(path) ?? []);
  return { resource, group, name: decodeURIComponent(name) };
}
