import { encode } from '../stdio.ts';

// DNS messages, both ways: what resolvers ask and servers answer. https://www.rfc-editor.org/rfc/rfc1035

export const DNS_TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
};

const RESPONSE_CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
type ResponseCode = (typeof RESPONSE_CODES)[number];

/** A resource record; `data` as a zone file writes it. Names have no final dot. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly code: ResponseCode;
  readonly question: { readonly name: string; readonly type: string } | undefined;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly edns?: Edns | undefined;
}

/** What a sender can do beyond the DNS of old: https://www.rfc-editor.org/rfc/rfc6891 */
export interface Edns {
  /** The largest datagram that it takes. */
  readonly udpBytes: number;
  /** RFC 7873, in hexadecimal. */
  readonly cookie?: string | undefined;
}

const OPT = 41;
const COOKIE = 10;

/** The bytes are no DNS message. */
export class DnsFormatError extends Error {
  override readonly name = 'DnsFormatError';
}

const HEADER_BYTES = 12;
const INTERNET = 1;

export function query(id: number, name: string, type: string): DnsMessage {
  return {
    id,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    code: 'NOERROR',
    question: { name, type },
    answers: [],
    authority: [],
    additional: [],
  };
}

/** Throws DnsFormatError for a name with a label that is too long. */
export function encodeMessage(message: DnsMessage): Uint8Array {
  const bytes: number[] = [];
  const short = (value: number) => bytes.push((value >> 8) & 255, value & 255);
  const flag = (on: boolean, bit: number) => (on ? 1 << bit : 0);
  short(message.id);
  short(
    flag(message.response, 15) |
      flag(message.authoritative, 10) |
      flag(message.truncated, 9) |
      flag(message.recursionDesired, 8) |
      flag(message.recursionAvailable, 7) |
      RESPONSE_CODES.indexOf(message.code),
  );
  short(message.question === undefined ? 0 : 1);
  const { edns } = message;
  for (const section of [message.answers, message.authority]) short(section.length);
  short(message.additional.length + (edns === undefined ? 0 : 1));
  const names = new Map<string, number>();
  if (message.question !== undefined) {
    bytes.push(...encodeName(message.question.name, names, bytes.length));
    short(typeNumber(message.question.type));
    short(INTERNET);
  }
  for (const record of [...message.answers, ...message.authority, ...message.additional]) {
    bytes.push(...encodeName(record.name, names, bytes.length));
    short(typeNumber(record.type));
    short(INTERNET);
    short(record.ttl >>> 16);
    short(record.ttl & 0xffff);
    const data = encodeData(record, names, bytes.length + 2);
    short(data.length);
    bytes.push(...data);
  }
  if (edns !== undefined) bytes.push(...encodeEdns(edns));
  return Uint8Array.from(bytes);
}

/** A record of the root in whose fields other things stand: the size as its class, extended code and version as its TTL. */
function encodeEdns({ udpBytes, cookie = '' }: Edns): number[] {
  const value = (cookie.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const options = value.length === 0 ? [] : [0, COOKIE, 0, value.length, ...value];
  return [0, 0, OPT, udpBytes >> 8, udpBytes & 255, 0, 0, 0, 0, 0, options.length, ...options];
}

function typeNumber(type: string): number {
  return DNS_TYPES[type] ?? Number(type.replace(/^TYPE/, ''));
}

/** Offsets beyond this cannot be pointed to. */
const MAX_OFFSET = 0x3fff;

/**
 * @param known where names begin that the message already holds: their ends are pointed to, not told again
 * @param offset of the name in the message
 */
function encodeName(name: string, known?: Map<string, number>, offset = 0): number[] {
  const bytes: number[] = [];
  const labels = name.split('.').filter((part) => part !== '');
  for (const [index, label] of labels.entries()) {
    const rest = labels.slice(index).join('.');
    const at = known?.get(rest);
    if (at !== undefined) return [...bytes, 0xc0 | (at >> 8), at & 255];
    if (offset + bytes.length <= MAX_OFFSET) known?.set(rest, offset + bytes.length);
    const text = encode(label);
    if (text.length > 63) throw new DnsFormatError(`label too long: ${label}`);
    bytes.push(text.length, ...text);
  }
  return [...bytes, 0];
}

/** The target of an SRV record is told in full (RFC 2782). */
function encodeData({ type, data }: DnsRecord, known: Map<string, number>, offset: number): number[] {
  const numbers = data.split(' ');
  const shorts = (values: readonly string[]) =>
    values.flatMap((value) => [(Number(value) >> 8) & 255, Number(value) & 255]);
  switch (type) {
    case 'A':
      return data.split('.').map(Number);
    case 'AAAA':
      return expandIpv6(data);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return encodeName(data, known, offset);
    case 'MX':
      return [...shorts(numbers.slice(0, 1)), ...encodeName(numbers[1] ?? '', known, offset + 2)];
    case 'SRV':
      return [...shorts(numbers.slice(0, 3)), ...encodeName(numbers[3] ?? '')];
    case 'SOA': {
      const [primary = '', mailbox = '', ...values] = numbers;
      const longs = values
        .slice(0, 5)
        .flatMap((value) => [24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 255));
      const first = encodeName(primary, known, offset);
      return [...first, ...encodeName(mailbox, known, offset + first.length), ...longs];
    }
    default: {
      const text = [...encode(data.replace(/^"|"$/g, ''))];
      return [Math.min(255, text.length), ...text.slice(0, 255)];
    }
  }
}

function expandIpv6(address: string): number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [left, right] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0);
  return [...left, ...zeros, ...right].slice(0, 8).flatMap((group) => [group >> 8, group & 255]);
}

