import type { NetworkInterface, Route, SocketAddress } from '../syscalls.ts';
import type { ListeningSocket } from './listening-socket.ts';
import type { Conntrack } from './netfilter/conntrack.ts';
import type { Ruleset } from './netfilter/ruleset.ts';
import type { StreamSocket } from './stream-socket.ts';

export interface Datagram {
  readonly data: Uint8Array;
  readonly peer: SocketAddress;
}

interface DatagramReceiver {
  offer(datagram: Datagram): void;
}

/** A network namespace as the fabric sees it. */
export interface Attachment {
  readonly hostName: string;
  /** Whose it is, for whoever looks at a run: `default/web` for a Pod's. */
  readonly label: string | undefined;
  /** Whether the machine is powered on. */
  readonly up: boolean;
  listenerFor(address: string, port: number): ListeningSocket | undefined;
  datagramFor(address: string, port: number): DatagramReceiver | undefined;
  /** Whether it is the machine's own stack, and not that of a Pod on it. */
  readonly isMachine: boolean;
  /** Its addresses, without loopback. */
  readonly addresses: readonly string[];
  readonly interfaces: readonly NetworkInterface[];
  /** Of the interface that has the address. */
  macOf(address: string): string;
  /** The narrowest route to an address. */
  routeTo(address: string): Route | undefined;
  /** Whether an interface is a bridge, whose links do not leave the machine. */
  isBridge(interfaceName: string): boolean;
  /** The packet filter's rules, once there are any. */
  readonly ruleset: Ruleset | undefined;
  /** What it remembers of the flows that pass, once there are rules. */
  readonly conntrack: Conntrack | undefined;
  /** Whether packets to the address stay here. */
  isOwn(address: string): boolean;
  /** The address that packets leave with by an interface. */
  addressOn(interfaceName: string): string;
  adopt(socket: StreamSocket): void;
  drop(socket: StreamSocket): void;
  /** The machine has lost its power. */
  clear(): void;
}
