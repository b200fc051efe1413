import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, type HttpServerResponse, httpRequest } from '../../http.ts';
import type { Process } from '../../syscalls.ts';
import { resolveHost } from '../resolve.ts';
import type { Exchange } from './exchange.ts';
import { expandVariables } from './request-variable.ts';
import type { Upstream, UpstreamServer } from './upstream.ts';

const TIMEOUT_MS = 60_000;

/** Fields that are about one connection, and those that nginx writes itself. */
const NOT_PASSED: ReadonlySet<string> = new Set(
  'connection keep-alive transfer-encoding content-length date server upgrade te trailer'.split(' '),
);

/** `proxy_pass`: asks the servers behind, one after another until one answers. */
export function* proxy(process: Process, exchange: Exchange, target: string, prefix: string): Task<HttpServerResponse> {
  const { request, errors, config, balancer } = exchange;
  const url = /^http:\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(expandVariables(target, request));
  if (url === null) return { status: 500 };
  const [, host = '', port, uri] = url;
  const path =
    uri === undefined ? request.target : target.includes('$') ? uri : uri + request.target.slice(prefix.length);
  const upstream: Upstream = config.upstreams.get(host) ?? single(host, Number(port ?? 80));
  const tried = new Set<UpstreamServer>();
  for (;;) {
    const peer = balancer.choose(upstream, request.peer.address, process.now(), tried);
    if (peer === undefined) {
      if (tried.size === 0) errors.push('no live upstreams while connecting to upstream');
      return { status: 502 };
    }
    const { server } = peer;
    tried.add(server);
    const address = config.addresses.get(server.host) ?? (yield* resolveHost(process, server.host));
    if (address === undefined) {
      errors.push(`${server.host} could not be resolved (3: Host not found)`);
      return { status: 502 };
    }
    peer.active += 1;
    try {
      const response = yield* ask(
        process,
        exchange,
        address,
        server.port,
        path,
        port === undefined ? host : `${host}:${port}`,
      );
      peer.fails = 0;
      return response;
    } catch (error) {
      const failure = describe(error);
      errors.push(`${failure.text} while connecting to upstream, upstream: "http://${address}:${server.port}${path}"`);
      peer.fails += 1;
      peer.failedMs = process.now();
      if (tried.size >= upstream.servers.length) return { status: failure.status };
    } finally {
      peer.active -= 1;
    }
  }
}

function single(host: string, port: number): Upstream {
  // One server alone is never taken out.
  const server = { host, port, weight: 1, backup: false, down: false, maxFails: 0, failTimeoutMs: 0 };
  return { name: `${host}:${port}`, method: 'round-robin', servers: [server], place: '' };
}

function describe(error: unknown): { readonly text: string; readonly status: number } {
  if (error instanceof HttpProtocolError) return { text: 'upstream sent invalid header', status: 502 };
  if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
  if (error.code === 'ETIMEDOUT') return { text: 'upstream timed out (110: Connection timed out)', status: 504 };
  const number = { ECONNREFUSED: 111, EHOSTUNREACH: 113, ECONNRESET: 104 }[error.code as string] ?? 111;
  return { text: `connect() failed (${number}: ${error.message})`, status: 502 };
}

function* ask(
  process: Process,
  exchange: Exchange,
  address: string,
  port: number,
  path: string,
  proxyHost: string,
): Task<HttpServerResponse> {
  const { request, settings } = exchange;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (!NOT_PASSED.has(name) && name !== 'host') headers[name] = value;
  headers['Host'] = proxyHost;
  for (const [name, value] of settings.proxyHeaders) {
    for (const given of Object.keys(headers)) if (given.toLowerCase() === name.toLowerCase()) delete headers[given];
    const text = expandVariables(value.replaceAll('$proxy_host', proxyHost), request);
    if (text !== '') headers[name] = text;
  }
  headers['Connection'] = 'close';
  const answer = yield* httpRequest(process, {
    method: request.method,
    host: address,
    port,
    path,
    headers,
    ...(request.body.length > 0 ? { body: request.body } : {}),
    timeoutMs: TIMEOUT_MS,
  });
  const passed = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED.has(name));
  const named = passed.map(
    ([name, value]) => [name.replace(/(^|-)([a-z])/g, (part) => part.toUpperCase()), value] as const,
  );
  return { status: answer.status, headers: Object.fromEntries(named), body: answer.body };
}
