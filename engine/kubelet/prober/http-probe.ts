import type { Container, LifecycleHandler } from '../../api/kinds.ts';
import { Errno } from '../../linux/errno.ts';
import { HttpProtocolError, httpRequest } from '../../linux/http.ts';
import type { Process } from '../../linux/syscalls.ts';
import { shakeHands, TlsError } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { errnoText } from '../host-files.ts';

export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure';
  /** What the event shows after `Liveness probe failed: `. */
  readonly output: string;
}

type HttpGet = NonNullable<LifecycleHandler['httpGet']>;

export interface HttpTarget {
  readonly scheme: string;
  readonly host: string;
  /** Undefined when the container has no port of that name. */
  readonly port: number | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A port by number or by its name in the container; undefined when there is no such name. */
export function portNumber(container: Container, port: string | number): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

/** A host as an address. Simplified: nodes look no names up. */
export function hostAddress(host: string): string | undefined {
  if (host === 'localhost') return '127.0.0.1';
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? host : undefined;
}

export function httpTarget(container: Container, get: HttpGet, address: string): HttpTarget {
  const path = get.path ?? '/';
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.36', Accept: '*/*' };
  for (const { name, value } of get.httpHeaders ?? []) headers[name] = value;
  return {
    scheme: (get.scheme ?? 'HTTP').toLowerCase(),
    host: get.host === undefined || get.host === '' ? address : get.host,
    port: portNumber(container, get.port as string | number),
    path: path.startsWith('/') ? path : `/${path}`,
    headers,
  };
}

/**
 * Any status from 200 to 399 is healthy, and any certificate will do. After `pkg/probe/http/http.go`. Simplified: redirects
 * are not followed (and count as healthy, as a redirect to another host does).
 */
export function* probeHttp(root: Process, target: HttpTarget, timeoutMs: number): Task<ProbeOutcome> {
  const { scheme, host, port, path, headers } = target;
  const failed = `Get "${scheme}://${host}:${port}${path}":`;
  const address = hostAddress(host);
  if (port === undefined) return { result: 'failure', output: "couldn't find port" };
  if (address === undefined) return { result: 'failure', output: `${failed} dial tcp: lookup ${host}: no such host` };
  try {
    const secure = scheme === 'https' ? (fd: number) => shakeHands(root, fd, { timeoutMs }) : undefined;
    const request = { host: address, port, path, headers, timeoutMs, ...(secure && { secure }) };
    const response = yield* httpRequest(root, request);
    const healthy = response.status >= 200 && response.status < 400;
    if (healthy) return { result: 'success', output: '' };
    return { result: 'failure', output: `HTTP probe failed with statuscode: ${response.status}` };
  } catch (error) {
    if (error instanceof TlsError) return { result: 'failure', output: `${failed} ${tlsWords(error)}` };
    if (error instanceof HttpProtocolError) return { result: 'failure', output: `${failed} ${error.message}` };
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ETIMEDOUT') {
      const text = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      return { result: 'failure', output: `${failed} ${text}` };
    }
    if (error.code === 'ECONNRESET') return { result: 'failure', output: `${failed} EOF` };
    return { result: 'failure', output: `${failed} dial tcp ${host}:${port}: connect: ${errnoText(error)}` };
  }
}

/** What net/http says of a server that does not speak TLS as it should. */
function tlsWords({ code, message }: TlsError): string {
  if (code === 'timeout') return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  if (message === 'wrong version number') return 'http: server gave HTTP response to HTTPS client';
  return message.includes('eof') ? 'EOF' : `remote error: tls: ${message}`;
}
