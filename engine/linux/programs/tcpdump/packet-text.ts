import { checksum, numberOf } from '../../net/capture/wire-format.ts';
import { Conversations } from './conversations.ts';
import { dnsText } from './dns-text.ts';
import type { Naming } from './names.ts';
import {
  addressAt,
  ICMP,
  type IpPacket,
  macAt,
  readIp,
  readTcp,
  short,
  TCP,
  TCP_FLAG,
  type TcpSegment,
  UDP,
  word,
} from './packet.ts';

export interface TextOptions {
  readonly naming: Naming;
  /** `-v`, `-vv`, … */
  readonly verbosity: number;
  /** `-q` */
  readonly quick: boolean;
  /** `-S` */
  readonly absolute: boolean;
}

const IPV4 = 0x0800;
const ARP = 0x0806;

const DNS = 53;
const HTTP = [80, 8080, 3128];

const FLAG_LETTERS = ['F', 'S', 'R', 'P', '.', 'U', 'E', 'W'];
const PROTOCOL_NAMES: Readonly<Record<number, string>> = { [ICMP]: 'ICMP', [TCP]: 'TCP', [UDP]: 'UDP' };

/** Packets as tcpdump tells of them. https://www.tcpdump.org/manpages/tcpdump.1.html#lbAG */
export class PacketText {
  readonly #options: TextOptions;
  readonly #conversations = new Conversations();

  constructor(options: TextOptions) {
    this.#options = options;
  }

  /** @param named whether the line says the protocol already (`-e`) */
  of(etherType: number, payload: Uint8Array, named: boolean): string {
    if (etherType === ARP) return `${named ? '' : 'ARP, '}${this.#arp(payload)}`;
    const ip = etherType === IPV4 ? readIp(payload) : undefined;
    if (ip === undefined)
      return `${named ? '' : `ethertype Unknown (0x${etherType.toString(16).padStart(4, '0')}), `}length ${payload.length}`;
    const prefix = named ? '' : 'IP ';
    const { verbosity } = this.#options;
    return `${prefix}${verbosity > 0 ? this.#header(ip) : ''}${this.#ip(ip)}`;
  }

