import { parseAddress } from '../address.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { RealServer, VirtualServer } from './virtual-server.ts';

/** Chooses for a new connection; undefined where nobody is to get any. */
type Scheduler = (server: VirtualServer, packet: Packet) => RealServer | undefined;

/** An inactive connection costs a server less than an active one. */
const ACTIVE_COST = 256;

function overhead({ activeConnections, inactiveConnections }: RealServer): number {
  return activeConnections * ACTIVE_COST + inactiveConnections;
}

/** Whoever has the smallest load for its weight, of those that are to get any. */
function least(load: (real: RealServer) => number): Scheduler {
  return ({ reals }) => {
    let best: RealServer | undefined;
    for (const real of reals) {
      if (real.weight <= 0) continue;
      if (best === undefined || load(real) / real.weight < load(best) / best.weight) best = real;
    }
    return best;
  };
}

/** By an address, always the same as long as the servers are. */
function byAddress(side: 'source' | 'destination'): Scheduler {
  return ({ reals }, packet) => {
    const hash = Math.imul(parseAddress(packet[side].address) ?? 0, 2_654_435_761) >>> 0;
    const real = reals[hash % reals.length];
    return real !== undefined && real.weight > 0 ? real : undefined;
  };
}

const roundRobin: Scheduler = (server) => {
  const { reals } = server;
  for (let tries = 0; tries < reals.length; tries++) {
    server.turn = (server.turn + 1) % reals.length;
    const real = reals[server.turn]!;
    if (real.weight > 0) return real;
  }
  return undefined;
};

/** Rounds with a falling bar: whose weight reaches it has a turn. */
const weightedRoundRobin: Scheduler = (server) => {
  const { reals } = server;
  const weights = reals.map(({ weight }) => Math.max(0, weight));
  const most = Math.max(0, ...weights);
  if (most === 0) return undefined;
  const step = weights.reduce(greatestCommonDivisor, 0);
  for (;;) {
    server.turn = (server.turn + 1) % reals.length;
    if (server.turn === 0) server.bar = server.bar <= step ? most : server.bar - step;
    if (server.bar === 0) server.bar = most;
    const real = reals[server.turn]!;
    if (real.weight > 0 && real.weight >= server.bar) return real;
  }
};

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

const shortestDelay = least((real) => real.activeConnections + 1);

/** https://manpages.debian.org/bookworm/ipvsadm/ipvsadm.8.en.html, `--scheduler` */
export const SCHEDULERS: Readonly<Record<string, Scheduler>> = {
  rr: roundRobin,
  wrr: weightedRoundRobin,
  lc: ({ reals }) => {
    const usable = reals.filter(({ weight }) => weight > 0);
    return usable.reduce<RealServer | undefined>(
      (best, real) => (best === undefined || overhead(real) < overhead(best) ? real : best),
      undefined,
    );
  },
  wlc: least(overhead),
  sh: byAddress('source'),
  dh: byAddress('destination'),
  sed: shortestDelay,
  nq: (server, packet) =>
    server.reals.find(({ weight, activeConnections }) => weight > 0 && activeConnections === 0) ??
    shortestDelay(server, packet),
};
