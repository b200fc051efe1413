import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Process } from '../linux/syscalls.ts';

/** From this `-v` on requests are logged; from the next ones on with headers, bodies, and as curl commands. */
export const LOGS_REQUESTS = 6;
const LOGS_HEADERS = 7;
const LOGS_BODIES = 8;
const LOGS_CURL = 9;
/** Longer bodies are cut below this level. */
const LOGS_WHOLE_BODIES = 9;
const MAX_BODY_LENGTH = 1024;

/** One line of klog: `I1123 01:42:19.360014   22476 round_trippers.go:632] …`. */
export function klogLine(
  process: Process,
  place: string,
  message: string,
  severity: 'I' | 'W' | 'E' | 'F' = 'I',
): string {
  const time = new Date(process.now()).toISOString();
  const day = time.slice(5, 10).replace('-', '');
  return `${severity}${day} ${time.slice(11, 23)}000 ${String(process.pid).padStart(7)} ${place}] ${message}\n`;
}

/** What `-v` shows of a request before it is sent. After client-go transport/round_trippers.go. */
export function requestLog(process: Process, level: number, server: string, request: ApiRequest): string {
  const url = urlOf(server, request);
  let text = '';
  if (level >= LOGS_BODIES) {
    text += klogLine(process, 'helper.go:105', `"Request Body" body=${quoted(bodyText(request.body), level)}`);
  }
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [headerName(name), value] as const);
  if (level >= LOGS_CURL) {
    const options = headers.map(([name, value]) => ` -H "${name}: ${value}"`).sort();
    const command = `curl -v -X${request.method} ${options.join('')} '${url}'`;
    return text + klogLine(process, 'round_trippers.go:527', `"Request" curlCommand=${block([command])}`);
  }
  if (level < LOGS_HEADERS) return text;
  const message = `"Request" verb="${request.method}" url="${url}" headers=${block(headerLines(headers))}`;
  return text + klogLine(process, 'round_trippers.go:527', message);
}

/** What `-v` shows of the answer. */
export function responseLog(
  process: Process,
  level: number,
  server: string,
  request: ApiRequest,
  response: ApiResponse,
  durationMs: number,
): string {
  const verb = `verb="${request.method}" url="${urlOf(server, request)}" `;
  const status = `status="${response.status} ${STATUS_TEXTS[response.status] ?? ''}"`;
  const headers =
    level >= LOGS_BODIES
      ? ` headers=${block(headerLines(Object.entries(response.headers).map(([name, value]) => [headerName(name), value])))}`
      : '';
  const withVerb = level === LOGS_REQUESTS || level >= LOGS_CURL;
  const message = `"Response" ${withVerb ? verb : ''}${status}${headers} milliseconds=${Math.round(durationMs)}`;
  const line = klogLine(process, 'round_trippers.go:632', message);
  if (level < LOGS_BODIES || response.watch !== undefined || response.session !== undefined) return line;
  return line + klogLine(process, 'helper.go:105', `"Response Body" body=${quoted(bodyText(response.body), level)}`);
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The whole URL of a request. */
export function urlOf(server: string, { path, query = {} }: ApiRequest): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly string[]) : [String(value)]).map(
      (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
    ),
  );
  return `${server}${path}${parameters.length === 0 ? '' : `?${parameters.sort().join('&')}`}`;
}

/** `user-agent` as it goes over the wire: `User-Agent`. */
function headerName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function headerLines(headers: readonly (readonly [string, string | undefined])[]): readonly string[] {
  return headers.map(([name, value]) => `${name}: ${value}`).sort();
}

/** klog's form of a value with several lines. */
function block(lines: readonly string[]): string {
  return `<\n${lines.map((line) => `\t${line}\n`).join('')} >`;
}

function bodyText(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function quoted(text: string, level: number): string {
  const cut =
    level >= LOGS_WHOLE_BODIES || text.length <= MAX_BODY_LENGTH
      ? text
      : `${text.slice(0, MAX_BODY_LENGTH)} [truncated ${text.length - MAX_BODY_LENGTH} chars]`;
  return cut.includes('\n') ? block(cut.split('\n')) : JSON.stringify(cut);
}
