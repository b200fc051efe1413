/** An address and a port; port 0 where the protocol has none or none is chosen yet. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What netfilter sees of a connection's first packet, a datagram or an echo request; targets change it on its way. */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly bytes: number;
  source: Endpoint;
  destination: Endpoint;
  /** The packet's mark (`nfmark`), an unsigned 32-bit number. */
  mark: number;
  /** The interfaces it came in by and leaves by, as far as it has got. */
  inInterface: string;
  outInterface: string;
  /** The first packet of a connection is NEW, what belongs to a known one ESTABLISHED. */
  readonly state: 'NEW' | 'ESTABLISHED';
  /** Whether addresses have been translated on the way here, which `ctstate DNAT` asks. */
  translated: boolean;
  /** How many rules it has been held against so far, of every table and chain. */
  examined: number;
  /** Whether a virtual server has given it to a real one, which none does twice. */
  balanced?: boolean;
}
