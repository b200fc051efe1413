import { parseAddress } from '../../net/address.ts';
import type { Frame } from '../../net/capture/frame.ts';
import { FilterError, type FilterTokens, type NameLookup } from './filter-tokens.ts';
import { portOf } from './names.ts';
import { ICMP, short, TCP, UDP, word } from './packet.ts';

export type Test = (frame: Frame) => boolean;
export type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';

/** What stands before an identifier: `tcp src port`. */
export interface Qualifiers {
  readonly protocol?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly type?: 'host' | 'net' | 'port' | 'portrange' | 'proto' | 'gateway' | undefined;
}

const IPV4 = 0x0800;
const ARP = 0x0806;
const ETHER_TYPES: Readonly<Record<string, number>> = { ip: IPV4, arp: ARP, rarp: 0x8035, ip6: 0x86dd };
const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: ICMP,
  igmp: 2,
  tcp: TCP,
  udp: UDP,
  icmp6: 58,
  sctp: 132,
};
const WITH_PORTS: readonly number[] = [TCP, UDP, 132];

function isIpProtocol(number: number): Test {
  return ({ etherType, payload }) => etherType === IPV4 && payload[9] === number;
}

/** What needs no identifier: `broadcast`, `less 100`, `inbound`. Undefined where the next word is none of these. */
export function alone(tokens: FilterTokens): Test | undefined {
  switch (tokens.peek()) {
    case 'broadcast':
      tokens.next();
      return ({ destinationMac }) => destinationMac === 'ff:ff:ff:ff:ff:ff';
    case 'multicast':
      tokens.next();
      return ({ destinationMac }) => (Number.parseInt(destinationMac.slice(0, 2), 16) & 1) === 1;
    case 'inbound':
      tokens.next();
      return ({ direction }) => direction !== 'Out';
    case 'outbound':
      tokens.next();
      return ({ direction }) => direction === 'Out';
    case 'less':
    case 'greater': {
      const isLess = tokens.next() === 'less';
      const limit = Number(tokens.next());
      if (!Number.isInteger(limit)) throw new FilterError('syntax error');
      return ({ payload }) => (isLess ? payload.length + 14 <= limit : payload.length + 14 >= limit);
    }
    default:
      return undefined;
  }
}

/** @param tokens where the identifier is next; absent where the protocol alone is asked for */
export function primitive(
  { protocol, direction = 'src or dst', type }: Qualifiers,
  tokens: FilterTokens | undefined,
  lookUp: NameLookup,
): Test {
  if (tokens === undefined) return protocolTest(protocol!);
  const next = tokens.peek();
  if (next === 'broadcast' || next === 'multicast') return alone(tokens)!;
  const id = tokens.next();
  if (id === undefined || !/^\\?[\w.]/.test(id)) throw new FilterError('syntax error');
  switch (type ?? 'host') {
    case 'port':
      return portTest(protocol, direction, portRange(id, false), 'port');
    case 'portrange':
      return portTest(protocol, direction, portRange(id, true), 'portrange');
    case 'net':
      return networkTest(protocol, direction, network(id, tokens), 'net');
    case 'proto':
      return numberedProtocol(protocol, id.replace(/^\\/, ''));
    case 'gateway':
      throw new FilterError("'gateway' requires a name");
    default:
      return hostTest(protocol, direction, id, lookUp);
  }
}

function protocolTest(protocol: string): Test {
  const etherType = ETHER_TYPES[protocol];
  if (etherType !== undefined) return (frame) => frame.etherType === etherType;
  const number = IP_PROTOCOLS[protocol];
  if (number === undefined) throw new FilterError('syntax error');
  return isIpProtocol(number);
}

function numberedProtocol(protocol: string | undefined, id: string): Test {
  const known = protocol === 'ether' ? ETHER_TYPES[id] : IP_PROTOCOLS[id];
  const number = known ?? (/^(?:0x[\da-f]+|\d+)$/i.test(id) ? Number(id) : undefined);
  if (number === undefined) throw new FilterError(`unknown ${protocol === 'ether' ? 'ether' : 'ip'} proto '${id}'`);
  return protocol === 'ether' ? ({ etherType }) => etherType === number : isIpProtocol(number);
}

// Ports

interface Range {
  readonly least: number;
  readonly most: number;
}

function portRange(text: string, isRange: boolean): Range {
  const [first = '', last = first] = isRange ? text.split('-') : [text];
  const [least, most] = [first, last].map((each) => {
    const number = portOf(each);
    if (number === undefined) throw new FilterError(`unknown port '${text}'`);
    if (number > 65_535) throw new FilterError(`illegal port number ${number} > 65535`);
    return number;
  });
  return { least: Math.min(least!, most!), most: Math.max(least!, most!) };
}