  #header({ tos, ttl, id, dontFragment, protocol, length, bytes, headerBytes }: IpPacket): string {
    const name = PROTOCOL_NAMES[protocol] ?? 'unknown';
    const wrong = checksum(bytes.subarray(0, headerBytes)) === 0 ? '' : `, bad cksum ${short(bytes, 10).toString(16)}`;
    return `(tos 0x${tos.toString(16)}, ttl ${ttl}, id ${id}, offset 0, flags [${dontFragment ? 'DF' : 'none'}], proto ${name} (${protocol}), length ${length}${wrong})\n    `;
  }

  #ip(ip: IpPacket): string {
    const { host } = this.#options.naming;
    switch (ip.protocol) {
      case TCP:
        return this.#tcp(ip);
      case UDP:
        return this.#udp(ip);
      case ICMP:
        return `${host(ip.source)} > ${host(ip.destination)}: ${this.#icmp(ip)}`;
      default:
        return `${host(ip.source)} > ${host(ip.destination)}:  ip-proto-${ip.protocol} ${ip.length - ip.headerBytes}`;
    }
  }

  #ends(ip: IpPacket, sourcePort: number, destinationPort: number): string {
    const { host, port } = this.#options.naming;
    return `${host(ip.source)}.${port(sourcePort)} > ${host(ip.destination)}.${port(destinationPort)}: `;
  }

  #tcp(ip: IpPacket): string {
    const segment = readTcp(ip);
    if (segment === undefined) return `${ip.source} > ${ip.destination}: [|tcp]`;
    const { flags, length, window, options, sourcePort, destinationPort } = segment;
    const { quick, absolute, verbosity } = this.#options;
    const ends = this.#ends(ip, sourcePort, destinationPort);
    if (quick) return `${ends}tcp ${length}`;
    const { sequence, acknowledgement } = absolute ? segment : this.#conversations.relative(ip, segment);
    const parts = [`Flags [${FLAG_LETTERS.filter((_, bit) => (flags & (1 << bit)) !== 0).join('') || 'none'}]`];
    if (verbosity > 0) parts.push(this.#sum(ip, short(ip.body, 16), true));
    if (length > 0) parts.push(`seq ${sequence}:${(sequence + length) >>> 0}`);
    else if ((flags & (TCP_FLAG.syn | TCP_FLAG.fin | TCP_FLAG.reset)) !== 0) parts.push(`seq ${sequence}`);
    if ((flags & TCP_FLAG.ack) !== 0) parts.push(`ack ${acknowledgement}`);
    parts.push(`win ${window}`);
    if (options.length > 0) parts.push(`options [${optionTexts(options).join(',')}]`);
    parts.push(`length ${length}`);
    return `${ends}${parts.join(', ')}${length > 0 ? this.#application(segment) : ''}`;
  }

  #application({ sourcePort, destinationPort, data, length }: TcpSegment): string {
    const isOn = (port: number) => sourcePort === port || destinationPort === port;
    if (HTTP.some(isOn)) return this.#http(data, length);
    const text = isOn(DNS) && data.length > 2 ? dnsText(data.subarray(2), length - 2) : undefined;
    return text === undefined ? '' : ` ${text}`;
  }

  /** The request's or the answer's first line; with `-v` the head as it is. */
  #http(data: Uint8Array, length: number): string {
    const text = String.fromCharCode(...data.subarray(0, 2048));
    const isHead = /^(?:[A-Z]{3,16} \S+ HTTP\/|HTTP\/\d\.\d \d{3})/.test(text);
    if (!isHead) return this.#options.verbosity > 0 ? `: HTTP, length: ${length}` : ': HTTP';
    const lines = text.split('\r\n');
    if (this.#options.verbosity === 0) return `: HTTP: ${lines[0]}`;
    const end = lines.indexOf('');
    const head = end < 0 ? lines : lines.slice(0, end + 1);
    return `: HTTP, length: ${length}\n\t${head.join('\n\t')}`;
  }

  #udp(ip: IpPacket): string {
    if (ip.body.length < 8) return `${ip.source} > ${ip.destination}: [|udp]`;
    const [sourcePort, destinationPort] = [short(ip.body, 0), short(ip.body, 2)];
    const length = short(ip.body, 4) - 8;
    const ends = this.#ends(ip, sourcePort, destinationPort);
    if (this.#options.quick) return `${ends}UDP, length ${length}`;
    const sum = this.#options.verbosity > 0 ? `[${this.#sum(ip, short(ip.body, 6), false)}] ` : '';
    const isDns = sourcePort === DNS || destinationPort === DNS;
    const dns = isDns ? dnsText(ip.body.subarray(8), length) : undefined;
    return `${ends}${sum}${dns ?? `UDP, length ${length}`}`;
  }

  /** What can be said of a checksum; without all the bytes it is not asked for. */
  #sum({ source, destination, protocol, body, length, headerBytes }: IpPacket, stored: number, isTcp: boolean): string {
    const hex = (value: number) => `0x${value.toString(16).padStart(4, '0')}`;
    if (body.length < length - headerBytes) return isTcp ? `cksum ${hex(stored)} (unverified)` : 'udp sum unverified';
    const words = [source, destination].map(numberOf).reduce((sum, each) => sum + (each >>> 16) + (each & 0xffff), 0);
    const rest = checksum(body, words + protocol + body.length);
    if (isTcp)
      return `cksum ${hex(stored)} (${rest === 0 ? 'correct' : `incorrect -> ${hex((stored + rest) & 0xffff)}`})`;
    if (stored === 0) return 'no cksum';
    return rest === 0 ? 'udp sum ok' : `bad udp cksum ${hex(stored)} -> ${hex((stored + rest) & 0xffff)}!`;
  }

  #icmp(ip: IpPacket): string {
    const { body } = ip;
    const length = `, length ${ip.length - ip.headerBytes}`;
    const [type = 0, code = 0] = body;
    if (type === 8 || type === 0) {
      return `ICMP echo ${type === 8 ? 'request' : 'reply'}, id ${short(body, 4)}, seq ${short(body, 6)}${length}`;
    }
    if (type === 11) return `ICMP time exceeded in-transit${length}`;
    if (type !== 3) return `ICMP type-#${type}${length}`;
    return `ICMP ${this.#unreachable(code, readIp(body.subarray(8)))}${length}`;
  }

  #unreachable(code: number, about: IpPacket | undefined): string {
    if (about === undefined) return `unreachable - #${code}`;
    const { host, port } = this.#options.naming;
    const target = host(about.destination);
    switch (code) {
      case 0:
        return `net ${target} unreachable`;
      case 1:
        return `host ${target} unreachable`;
      case 3: {
        const name = about.protocol === TCP ? 'tcp' : about.protocol === UDP ? 'udp' : undefined;
        if (name === undefined) return `${target} protocol ${about.protocol} port ${short(about.body, 2)} unreachable`;
        return `${target} ${name} port ${port(short(about.body, 2))} unreachable`;
      }
      case 13:
        return `host ${target} unreachable - admin prohibited filter`;
      default:
        return `${target} unreachable - #${code}`;
    }
  }

  #arp(payload: Uint8Array): string {
    const { host } = this.#options.naming;
    const verbose = this.#options.verbosity > 0 ? 'Ethernet (len 6), IPv4 (len 4), ' : '';
    const [sender, target] = [host(addressAt(payload, 14)), host(addressAt(payload, 24))];
    const text =
      short(payload, 6) === 1
        ? `Request who-has ${target} tell ${sender}`
        : `Reply ${sender} is-at ${macAt(payload, 8)}`;
    return `${verbose}${text}, length ${payload.length}`;
  }
}

function optionTexts(options: Uint8Array): string[] {
  const texts: string[] = [];
  for (let at = 0; at < options.length; ) {
    const kind = options[at]!;
    if (kind === 1 || kind === 0) {
      texts.push(kind === 1 ? 'nop' : 'eol');
      at += 1;
      continue;
    }
    const length = Math.max(2, options[at + 1] ?? 2);
    if (kind === 2) texts.push(`mss ${short(options, at + 2)}`);
    else if (kind === 3) texts.push(`wscale ${options[at + 2]}`);
    else if (kind === 4) texts.push('sackOK');
    else if (kind === 8) texts.push(`TS val ${word(options, at + 2)} ecr ${word(options, at + 6)}`);
    else texts.push(`unknown-${kind}`);
    at += length;
  }
  return texts;
}
