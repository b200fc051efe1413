import type { RequestDraws as Draws } from '../../request-scope.ts';

/** `--service-node-port-range` */
const FIRST = 30000;
const LAST = 32767;
/** The lower part is left to those who name a port themselves. */
const STATIC_PORTS = 86;
const RANDOM_ATTEMPTS = 16;

/** A free port; undefined when none is left. */
export function allocateNodePort(taken: ReadonlySet<string>, protocol: string, random: Draws): number | undefined {
  const dynamic = LAST - FIRST + 1 - STATIC_PORTS;
  for (let attempt = 0; attempt < RANDOM_ATTEMPTS; attempt++) {
    const port = FIRST + STATIC_PORTS + Math.floor(random.float() * dynamic);
    if (!taken.has(nodePortKey(protocol, port))) return port;
  }
  for (let port = LAST; port >= FIRST; port--) if (!taken.has(nodePortKey(protocol, port))) return port;
  return undefined;
}

/** Why a port that a client names cannot be had; undefined when it can. */
export function refuseNodePort(port: number, protocol: string, taken: ReadonlySet<string>): string | undefined {
  if (port < FIRST || port > LAST) {
    return `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`;
  }
  return taken.has(nodePortKey(protocol, port)) ? 'provided port is already allocated' : undefined;
}

export function nodePortKey(protocol: string, port: number): string {
  return `${protocol}/${port}`;
}
