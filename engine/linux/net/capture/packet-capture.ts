import { hash32 } from '../../../sim/index.ts';
import type { FileDescription } from '../../vfs/description.ts';
import type { Attachment } from '../attachment.ts';
import type { Fabric } from '../fabric.ts';
import type { NetNamespace } from '../network-namespace.ts';
import type { Capture, Passage } from './capture.ts';
import type { Content } from './content.ts';
import type { Frame, PacketSocketOptions } from './frame.ts';
import { PacketSocket } from './packet-socket.ts';
import { linkEnds, type View, viewsAt } from './views.ts';
import { arpMessage, type IpHeader, icmpMessage, ipPacket, tcpSegment, udpDatagram } from './wire-format.ts';

const IPV4 = 0x0800;
const ARP = 0x0806;
const TTL = 64;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const UNKNOWN = '00:00:00:00:00:00';

/** What an interface with segmentation offload hands over at once: whole segments of an Ethernet, as many as IP has room for. */
const MOST_SEGMENT_BYTES = 45 * 1448;
const MSS = 1460;
const WINDOW_SCALE = 7;

const TCP_FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16 };

/** How an ICMP error is told: type and code. */
const ICMP_ERRORS = {
  'net unreachable': [3, 0],
  'host unreachable': [3, 1],
  'port unreachable': [3, 3],
  'admin prohibited': [3, 13],
  'time exceeded': [11, 0],
} as const;

/** Nobody answers: asked three times, a second apart. */
const ARP_TRIES = 3;

/** Makes frames of what passes, wherever somebody listens. */
export class PacketCapture implements Capture {
  readonly #fabric: Fabric;
  readonly #sockets = new Map<Attachment, Set<PacketSocket>>();
  #count = 0;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  open(at: Attachment, options: PacketSocketOptions): FileDescription {
    const here = this.#sockets.get(at) ?? new Set();
    this.#sockets.set(at, here);
    const socket = new PacketSocket((at as NetNamespace).socketInode(), options, () => {
      here.delete(socket);
      if (here.size === 0) this.#sockets.delete(at);
      if (this.#sockets.size === 0) this.#fabric.capture = undefined;
    });
    here.add(socket);
    return socket;
  }

  passed(passage: Passage): void {
    const { way, forth, arrives, afterMs } = passage;
    const places = way.path.map((_, place) => place);
    const order = forth ? places : places.toReversed();
    const id = ++this.#count & 0xffff;
    for (const [step, place] of order.entries()) {
      if (step > 0 && !arrives) return;
      const at = way.path[place]!;
      if (!this.#sockets.has(at)) continue;
      const views = viewsAt(passage, place);
      if (views.length === 0) continue;
      const wayMs = step === 0 ? 0 : this.#fabric.alongMs(forth ? way.path.slice(0, place + 1) : way.path.slice(place));
      if (wayMs === undefined) return;
      const delayMs = afterMs + wayMs;
      // A segment is made when it is sent: what it says is not changed on its way.
      const made = views.map((view) => ({ view, packets: this.#packets(passage, view, id) }));
      const hear = () => {
        for (const { view, packets } of made) for (const payload of packets) this.#hear(at, view, IPV4, payload);
      };
      if (delayMs === 0) hear();
      else this.#fabric.sim.schedule(delayMs, 'capture', hear);
    }
  }

  /** Told before the packet for which it was asked. That takes no time here. */
  asked(from: Attachment, address: string, interfaceName: string, mac: string | undefined): void {
    const own = from.interfaces.find(({ name }) => name === interfaceName);
    const sender = { mac: own?.mac ?? UNKNOWN, address: from.addressOn(interfaceName) };
    const request = arpMessage('request', sender, { mac: UNKNOWN, address });
    const target = mac === undefined ? undefined : this.#fabric.find(address);
    const ask = () => this.#tellLink(from, target, request, [sender.mac, BROADCAST]);
    ask();
    if (target === undefined) {
      for (let again = 1; again < ARP_TRIES; again++) this.#fabric.sim.schedule(1000 * again, 'capture', ask);
      return;
    }
    const reply = arpMessage('reply', { mac: mac!, address }, sender);
    this.#tellLink(target, from, reply, [mac!, sender.mac]);
  }

  #tellLink(from: Attachment, to: Attachment | undefined, payload: Uint8Array, macs: readonly [string, string]): void {
    const [sourceMac, destinationMac] = macs;
    const frame = { sourceMac, destinationMac };
    const other = to ?? from;
    const incoming = destinationMac === BROADCAST ? 'B' : 'In';
    for (const { on } of linkEnds(from, other, false))
      this.#hear(from, { on, direction: 'Out', ...frame }, ARP, payload);
    if (to === undefined) return;
    for (const { on } of linkEnds(to, from, false)) this.#hear(to, { on, direction: incoming, ...frame }, ARP, payload);
  }

  #hear(
    at: Attachment,
    { on, direction, sourceMac, destinationMac }: Pick<View, 'on' | 'direction' | 'sourceMac' | 'destinationMac'>,
    etherType: number,
    payload: Uint8Array,
  ): void {
    const frame: Frame = {
      wallMs: this.#fabric.sim.wallMs,
      interfaceName: on.name,
      interfaceIndex: on.index ?? 1,
      direction,
      sourceMac,
      destinationMac,
      etherType,
      payload,
    };
    for (const socket of this.#sockets.get(at) ?? []) socket.offer(frame);
  }

  #packets({ way, forth, content }: Passage, view: View, id: number): Uint8Array[] {
    const isError = content.protocol === 'icmp' && content.type === 'error';
    const ip: IpHeader = {
      source: isError ? content.by : view.source.address,
      destination: view.destination.address,
      protocol: content.protocol,
      ttl: ('ttl' in content ? content.ttl : TTL) - view.routed,
      id,
      dontFragment: content.protocol === 'tcp' || (content.protocol === 'icmp' && content.type === 'echo request'),
    };
    const [source, destination] = [view.source.port, view.destination.port];
    if (content.protocol === 'udp') return [ipPacket(ip, udpDatagram(ip, source, destination, content.data))];
    if (content.protocol === 'icmp') return [ipPacket(ip, icmp(content, view))];
    return this.#segments(ip, view, content, this.#numbers(way, forth, content));
  }

  #segments(ip: IpHeader, { source, destination }: View, content: Content & { protocol: 'tcp' }, numbers: Numbers) {
    const { data, flags } = content;
    const bits = [...flags].reduce((sum, flag) => sum | TCP_FLAGS[flag]!, 0);
    const isReset = flags.includes('R');
    const isFirst = flags.includes('S');
    const segments: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < data.length; at += MOST_SEGMENT_BYTES) {
      const header = {
        sourcePort: source.port,
        destinationPort: destination.port,
        sequence: (numbers.sequence + at) >>> 0,
        acknowledgement: flags.includes('.') ? numbers.acknowledgement : 0,
        flags: bits,
        window: isReset ? 0 : isFirst ? content.window : Math.min(0xffff, content.window >> WINDOW_SCALE),
        options: isReset ? [] : isFirst ? firstOptions(numbers) : timestamps(numbers),
      };
      segments.push(ipPacket(ip, tcpSegment(ip, header, data.subarray(at, at + MOST_SEGMENT_BYTES))));
    }
    return segments;
  }