/** Throws DnsFormatError. */
export function decodeMessage(bytes: Uint8Array): DnsMessage {
  if (bytes.length < HEADER_BYTES) throw new DnsFormatError('too short');
  const reader = new Reader(bytes);
  const id = reader.short();
  const flags = reader.short();
  const [questions, answers, authority, additional] = [reader.short(), reader.short(), reader.short(), reader.short()];
  let question: DnsMessage['question'];
  for (let i = 0; i < questions; i++) {
    question = { name: reader.name(), type: typeName(reader.short()) };
    reader.short();
  }
  let edns: Edns | undefined;
  const records = (count: number) => {
    const found: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const record = reader.record();
      if ('udpBytes' in record) edns = record;
      else found.push(record);
    }
    return found;
  };
  const bit = (number: number) => (flags & (1 << number)) !== 0;
  const sections = { answers: records(answers), authority: records(authority), additional: records(additional) };
  return {
    ...(edns === undefined ? {} : { edns }),
    id,
    response: bit(15),
    authoritative: bit(10),
    truncated: bit(9),
    recursionDesired: bit(8),
    recursionAvailable: bit(7),
    code: RESPONSE_CODES[flags & 15] ?? 'SERVFAIL',
    question,
    ...sections,
  };
}

function typeName(number: number): string {
  return Object.entries(DNS_TYPES).find(([, value]) => value === number)?.[0] ?? `TYPE${number}`;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new DnsFormatError('too short');
    return byte;
  }

  short(): number {
    return this.byte() * 256 + this.byte();
  }

  long(): number {
    return this.short() * 65_536 + this.short();
  }

  /** A name, which may go on elsewhere in the message: each jump leads further back, so it ends. */
  name(): string {
    const labels: string[] = [];
    let resume: number | undefined;
    for (let jumps = 0; ; ) {
      const length = this.byte();
      if (length === 0) break;
      if (length >= 0xc0) {
        const target = (length & 0x3f) * 256 + this.byte();
        resume ??= this.#at;
        if (++jumps > 64) throw new DnsFormatError('a name that never ends');
        this.#at = target;
        continue;
      }
      labels.push(String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + length)));
      this.#at += length;
      if (labels.length > 128) throw new DnsFormatError('a name that never ends');
    }
    if (resume !== undefined) this.#at = resume;
    return labels.join('.');
  }

  record(): DnsRecord | Edns {
    const name = this.name();
    const number = this.short();
    const udpBytes = this.short();
    if (number === OPT) return this.#edns(udpBytes);
    const type = typeName(number);
    const ttl = this.long();
    const length = this.short();
    const end = this.#at + length;
    const data = this.#data(type, length);
    this.#at = end;
    return { name, type, ttl, data };
  }

  #edns(udpBytes: number): Edns {
    this.long();
    const end = this.short() + this.#at;
    let cookie: string | undefined;
    while (this.#at < end) {
      const option = this.short();
      const value = Array.from({ length: this.short() }, () => this.byte().toString(16).padStart(2, '0')).join('');
      if (option === COOKIE) cookie = value;
    }
    return { udpBytes, cookie };
  }

  #data(type: string, length: number): string {
    const start = this.#at;
    switch (type) {
      case 'A':
        return [this.byte(), this.byte(), this.byte(), this.byte()].join('.');
      case 'AAAA':
        return Array.from({ length: 8 }, () => this.short().toString(16))
          .join(':')
          .replace(/(^|:)0(:0)+(:|$)/, '::');
      case 'CNAME':
      case 'NS':
      case 'PTR':
        return this.name();
      case 'MX':
        return `${this.short()} ${this.name()}`;
      case 'SRV':
        return `${this.short()} ${this.short()} ${this.short()} ${this.name()}`;
      case 'SOA':
        return [this.name(), this.name(), ...Array.from({ length: 5 }, () => this.long())].join(' ');
      case 'TXT': {
        const texts: string[] = [];
        while (this.#at < start + length) {
          const size = this.byte();
          texts.push(`"${String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + size))}"`);
          this.#at += size;
        }
        return texts.join(' ');
      }
      default:
        return Array.from(this.#bytes.subarray(start, start + length), (byte) =>
          byte.toString(16).padStart(2, '0'),
        ).join('');
    }
  }
}
