import type { RequestDraws as Draws } from '../../request-scope.ts';

/** `--service-node-port-range`; both ends are in it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const NODE_PORTS: PortRange = { first: 30000, last: 32767 };

const RANDOM_ATTEMPTS = 16;

/** The lower part is left to those who name a port themselves: a part in 32, 16 to 128 ports of a range that has more. */
function staticPorts({ first, last }: PortRange): number {
  const size = last - first + 1;
  return size <= 16 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32)));
}

/** A free port; undefined when none is left. */
export function allocateNodePort(
  range: PortRange,
  taken: ReadonlySet<string>,
  protocol: string,
  random: Draws,
): number | undefined {
  const { first, last } = range;
  const lowest = first + staticPorts(range);
  for (let attempt = 0; attempt < RANDOM_ATTEMPTS; attempt++) {
    const port = lowest + Math.floor(random.float() * (last - lowest + 1));
    if (!taken.has(nodePortKey(protocol, port))) return port;
  }
  for (let port = last; port >= first; port--) if (!taken.has(nodePortKey(protocol, port))) return port;
  return undefined;
}

/** Why a port that a client names cannot be had; undefined when it can. */
export function refuseNodePort(
  { first, last }: PortRange,
  port: number,
  protocol: string,
  taken: ReadonlySet<string>,
): string | undefined {
  if (port < first || port > last) {
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  }
  return taken.has(nodePortKey(protocol, port)) ? 'provided port is already allocated' : undefined;
}

export function nodePortKey(protocol: string, port: number): string {
  return `${protocol}/${port}`;
}
