import type { Endpoint } from '../netfilter/packet.ts';

// What is sent, before it is bytes on a wire.

/** A TCP segment. */
export interface TcpContent {
  readonly protocol: 'tcp';
  /** As tcpdump writes them: `S`, `S.`, `P.`, `F.`, `R`. */
  readonly flags: string;
  /** How many bytes were sent before, the SYN not counted; undefined where nothing was (who refuses has no stream). */
  readonly sequence: number | undefined;
  /** How many bytes of the other side have come. */
  readonly acknowledged: number;
  readonly window: number;
  readonly data: Uint8Array;
}

interface UdpContent {
  readonly protocol: 'udp';
  readonly data: Uint8Array;
}

interface EchoContent {
  readonly protocol: 'icmp';
  readonly type: 'echo request' | 'echo reply';
  readonly id: number;
  readonly sequence: number;
  /** Of what it carries, without its header of 8 bytes. */
  readonly bytes: number;
  /** As it is sent. */
  readonly ttl: number;
}

/** What is said of a packet that does not arrive: it comes from `by` to whoever sent that. */
export interface IcmpErrorContent {
  readonly protocol: 'icmp';
  readonly type: 'error';
  readonly error: 'port unreachable' | 'host unreachable' | 'net unreachable' | 'admin prohibited' | 'time exceeded';
  readonly by: string;
  readonly about: {
    readonly protocol: 'tcp' | 'udp' | 'icmp';
    readonly source: Endpoint;
    readonly destination: Endpoint;
    readonly bytes: number;
  };
}

export type Content = TcpContent | UdpContent | EchoContent | IcmpErrorContent;
