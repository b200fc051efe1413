import type { Frame } from '../../net/capture/frame.ts';
import { macBytes } from '../../net/capture/wire-format.ts';
import { macAt, short } from './packet.ts';

// Files of libpcap, which Wireshark reads as well. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html

const MAGIC = 0xa1b2c3d4;
const ETHERNET = 1;
const COOKED = 276;

/** How frames are laid out: with Ethernet's header, or with that of the device `any`. */
export interface LinkType {
  readonly number: number;
  readonly name: string;
  readonly description: string;
}

export const LINK_TYPES: Readonly<Record<'ethernet' | 'cooked', LinkType>> = {
  ethernet: { number: ETHERNET, name: 'EN10MB', description: 'Ethernet' },
  cooked: { number: COOKED, name: 'LINUX_SLL2', description: 'Linux cooked v2' },
};

/** As the kernel numbers them (linux/if_packet.h). */
const DIRECTIONS: readonly Frame['direction'][] = ['In', 'B', 'In', 'P', 'Out'];

export function fileHeader(link: LinkType, snapshotLength: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapshotLength, true);
  view.setUint32(20, link.number, true);
  return new Uint8Array(view.buffer);
}

/** A frame with its link's header. */
export function linkBytes(link: LinkType, frame: Frame): Uint8Array {
  const { payload, etherType } = frame;
  if (link.number === ETHERNET) {
    const header = [...macBytes(frame.destinationMac), ...macBytes(frame.sourceMac), etherType >> 8, etherType & 255];
    return Uint8Array.from([...header, ...payload]);
  }
  const bytes = new Uint8Array(20 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, etherType);
  view.setUint32(4, frame.interfaceIndex);
  view.setUint16(8, frame.interfaceName === 'lo' ? 772 : 1);
  bytes[10] = DIRECTIONS.indexOf(frame.direction);
  bytes[11] = 6;
  bytes.set(macBytes(frame.sourceMac), 12);
  bytes.set(payload, 20);
  return bytes;
}

export function recordBytes(link: LinkType, frame: Frame, snapshotLength: number): Uint8Array {
  const all = linkBytes(link, frame);
  const kept = all.subarray(0, snapshotLength);
  const bytes = new Uint8Array(16 + kept.length);
  const view = new DataView(bytes.buffer);
  const microseconds = Math.round(frame.wallMs * 1000);
  view.setUint32(0, Math.floor(microseconds / 1_000_000), true);
  view.setUint32(4, microseconds % 1_000_000, true);
  view.setUint32(8, kept.length, true);
  view.setUint32(12, all.length, true);
  bytes.set(kept, 16);
  return bytes;
}

export interface CaptureFile {
  readonly link: LinkType;
  readonly snapshotLength: number;
  readonly frames: readonly Frame[];
  /** Whether it ends in the middle of a packet. */
  readonly truncated: boolean;
}

/** Throws Error with libpcap's text for what is no capture file. */
export function readCaptureFile(bytes: Uint8Array): CaptureFile {
  if (bytes.length < 24)
    throw new Error(`truncated dump file; tried to read 24 file header bytes, only got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint32(0, true) === MAGIC;
  if (!little && view.getUint32(0) !== MAGIC) throw new Error('unknown file format');
  const type = view.getUint32(20, little);
  const link = Object.values(LINK_TYPES).find(({ number }) => number === type);
  if (link === undefined) throw new Error(`unknown data link type ${type}`);
  const frames: Frame[] = [];
  let at = 24;
  while (at + 16 <= bytes.length) {
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > bytes.length) break;
    const wallMs = view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / 1000;
    frames.push(frameOf(link, bytes.subarray(at + 16, at + 16 + length), wallMs));
    at += 16 + length;
  }
  return { link, snapshotLength: view.getUint32(16, little), frames, truncated: at < bytes.length };
}

function frameOf(link: LinkType, bytes: Uint8Array, wallMs: number): Frame {
  if (link.number === ETHERNET) {
    const macs = { destinationMac: macAt(bytes, 0), sourceMac: macAt(bytes, 6) };
    const etherType = short(bytes, 12);
    return {
      wallMs,
      interfaceName: '',
      interfaceIndex: 0,
      direction: 'In',
      ...macs,
      etherType,
      payload: bytes.subarray(14),
    };
  }
  const interfaceIndex = short(bytes, 6);
  return {
    wallMs,
    interfaceName: `ifindex ${interfaceIndex}`,
    interfaceIndex,
    direction: DIRECTIONS[bytes[10] ?? 0] ?? 'In',
    sourceMac: macAt(bytes, 12),
    destinationMac: '00:00:00:00:00:00',
    etherType: short(bytes, 0),
    payload: bytes.subarray(20),
  };
}