  /** Where streams begin follows from who speaks to whom, as RFC 6528 has it. */
  #numbers(way: Passage['way'], forth: boolean, content: Content & { protocol: 'tcp' }): Numbers {
    const { source, destination } = way.hops[0]!.entered;
    const pair = `${source.address}:${source.port} ${destination.address}:${destination.port}`;
    const [own, other] = forth ? [0, 1] : [1, 0];
    const first = hash32(pair, own) >>> 0;
    const { sequence, flags } = content;
    const relative = flags.includes('S') ? 0 : (sequence ?? 0) + 1;
    const nowMs = Math.floor(this.#fabric.sim.nowMs);
    const clock = (side: number) => (nowMs + (hash32(pair, 2 + side) >>> 1)) >>> 0;
    return {
      sequence: sequence === undefined ? 0 : (first + relative) >>> 0,
      acknowledgement: ((hash32(pair, other) >>> 0) + 1 + content.acknowledged) >>> 0,
      timestamp: clock(own),
      echoed: flags === 'S' ? 0 : clock(other),
    };
  }
}

interface Numbers {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly timestamp: number;
  readonly echoed: number;
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** RFC 7323 */
function stamp({ timestamp, echoed }: Numbers): number[] {
  return [8, 10, ...word(timestamp), ...word(echoed)];
}

function timestamps(numbers: Numbers): number[] {
  return [1, 1, ...stamp(numbers)];
}

/** What Linux offers in a SYN: the largest segment, selective acknowledgements, time stamps, the window's scale. */
function firstOptions(numbers: Numbers): number[] {
  return [2, 4, MSS >> 8, MSS & 255, 4, 2, ...stamp(numbers), 1, 3, 3, WINDOW_SCALE];
}

function icmp(content: Content & { protocol: 'icmp' }, view: View): Uint8Array {
  if (content.type !== 'error') {
    const data = Uint8Array.from({ length: Math.max(0, content.bytes) }, (_, at) => at & 255);
    const rest = ((content.id & 0xffff) << 16) | (content.sequence & 0xffff);
    return icmpMessage(content.type === 'echo request' ? 8 : 0, 0, rest >>> 0, data);
  }
  const [type, code] = ICMP_ERRORS[content.error];
  const { protocol, bytes } = content.about;
  // What comes back is about the packet as it was on this link.
  const about: IpHeader = {
    source: view.destination.address,
    destination: view.source.address,
    protocol,
    ttl: TTL,
    id: 0,
    dontFragment: true,
  };
  const body = new Uint8Array(Math.max(8, bytes - 20));
  const ports = new DataView(body.buffer);
  if (protocol !== 'icmp') {
    ports.setUint16(0, view.destination.port);
    ports.setUint16(2, view.source.port);
  }
  if (protocol === 'udp') ports.setUint16(4, body.length);
  return icmpMessage(type, code, 0, ipPacket(about, body));
}
