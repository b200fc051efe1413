import type { NetworkInterface } from '../../syscalls.ts';
import type { Attachment } from '../attachment.ts';
import type { Endpoint } from '../netfilter/packet.ts';
import { inInterface } from '../netfilter/path.ts';
import type { Passage } from './capture.ts';
import type { Frame } from './frame.ts';

/** How a packet looks on one interface of a stack that it passes. */
export interface View {
  readonly on: NetworkInterface;
  readonly direction: Frame['direction'];
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sourceMac: string;
  readonly destinationMac: string;
  /** How many routers it has passed. */
  readonly routed: number;
}

type Addresses = Pick<View, 'source' | 'destination'>;

/** What somebody on the stack at this place of the way sees, in order. */
export function viewsAt({ way, forth, content }: Passage, place: number): View[] {
  const { path, hops, end } = way;
  const { entered, left, route } = hops[place]!;
  const at = path[place]!;
  if (path.length === 1) {
    const isError = content.protocol === 'icmp' && content.type === 'error';
    // An address that nobody has on the link is asked for, and nothing is sent.
    if (end.kind === 'lost' && (end.why !== 'beyond' || left === undefined)) return [];
    const name = end.kind === 'lost' ? route!.interfaceName : 'lo';
    const on = at.interfaces.find((each) => each.name === name);
    const addresses = left ?? (isError ? entered : undefined);
    if (on === undefined || addresses === undefined) return [];
    const direction = name === 'lo' ? 'In' : 'Out';
    return [{ on, direction, ...turned(addresses, forth), sourceMac: on.mac, destinationMac: NOBODY, routed: 0 }];
  }
  const before = place > 0 ? links(way, place - 1, place) : [];
  const after = place < path.length - 1 && left !== undefined ? links(way, place + 1, place) : [];
  const behind = (forth ? place : path.length - 1 - place) - 1;
  const incoming = forth ? before : after;
  const outgoing = forth ? after : before;
  const see = (link: LinkEnd, direction: Frame['direction'], addresses: Addresses, routed: number): View => {
    const [sourceMac, destinationMac] = direction === 'Out' ? [link.mac, link.otherMac] : [link.otherMac, link.mac];
    return { on: link.on, direction, ...turned(addresses, forth), sourceMac, destinationMac, routed };
  };
  const [inAddresses, outAddresses] = forth ? [entered, left!] : [left!, entered];
  return [
    ...incoming.map((link) => see(link, link.passesBy ? 'P' : 'In', inAddresses, Math.max(0, behind))),
    ...outgoing.toReversed().map((link) => see(link, 'Out', outAddresses, behind + 1)),
  ];
}

const NOBODY = '00:00:00:00:00:00';

function turned({ source, destination }: Addresses, forth: boolean): Addresses {
  return forth ? { source, destination } : { source: destination, destination: source };
}

/** One end of a link, on an interface of a stack. */
interface LinkEnd {
  readonly on: NetworkInterface;
  readonly mac: string;
  readonly otherMac: string;
  /** A bridge's port, which hears what is for the bridge or another port. */
  readonly passesBy: boolean;
}

/** The interfaces of the stack at a place by which it is joined to its neighbour on the way, the outermost first. */
function links(way: Passage['way'], otherPlace: number, place: number): LinkEnd[] {
  const [at, other] = [way.path[place]!, way.path[otherPlace]!];
  if (!isPodOf(other, at)) return linkEnds(at, other, false);
  // From Pod to Pod of one range it goes through the bridge; what has a gateway is for the machine itself.
  const sender = way.path[Math.min(place, otherPlace)]!;
  const first = sender === at ? place - 1 : otherPlace;
  const senderHop = way.hops[first];
  const isBridged = senderHop !== undefined && isPodOf(way.path[first]!, at) && senderHop.route?.gateway === undefined;
  return linkEnds(at, other, isBridged);
}

export function linkEnds(at: Attachment, other: Attachment, isBridged: boolean): LinkEnd[] {
  const named = (name: string | undefined) => at.interfaces.find((each) => each.name === name);
  const otherEnd = other.interfaces.find((each) => each.name === inInterface(at, other));
  if (isPodOf(other, at)) {
    const port = at.interfaces.find(({ index, kind }) => kind === 'veth' && index === otherEnd?.peerIndex);
    const bridge = named(port?.master);
    if (port !== undefined && bridge !== undefined) {
      const macs = { mac: bridge.mac, otherMac: otherEnd!.mac };
      const outer = { on: port, ...macs, passesBy: true };
      return isBridged ? [outer] : [outer, { on: bridge, ...macs, passesBy: false }];
    }
  }
  const on = named(inInterface(other, at)) ?? at.interfaces.find(({ name }) => name !== 'lo');
  if (on === undefined) return [];
  const bridge = other.interfaces.find(({ kind }) => kind === 'bridge');
  const otherMac = isPodOf(at, other) ? (bridge?.mac ?? NOBODY) : (otherEnd?.mac ?? NOBODY);
  return [{ on, mac: on.mac, otherMac, passesBy: false }];
}

function isPodOf(pod: Attachment, machine: Attachment): boolean {
  return machine.isMachine && !pod.isMachine && pod.hostName === machine.hostName;
}
