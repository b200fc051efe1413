import { DnsFormatError, decodeMessage, encodeMessage, query as questionMessage } from '../../linux/dns/message.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process, SocketAddress } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { argumentError, type Directive, directiveError } from '../corefile.ts';
import { emptyReply, isWithin, normalName, type Plugin, type Query, type Reply } from '../query.ts';

/** How long one upstream may take, and all of them together. */
const READ_TIMEOUT_MS = 2000;
const DEADLINE_MS = 5000;

const DEFAULT_MAX_CONCURRENT = Number.POSITIVE_INFINITY;

/** Properties that are read and change nothing here. */
const ACCEPTED = [
  'health_check',
  'expire',
  'max_fails',
  'prefer_udp',
  'force_tcp',
  'policy',
  'tls_servername',
  'next',
  'failfast_all_unhealthy_upstreams',
];

interface ForwardOptions {
  readonly zone: string;
  readonly except: readonly string[];
  readonly upstreams: readonly SocketAddress[];
  readonly maxConcurrent: number;
}

/**
 * Throws CorefileError. https://coredns.io/plugins/forward/
 * @param readFile for `/etc/resolv.conf`; undefined when there is no such file.
 */
export function forwardOptions(directive: Directive, readFile: (path: string) => string | undefined): ForwardOptions {
  const [zone, ...to] = directive.args;
  if (zone === undefined || to.length === 0) throw argumentError(directive);
  const upstreams = to.flatMap((target) => upstreamsOf(directive, target, readFile));
  let maxConcurrent = DEFAULT_MAX_CONCURRENT;
  const except: string[] = [];
  for (const property of directive.properties) {
    const { name, args } = property;
    if (name === 'except') except.push(...args.map(normalName));
    else if (name === 'max_concurrent') {
      if (args.length !== 1) throw argumentError(directive, property);
      maxConcurrent = Number(args[0]);
      if (!(maxConcurrent >= 0))
        throw directiveError(directive, `max_concurrent can't be negative: ${args[0]}`, property);
    } else if (name === 'tls') {
      throw directiveError(directive, 'DNS over TLS is not there in this simulated CoreDNS', property);
    } else if (!ACCEPTED.includes(name)) throw directiveError(directive, `unknown property '${name}'`, property);
  }
  return { zone: normalName(zone), except, upstreams, maxConcurrent };
}

function upstreamsOf(
  directive: Directive,
  target: string,
  readFile: (path: string) => string | undefined,
): readonly SocketAddress[] {
  if (/^(tls|https|quic|grpc):/.test(target)) {
    throw directiveError(directive, `'${target}': only plain DNS is there in this simulated CoreDNS`);
  }
  const match = /^(?:dns:\/\/)?(\d{1,3}(?:\.\d{1,3}){3})(?::(\d+))?$/.exec(target);
  if (match !== null) return [{ address: match[1]!, port: Number(match[2] ?? 53) }];
  const text = target.startsWith('/') ? readFile(target) : undefined;
  if (text === undefined) throw directiveError(directive, `not an IP address or file: "${target}"`);
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address]) => ({
    address: address!,
    port: 53,
  }));
  if (servers.length === 0) throw directiveError(directive, 'no nameservers found');
  return servers;
}

/** Passes queries on to other servers; each waits in a process of its own. */
export function forwardPlugin(options: ForwardOptions): Plugin {
  let underWay = 0;
  return (next) => (query) => {
    const name = normalName(query.name);
    if (!isWithin(name, options.zone) || options.except.some((zone) => isWithin(name, zone))) return next(query);
    if (underWay >= options.maxConcurrent) {
      return emptyReply('REFUSED', `concurrent queries exceeded maximum ${options.maxConcurrent}`);
    }
    return {
      *later(process) {
        underWay += 1;
        try {
          return yield* exchange(process, options.upstreams, query);
        } finally {
          underWay -= 1;
        }
      },
    };
  };
}

function* exchange(process: Process, upstreams: readonly SocketAddress[], query: Query): Task<Reply> {
  const deadline = process.now() + DEADLINE_MS;
  let failure = 'no upstream host found';
  for (let attempt = 0; process.now() < deadline; attempt++) {
    const outcome = yield* ask(process, upstreams[attempt % upstreams.length]!, query);
    if (typeof outcome !== 'string') return outcome;
    failure = outcome;
    // Who is not there at once will not be there a moment later.
    if (!failure.endsWith('i/o timeout') && attempt + 1 >= upstreams.length) break;
  }
  return emptyReply('SERVFAIL', failure);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'read: connection refused',
  EHOSTUNREACH: 'read: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EPERM: 'write: operation not permitted',
};

/** The answer, or what went wrong in Go's words. */
function* ask(process: Process, upstream: SocketAddress, query: Query): Task<Reply | string> {
  const fd = process.openDatagram();
  let local: SocketAddress | undefined;
  const told = (reason: string) => {
    const own = local === undefined ? '' : `${local.address}:${local.port}->`;
    return `read udp ${own}${upstream.address}:${upstream.port}: ${reason}`;
  };
  try {
    local = { ...process.localAddress(fd), address: ownAddress(process) };
    process.sendTo(fd, encodeMessage(questionMessage(query.id, query.name, query.type)), upstream);
    const deadline = process.now() + READ_TIMEOUT_MS;
    while (process.now() < deadline) {
      const received = yield* process.receiveFrom(fd, deadline - process.now());
      if (received === undefined) break;
      const { id, response, code, authoritative, answers, authority, additional } = decodeMessage(received.data);
      if (response && id === query.id) return { code, authoritative, answers, authority, additional };
    }
    return told('i/o timeout');
  } catch (error) {
    if (error instanceof DnsFormatError) return told('dns: bad message');
    if (!(error instanceof Errno)) throw error;
    return told(REASONS[error.code] ?? error.message.toLowerCase());
  } finally {
    process.close(fd);
  }
}

function ownAddress(process: Process): string {
  return process.networkInterfaces().find(({ name }) => name !== 'lo')?.addresses[0]?.address ?? '127.0.0.1';
}
