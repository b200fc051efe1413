export interface Traffic {
  connections: number;
  packets: number;
  bytes: number;
}

/** Somebody who serves for a virtual server. With weight 0 it gets no new connections and keeps those it has. */
export interface RealServer {
  readonly address: string;
  readonly port: number;
  weight: number;
  activeConnections: number;
  inactiveConnections: number;
  readonly traffic: Traffic;
}

export interface VirtualServer {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  scheduler: string;
  /** For how long a client stays with one server, in seconds. */
  persistence: number | undefined;
  /** Replaced as a whole. */
  reals: readonly RealServer[];
  readonly traffic: Traffic;
  /** Where a round of the scheduler is. */
  turn: number;
  bar: number;
}

/** `TCP 10.96.0.1:443` */
export function serverKey({ protocol, address, port }: Pick<VirtualServer, 'protocol' | 'address' | 'port'>): string {
  return `${protocol.toUpperCase()} ${address}:${port}`;
}
