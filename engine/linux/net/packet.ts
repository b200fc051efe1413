import type { SocketAddress } from '../syscalls.ts';
import type { Attachment } from './attachment.ts';

/** The first packet of a connection, a datagram, or an echo request (port 0). */
export interface Flow {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Port 0 where it is not chosen yet. */
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
}

/** What becomes of it: it goes to a (perhaps other) destination, nobody hears of it, or it is refused. */
export type Verdict = SocketAddress | 'drop' | 'reject';

/**
 * Stands between sending and receiving: whatever rewrites destinations (Services) or filters packets is one of these.
 * `from` is the network namespace that sends.
 */
export type PacketFilter = (from: Attachment, flow: Flow) => Verdict;
