// Reads packets as they are on the wire; what is cut short by the snapshot length is simply not there.

export interface IpPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly tos: number;
  readonly ttl: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly length: number;
  readonly headerBytes: number;
  /** What follows the header, without the link's padding. */
  readonly body: Uint8Array;
  /** Of the header and what it belongs to, for checksums. */
  readonly bytes: Uint8Array;
}

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;

/** Undefined for what is no whole header of IPv4. */
export function readIp(bytes: Uint8Array): IpPacket | undefined {
  const headerBytes = ((bytes[0] ?? 0) & 15) * 4;
  if (bytes.length < 20 || bytes[0]! >> 4 !== 4 || headerBytes < 20 || bytes.length < headerBytes) return undefined;
  const length = short(bytes, 2);
  return {
    source: addressAt(bytes, 12),
    destination: addressAt(bytes, 16),
    protocol: bytes[9]!,
    tos: bytes[1]!,
    ttl: bytes[8]!,
    id: short(bytes, 4),
    dontFragment: (bytes[6]! & 0x40) !== 0,
    length,
    headerBytes,
    body: bytes.subarray(headerBytes, Math.max(headerBytes, length)),
    bytes,
  };
}

export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly options: Uint8Array;
  readonly data: Uint8Array;
  /** Of the data as it was sent, also where less was captured. */
  readonly length: number;
}

export const TCP_FLAG = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const;

export function readTcp({ body, length, headerBytes }: IpPacket): TcpSegment | undefined {
  const start = ((body[12] ?? 0) >> 4) * 4;
  if (body.length < 20 || start < 20) return undefined;
  return {
    sourcePort: short(body, 0),
    destinationPort: short(body, 2),
    sequence: word(body, 4),
    acknowledgement: word(body, 8),
    flags: body[13]!,
    window: short(body, 14),
    options: body.subarray(20, start),
    data: body.subarray(start),
    length: Math.max(0, length - headerBytes - start),
  };
}

export function short(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function word(bytes: Uint8Array, at: number): number {
  return short(bytes, at) * 0x1_0000 + short(bytes, at + 2);
}

export function addressAt(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

export function macAt(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 6)].map((each) => each.toString(16).padStart(2, '0')).join(':');
}

/** Whom a frame names. */
export function addressesOf({
  etherType,
  payload,
}: {
  readonly etherType: number;
  readonly payload: Uint8Array;
}): string[] {
  if (etherType === 0x0806) return [addressAt(payload, 14), addressAt(payload, 24)];
  const ip = readIp(payload);
  return ip === undefined ? [] : [ip.source, ip.destination];
}
