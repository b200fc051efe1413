import { parseAddress } from '../address.ts';

// The types of nftables' values. A value is kept as the text that `nft list` shows, which is also what packets are
// compared with; numbers serve ranges and order. https://manpages.debian.org/bookworm/nftables/nft.8.en.html#DATA_TYPES

export type TypeName =
  | 'ipv4_addr'
  | 'inet_proto'
  | 'inet_service'
  | 'mark'
  | 'ct_state'
  | 'ct_status'
  | 'ifname'
  | 'iface_index'
  | 'fib_addrtype'
  | 'icmp_type'
  | 'nf_proto'
  | 'integer';

interface DataType {
  /** In bytes, as concatenations order their parts. */
  readonly size: number;
  /** Undefined for what is no value of the type. */
  parse(word: string): string | undefined;
  /** How it is ordered. */
  number(text: string): number;
}

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, udplite: 136, sctp: 132, dccp: 33 };
const SERVICES: Readonly<Record<string, number>> = { ssh: 22, domain: 53, http: 80, https: 443, ntp: 123, smtp: 25 };
const STATES: Readonly<Record<string, number>> = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 };
const STATUSES: Readonly<Record<string, number>> = { expected: 1, assured: 4, confirmed: 8, snat: 16, dnat: 32 };
const ADDRESS_TYPES: Readonly<Record<string, number>> = { unspec: 0, unicast: 1, local: 2, broadcast: 3, multicast: 5 };
const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'echo-request': 8,
  'time-exceeded': 11,
};
const NF_PROTOCOLS: Readonly<Record<string, number>> = { ipv4: 2, ipv6: 10 };

/** A type whose values have names; one may also be given by its number. */
function named(names: Readonly<Record<string, number>>, size: number): DataType {
  const byNumber = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return {
    size,
    parse(word) {
      if (Object.hasOwn(names, word)) return word;
      return /^\d+$/.test(word) ? (byNumber.get(Number(word)) ?? word) : undefined;
    },
    number: (text) => (Object.hasOwn(names, text) ? names[text]! : Number(text)),
  };
}

function unsigned(max: number, size: number, names: Readonly<Record<string, number>> = {}): DataType {
  return {
    size,
    parse(word) {
      if (Object.hasOwn(names, word)) return String(names[word]);
      const value = /^(\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : Number.NaN;
      return value <= max ? String(value) : undefined;
    },
    number: Number,
  };
}

const NAME: DataType = {
  size: 16,
  parse: (word) => (/^[\w.@:-]{1,15}\*?$/.test(word) ? word : undefined),
  number: () => 0,
};

const DATA_TYPES: Readonly<Record<TypeName, DataType>> = {
  ipv4_addr: {
    size: 4,
    parse: (word) => (parseAddress(word) === undefined ? undefined : word),
    number: (text) => parseAddress(text) ?? 0,
  },
  inet_proto: named(PROTOCOLS, 1),
  inet_service: unsigned(65_535, 2, SERVICES),
  mark: {
    size: 4,
    parse(word) {
      const value = /^(\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : Number.NaN;
      return value <= 0xffff_ffff ? markText(value) : undefined;
    },
    number: Number,
  },
  ct_state: named(STATES, 4),
  ct_status: named(STATUSES, 4),
  ifname: NAME,
  iface_index: NAME,
  fib_addrtype: named(ADDRESS_TYPES, 4),
  icmp_type: named(ICMP_TYPES, 1),
  nf_proto: named(NF_PROTOCOLS, 1),
  integer: unsigned(0xffff_ffff, 4),
};

export function isTypeName(word: string): word is TypeName {
  return Object.hasOwn(DATA_TYPES, word);
}

export function parseValue(type: TypeName, word: string): string | undefined {
  return DATA_TYPES[type].parse(word);
}

export function numberOf(type: TypeName, text: string): number {
  return DATA_TYPES[type].number(text);
}

/** `0x00004000` */
export function markText(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** How `nft list` writes a value inside a rule or a set. */
export function valueText(type: TypeName, text: string): string {
  return type === 'ifname' || type === 'iface_index' ? `"${text}"` : text;
}

/**
 * A number by which the parts of a concatenation are ordered in listings: the kernel keeps each part in network order,
 * padded to four bytes, and nft reads the whole as one little-endian number, so that the last byte counts most.
 */
export function orderInConcatenation(type: TypeName, text: string): number {
  const { size } = DATA_TYPES[type];
  const value = numberOf(type, text);
  // Marks and other host-order numbers lie in memory as they are read.
  if (size === 1 || type === 'mark' || type === 'integer') return value;
  if (size === 2) return ((value & 255) << 8) | (value >>> 8);
  return [0, 8, 16, 24].reduce((sum, shift) => sum * 256 + ((value >>> shift) & 255), 0);
}
