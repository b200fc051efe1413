import type { Task } from '../../../sim/index.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { resolveHost } from '../resolve.ts';
import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import { murmurHash2 } from './maps.ts';
import type { Reading, Template } from './template.ts';

/** https://nginx.org/en/docs/http/ngx_http_upstream_module.html */
export interface UpstreamServer {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly backup: boolean;
  readonly down: boolean;
  readonly maxFails: number;
  readonly failTimeoutMs: number;
}

export interface Upstream {
  readonly name: string;
  readonly method: 'round-robin' | 'least_conn' | 'ip_hash' | 'hash' | 'random';
  /** What `hash` goes by. */
  readonly key: Template | undefined;
  readonly servers: readonly UpstreamServer[];
  /** `file:line`, for messages. */
  readonly place: string;
}

const PARAMETER = /^(weight|max_fails|fail_timeout|max_conns)=(\d+)(s?)$/;

/** Throws ConfigError. */
export function upstreamOf({ args, block, file, line }: Directive, reading: Reading): Upstream {
  const name = args[0] ?? '';
  let method: Upstream['method'] = 'round-robin';
  const servers: UpstreamServer[] = [];
  let key: Template | undefined;
  for (const directive of block ?? []) {
    const place = placeOf(directive);
    if (directive.name === 'server') servers.push(serverOf(directive, place));
    else if (['least_conn', 'ip_hash', 'random', 'hash'].includes(directive.name)) {
      method = directive.name as Upstream['method'];
      if (method === 'hash') key = reading.template(directive.args[0]!, place);
    }
  }
  if (servers.length === 0) throw new ConfigError(`no servers are inside upstream in ${file}:${line}`);
  return { name, method, key, servers, place: `${file}:${line}` };
}

function serverOf({ args }: Directive, place: string): UpstreamServer {
  const [address = '', ...words] = args;
  const match = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(address);
  if (match === null) throw new ConfigError(`invalid port in upstream "${address}" in ${place}`);
  const numbers = new Map<string, number>();
  for (const word of words) {
    const parameter = PARAMETER.exec(word);
    if (parameter !== null) numbers.set(parameter[1]!, Number(parameter[2]));
    else if (word !== 'backup' && word !== 'down' && word !== 'resolve')
      throw new ConfigError(`invalid parameter "${word}" in ${place}`);
  }
  return {
    host: match[1]!,
    port: Number(match[2] ?? 80),
    weight: numbers.get('weight') ?? 1,
    backup: words.includes('backup'),
    down: words.includes('down'),
    maxFails: numbers.get('max_fails') ?? 1,
    failTimeoutMs: (numbers.get('fail_timeout') ?? 10) * 1000,
  };
}

/**
 * Addresses of hosts, looked up once when the configuration is read: what nginx knows until it is reloaded.
 * Throws ConfigError for a name that nobody knows, which keeps nginx from starting.
 */
export function* resolveHosts(
  process: Process,
  hosts: readonly { readonly host: string; readonly place: string }[],
): Task<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>();
  for (const { host, place } of hosts) {
    if (addresses.has(host)) continue;
    const address = yield* resolveHost(process, host);
    if (address === undefined) throw new ConfigError(`host not found in upstream "${host}" in ${place}`);
    addresses.set(host, address);
  }
  return addresses;
}

export interface Peer {
  readonly server: UpstreamServer;
  current: number;
  active: number;
  fails: number;
  failedMs: number;
}

/** A worker's view of the servers: whose turn it is, and who has failed. */
export class Balancer {
  readonly #peers = new Map<string, Peer[]>();

  /** Whom to ask next, besides those that have been asked for this request already. */
  choose(upstream: Upstream, key: string, nowMs: number, tried: ReadonlySet<UpstreamServer>): Peer | undefined {
    let peers = this.#peers.get(upstream.name);
    if (peers === undefined) {
      peers = upstream.servers.map((server) => ({ server, current: 0, active: 0, fails: 0, failedMs: 0 }));
      this.#peers.set(upstream.name, peers);
    }
    const usable = peers.filter(
      ({ server, fails, failedMs }) =>
        !server.down &&
        !tried.has(server) &&
        (server.maxFails === 0 || fails < server.maxFails || nowMs - failedMs >= server.failTimeoutMs),
    );
    const primary = usable.filter(({ server }) => !server.backup);
    const candidates = primary.length > 0 ? primary : usable;
    if (candidates.length === 0) return undefined;
    if (upstream.method === 'ip_hash') return candidates[hashOf(key) % candidates.length];
    if (upstream.method === 'hash') return candidates[murmurHash2(encode(key)) % candidates.length];
    if (upstream.method === 'least_conn') {
      const least = Math.min(...candidates.map(({ active, server }) => active / server.weight));
      return inTurn(candidates.filter(({ active, server }) => active / server.weight === least));
    }
    return inTurn(candidates);
  }

  failed(peer: Peer, nowMs: number): void {
    // Failures of long ago no longer count.
    if (nowMs - peer.failedMs >= peer.server.failTimeoutMs) peer.fails = 0;
    peer.fails += 1;
    peer.failedMs = nowMs;
  }

  succeeded(peer: Peer): void {
    peer.fails = 0;
  }
}

/** Smooth weighted round robin: nobody gets many in a row. */
function inTurn(peers: readonly Peer[]): Peer | undefined {
  let best: Peer | undefined;
  let total = 0;
  for (const peer of peers) {
    peer.current += peer.server.weight;
    total += peer.server.weight;
    if (best === undefined || peer.current > best.current) best = peer;
  }
  if (best !== undefined) best.current -= total;
  return best;
}

/** Of an IPv4 address the first three numbers count. */
function hashOf(address: string): number {
  return address
    .split('.')
    .slice(0, 3)
    .reduce((hash, part) => (hash * 113 + Number(part)) % 6271, 89);
}
