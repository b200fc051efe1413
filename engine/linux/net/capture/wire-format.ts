import { parseAddress } from '../address.ts';

// Packets as they are on the wire: RFC 791 (IP), 9293 (TCP), 768 (UDP), 792 (ICMP), 826 (ARP).

const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17 } as const;
const DONT_FRAGMENT = 0x4000;

export interface IpHeader {
  readonly source: string;
  readonly destination: string;
  readonly protocol: keyof typeof PROTOCOLS;
  readonly ttl: number;
  readonly id: number;
  readonly dontFragment: boolean;
}

const IP_HEADER_BYTES = 20;

/** The body's own checksum must be there already. */
export function ipPacket(header: IpHeader, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(IP_HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x45;
  view.setUint16(2, bytes.length);
  view.setUint16(4, header.id);
  view.setUint16(6, header.dontFragment ? DONT_FRAGMENT : 0);
  bytes[8] = header.ttl;
  bytes[9] = PROTOCOLS[header.protocol];
  view.setUint32(12, numberOf(header.source));
  view.setUint32(16, numberOf(header.destination));
  view.setUint16(10, checksum(bytes.subarray(0, IP_HEADER_BYTES)));
  bytes.set(body, IP_HEADER_BYTES);
  return bytes;
}

export interface TcpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly options: readonly number[];
}

export function tcpSegment(ip: IpHeader, header: TcpHeader, data: Uint8Array): Uint8Array {
  const start = 20 + header.options.length;
  const bytes = new Uint8Array(start + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, header.sourcePort);
  view.setUint16(2, header.destinationPort);
  view.setUint32(4, header.sequence);
  view.setUint32(8, header.acknowledgement);
  bytes[12] = (start / 4) << 4;
  bytes[13] = header.flags;
  view.setUint16(14, header.window);
  bytes.set(header.options, 20);
  bytes.set(data, start);
  view.setUint16(16, checksum(bytes, pseudoHeader(ip, bytes.length)));
  return bytes;
}

export function udpDatagram(ip: IpHeader, sourcePort: number, destinationPort: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(data, 8);
  // Zero would mean that there is none.
  view.setUint16(6, checksum(bytes, pseudoHeader(ip, bytes.length)) || 0xffff);
  return bytes;
}

/** @param rest the second word of the header */
export function icmpMessage(type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = type;
  bytes[1] = code;
  view.setUint32(4, rest);
  bytes.set(data, 8);
  view.setUint16(2, checksum(bytes));
  return bytes;
}

interface ArpParty {
  readonly mac: string;
  readonly address: string;
}

export function arpMessage(operation: 'request' | 'reply', sender: ArpParty, target: ArpParty): Uint8Array {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1);
  view.setUint16(2, 0x0800);
  bytes[4] = 6;
  bytes[5] = 4;
  view.setUint16(6, operation === 'request' ? 1 : 2);
  bytes.set(macBytes(sender.mac), 8);
  view.setUint32(14, numberOf(sender.address));
  bytes.set(macBytes(target.mac), 18);
  view.setUint32(24, numberOf(target.address));
  return bytes;
}

export function macBytes(mac: string): number[] {
  return mac.split(':').map((part) => Number.parseInt(part, 16));
}

export function numberOf(address: string): number {
  return parseAddress(address) ?? 0;
}

function pseudoHeader({ source, destination, protocol }: IpHeader, length: number): number {
  const words = [numberOf(source), numberOf(destination)].reduce(
    (sum, each) => sum + (each >>> 16) + (each & 0xffff),
    0,
  );
  return words + PROTOCOLS[protocol] + length;
}

/** The Internet checksum (RFC 1071); 0 over bytes that hold their own. */
export function checksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}
