import type { Task } from '../../../sim/index.ts';
import { DnsFormatError, type DnsMessage, decodeMessage, type Edns, encodeMessage, query } from '../../dns/message.ts';
import { Errno } from '../../errno.ts';
import { concatBytes, decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** What /etc/resolv.conf says. https://man7.org/linux/man-pages/man5/resolv.conf.5.html */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with so many dots is tried as it is first. */
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

const MAX_SERVERS = 3;

export function resolverConfig(process: Process): ResolverConfig {
  let text = '';
  try {
    text = decode(process.readFile('/etc/resolv.conf'));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  const servers: string[] = [];
  let search: string[] = [];
  let [ndots, timeout, attempts] = [1, 5, 2];
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && words[0] !== undefined) servers.push(words[0]);
    if (keyword === 'search' || keyword === 'domain') search = words;
    if (keyword !== 'options') continue;
    for (const word of words) {
      const [name, value] = word.split(':');
      if (name === 'ndots') ndots = Math.min(15, Number(value));
      if (name === 'timeout') timeout = Math.min(30, Number(value));
      if (name === 'attempts') attempts = Math.min(5, Number(value));
    }
  }
  return { servers: servers.slice(0, MAX_SERVERS), search, ndots, timeoutMs: timeout * 1000, attempts };
}

/** The names that a name may stand for, in the order in which they are tried. */
export function candidates(name: string, config: ResolverConfig): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = config.search.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

interface Answer {
  readonly server: string;
  readonly message: DnsMessage;
  readonly bytes: number;
  readonly timeMs: number;
  readonly protocol: 'UDP' | 'TCP';
}

interface AskOptions {
  readonly timeoutMs: number;
  readonly port?: number;
  /** What the asker can do beyond the DNS of old; nothing unless told. */
  readonly edns?: Edns | undefined;
  /** Over a connection instead of by datagrams: RFC 7766. */
  readonly tcp?: boolean;
}

/** Asks one server. Undefined when it does not answer in time, or nobody is there to answer. */
export function* ask(
  process: Process,
  server: string,
  name: string,
  type: string,
  options: AskOptions,
): Task<Answer | undefined> {
  if (options.tcp === true) return yield* askOverTcp(process, server, name, type, options);
  const fd = process.openDatagram();
  try {
    const startMs = process.now();
    const request = question(process, fd, name, type, options);
    process.sendTo(fd, encodeMessage(request), {
      address: server,
      port: options.port ?? 53,
    });
    const deadline = startMs + options.timeoutMs;
    while (process.now() < deadline) {
      const received = yield* process.receiveFrom(fd, deadline - process.now());
      if (received === undefined) return undefined;
      const message = decodeMessage(received.data);
      // Anybody may send something; an answer has the number of the question.
      if (!message.response || message.id !== request.id) continue;
      return { server, message, bytes: received.data.length, timeMs: process.now() - startMs, protocol: 'UDP' };
    }
    return undefined;
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  } finally {
    process.close(fd);
  }
}

function question(process: Process, fd: number, name: string, type: string, { edns }: AskOptions): DnsMessage {
  const { port } = process.localAddress(fd);
  const request = query((port * 31 + name.length * 7 + Math.floor(process.now())) & 0xffff, name, type);
  return edns === undefined ? request : { ...request, edns };
}

const NO_ANSWER = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EINVAL', 'EPERM', 'ETIMEDOUT'];

function isNoAnswer(error: unknown): boolean {
  return error instanceof DnsFormatError || (error instanceof Errno && NO_ANSWER.includes(error.code));
}

/** A message on a connection has its length before it. */
function* askOverTcp(
  process: Process,
  server: string,
  name: string,
  type: string,
  options: AskOptions,
): Task<Answer | undefined> {
  const startMs = process.now();
  let fd: number | undefined;
  try {
    fd = yield* process.connect(server, options.port ?? 53, options.timeoutMs);
    const request = encodeMessage(question(process, fd, name, type, options));
    yield* process.write(fd, concatBytes([Uint8Array.of(request.length >> 8, request.length & 255), request]));
    let come: Uint8Array = new Uint8Array(0);
    for (;;) {
      const leftMs = startMs + options.timeoutMs - process.now();
      if (leftMs <= 0 || (yield* process.poll([fd], leftMs)).length === 0) return undefined;
      const piece = yield* process.read(fd);
      if (piece.length === 0) return undefined;
      come = concatBytes([come, piece]);
      const length = come.length < 2 ? Number.POSITIVE_INFINITY : come[0]! * 256 + come[1]!;
      if (come.length < 2 + length) continue;
      const message = decodeMessage(come.subarray(2, 2 + length));
      return { server, message, bytes: length, timeMs: process.now() - startMs, protocol: 'TCP' };
    }
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) process.close(fd);
  }
}

/** Asks the configured servers, one after the other and over again. */
function* askServers(process: Process, config: ResolverConfig, name: string, type: string): Task<Answer | undefined> {
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const answer = yield* ask(process, server, name, type, config);
      if (answer !== undefined && answer.message.code !== 'SERVFAIL') return answer;
    }
  }
  return undefined;
}

export interface HostEntry {
  /** The canonical name, then those that lead to it. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

const NOBODY: HostEntry = { names: [], addresses: [] };

/** Whom the C library finds by DNS, with their IPv4 addresses; none for an unknown name. */
export function* lookupHost(
  process: Process,
  name: string,
  config: ResolverConfig = resolverConfig(process),
): Task<HostEntry> {
  if (config.servers.length === 0) return NOBODY;
  for (const candidate of candidates(name, config)) {
    const answer = yield* askServers(process, config, candidate, 'A');
    if (answer === undefined) return NOBODY;
    const { answers } = answer.message;
    const own = answers.filter(({ type }) => type === 'A');
    if (own.length === 0) continue;
    const aliases = answers.filter(({ type }) => type === 'CNAME').map((record) => record.name);
    return { names: [own[0]!.name, ...aliases], addresses: own.map(({ data }) => data) };
  }
  return NOBODY;
}

/** `4.3.2.1.in-addr.arpa` */
export function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The name that an address is known by in DNS; undefined for none. */
export function* lookupAddress(
  process: Process,
  address: string,
  config: ResolverConfig = resolverConfig(process),
): Task<string | undefined> {
  const answer = yield* askServers(process, config, reverseName(address), 'PTR');
  return answer?.message.answers.find(({ type }) => type === 'PTR')?.data;
}
