import { parseAddress } from '../address.ts';
import { contains, formatNetwork, parseNetwork } from './network.ts';
import type { Network } from './rule.ts';

// Sets of addresses, networks and ports that rules ask. https://ipset.netfilter.org/ipset.man.html

/** What the parts of an element are. */
type Dimension = 'ip' | 'net' | 'port';

/** The kinds of sets there are, and how an element of each is made up. */
const TYPES: Readonly<Record<string, readonly Dimension[]>> = {
  'hash:ip': ['ip'],
  'hash:net': ['net'],
  'hash:ip,port': ['ip', 'port'],
  'hash:net,port': ['net', 'port'],
  'hash:ip,port,ip': ['ip', 'port', 'ip'],
  'hash:ip,port,net': ['ip', 'port', 'net'],
  'bitmap:port': ['port'],
};

/** What ipset would not do; the message is its own. */
export class IpSetError extends Error {
  override readonly name = 'IpSetError';
}

export interface IpSetEntry {
  /** As it was added, in the form that `ipset save` writes. */
  readonly element: string;
  /** Of a network: what is in it is not in the set. */
  readonly nomatch: boolean;
  /** When it is forgotten; never unless the set has a time-out. */
  readonly expiresMs: number;
}

export class IpSet {
  readonly name: string;
  readonly type: string;
  /** As `ipset save` writes them behind the type. */
  readonly options: string;
  readonly hasTimeout: boolean;
  readonly dimensions: readonly Dimension[];
  #entries = new Map<string, IpSetEntry & { readonly networks: readonly (Network | undefined)[] }>();

  /** @throws IpSetError for a type that is not there. */
  constructor(name: string, type: string, options: string) {
    const dimensions = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (dimensions === undefined) throw new IpSetError(`Syntax error: unknown settype ${type}`);
    this.name = name;
    this.type = type;
    this.options = options;
    this.hasTimeout = /\btimeout\b/.test(options);
    this.dimensions = dimensions;
  }

  entries(nowMs: number): readonly IpSetEntry[] {
    return [...this.#entries.values()].filter(({ expiresMs }) => expiresMs > nowMs);
  }

  /** Takes another's elements and gives its own. Their kinds must be the same. */
  swap(other: IpSet): void {
    if (other.type !== this.type) throw new IpSetError('The sets cannot be swapped: their type does not match');
    const mine = this.#entries;
    this.#entries = other.#entries;
    other.#entries = mine;
  }

  /** @throws IpSetError for what is no element of such a set. */
  add(text: string, { nomatch = false, expiresMs = Number.POSITIVE_INFINITY } = {}): void {
    const { element, networks } = this.#parse(text);
    this.#entries.set(element, { element, nomatch, expiresMs, networks });
  }

  has(text: string): boolean {
    return this.#entries.has(this.#parse(text).element);
  }

  delete(text: string): boolean {
    return this.#entries.delete(this.#parse(text).element);
  }

  clear(): void {
    this.#entries.clear();
  }

  /**
   * Whether what a packet shows is in the set. Of networks the smallest that fits decides.
   *
   * @param parts addresses, and ports with their protocols: `10.96.0.1`, `tcp:80`
   */
  matches(parts: readonly string[], nowMs: number): boolean {
    if (!this.dimensions.includes('net')) {
      const entry = this.#entries.get(parts.slice(0, this.dimensions.length).join(','));
      return entry !== undefined && entry.expiresMs > nowMs;
    }
    let smallest = -1;
    let found = false;
    for (const { networks, element, nomatch, expiresMs } of this.#entries.values()) {
      const words = element.split(',');
      const size = Math.max(...networks.map((network) => network?.prefixLength ?? 0));
      if (size <= smallest || expiresMs <= nowMs) continue;
      const fits = networks.every((network, index) =>
        network === undefined ? words[index] === parts[index] : contains(network, parseAddress(parts[index] ?? '')),
      );
      if (!fits) continue;
      smallest = size;
      found = !nomatch;
    }
    return found;
  }

  #parse(text: string): { readonly element: string; readonly networks: readonly (Network | undefined)[] } {
    const words = text.split(',');
    if (words.length !== this.dimensions.length) {
      throw new IpSetError(
        `Syntax error: ${words.length < this.dimensions.length ? 'Second' : 'Elem separator in'} ${text}`,
      );
    }
    const networks = this.dimensions.map((dimension, index) =>
      dimension === 'net' ? networkOf(words[index]!) : undefined,
    );
    const parts = this.dimensions.map((dimension, index) => elementPart(dimension, words[index]!, this.type));
    return { element: parts.join(','), networks };
  }
}

function elementPart(dimension: Dimension, word: string, type: string): string {
  if (dimension === 'port') return portOf(word, type);
  const network = networkOf(word);
  if (dimension === 'net') return formatNetwork(network).replace(/\/32$/, '');
  if (network.prefixLength !== 32) throw new IpSetError(`Syntax error: plain IP address must be supplied: ${word}`);
  return word;
}

function networkOf(word: string): Network {
  const network = parseNetwork(word);
  if (network === undefined)
    throw new IpSetError(`Syntax error: cannot parse ${word}: resolving to IPv4 address failed`);
  if (network.prefixLength === 0) throw new IpSetError('The value of the CIDR parameter of the IP address is invalid');
  return network;
}

/** `tcp:80`; without a protocol it is TCP's, except in a bitmap, which knows none. */
function portOf(word: string, type: string): string {
  const [, protocol = 'tcp', port = ''] = /^(?:(tcp|udp|sctp):)?(\d{1,5})$/.exec(word.toLowerCase()) ?? [];
  if (port === '' || Number(port) > 65_535) throw new IpSetError(`Syntax error: '${word}' is invalid as number`);
  return type === 'bitmap:port' ? port : `${protocol}:${port}`;
}