function portTest(protocol: string | undefined, direction: Direction, { least, most }: Range, what: string): Test {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') {
    throw new FilterError(
      protocol === 'ip' || protocol === 'ip6' ? `illegal qualifier of '${what}'` : `illegal qualifier of '${what}'`,
    );
  }
  const wanted = protocol === undefined ? WITH_PORTS : [IP_PROTOCOLS[protocol]!];
  const within = (port: number) => port >= least && port <= most;
  return ({ etherType, payload }) => {
    if (etherType !== IPV4 || !wanted.includes(payload[9]!)) return false;
    const start = (payload[0]! & 15) * 4;
    return either(direction, within(short(payload, start)), within(short(payload, start + 2)));
  };
}

function either(direction: Direction, source: boolean, destination: boolean): boolean {
  switch (direction) {
    case 'src':
      return source;
    case 'dst':
      return destination;
    case 'src and dst':
      return source && destination;
    case 'src or dst':
      return source || destination;
  }
}

// Addresses

interface Network {
  readonly address: number;
  readonly mask: number;
}

function maskOf(prefixLength: number): number {
  return prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0;
}

/** `10.244` is 10.244.0.0/16: as many bytes count as are written. */
function partial(text: string): Network | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  const address = parts.reduce((sum, part, at) => sum + Number(part) * 256 ** (3 - at), 0);
  return { address, mask: maskOf(8 * parts.length) };
}

function network(text: string, tokens: FilterTokens): Network {
  const [written = '', length] = text.split('/');
  const found = partial(written);
  if (found === undefined) throw new FilterError(`unknown network '${text}'`);
  let { mask } = found;
  if (length !== undefined) {
    if (!/^\d{1,3}$/.test(length)) throw new FilterError('syntax error');
    if (Number(length) > 32) throw new FilterError('mask length must be <= 32');
    mask = maskOf(Number(length));
  } else if (tokens.take('mask')) {
    const given = parseAddress(tokens.next() ?? '');
    if (given === undefined) throw new FilterError('syntax error');
    mask = given;
    if ((found.address & ~mask) !== 0) throw new FilterError(`non-network bits set in "${text} mask ${dotted(mask)}"`);
  }
  if ((found.address & ~mask) !== 0) throw new FilterError(`non-network bits set in "${text}"`);
  return { address: found.address, mask };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function networkTest(
  protocol: string | undefined,
  direction: Direction,
  { address, mask }: Network,
  what: string,
): Test {
  if (protocol === 'ether') throw new FilterError(`ethernet addresses used in non-ether expression`);
  if (protocol !== undefined && !['ip', 'arp', 'rarp'].includes(protocol)) {
    if (protocol === 'ip6') throw new FilterError("'ip6' modifier applied to ip host");
    throw new FilterError(`'${protocol}' modifier applied to ${what}`);
  }
  const within = (value: number) => (value & mask) >>> 0 === (address & mask) >>> 0;
  return ({ etherType, payload }) => {
    if (protocol !== undefined && etherType !== ETHER_TYPES[protocol]) return false;
    if (etherType === IPV4) return either(direction, within(word(payload, 12)), within(word(payload, 16)));
    return etherType === ARP && either(direction, within(word(payload, 14)), within(word(payload, 24)));
  };
}

function hostTest(protocol: string | undefined, direction: Direction, id: string, lookUp: NameLookup): Test {
  if (id.includes(':')) {
    if (protocol !== 'ether') throw new FilterError('ethernet address used in non-ether expression');
    const mac = id
      .toLowerCase()
      .split(':')
      .map((part) => part.padStart(2, '0'))
      .join(':');
    return ({ sourceMac, destinationMac }) => either(direction, sourceMac === mac, destinationMac === mac);
  }
  if (id.includes('/')) throw new FilterError('mask syntax for networks only');
  const written = partial(id);
  if (written !== undefined) return networkTest(protocol, direction, { ...written, mask: 0xffff_ffff }, 'host');
  if (/^[\d.]+$/.test(id)) throw new FilterError(`invalid IPv4 address '${id}'`);
  const addresses = lookUp(id);
  if (addresses === undefined || addresses.length === 0) throw new FilterError(`unknown host '${id}'`);
  const tests = addresses.map((each) =>
    networkTest(protocol, direction, { address: parseAddress(each) ?? 0, mask: 0xffff_ffff }, 'host'),
  );
  return (frame) => tests.some((test) => test(frame));
}
