import {
  blockContains,
  blockSize,
  formatIpv4,
  type Ipv4Block,
  ipv4Number,
  parseIpv4Block,
} from '../../../api/ip-block.ts';
import type { RequestDraws as Draws } from '../../request-scope.ts';

/** `--service-cluster-ip-range` */
export const SERVICE_CLUSTER_IP_RANGE = '10.96.0.0/12';
const BLOCK: Ipv4Block = parseIpv4Block(SERVICE_CLUSTER_IP_RANGE);
/** The lower part is left to those who name an address themselves: https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ */
const STATIC_ADDRESSES = 256;
const RANDOM_ATTEMPTS = 16;

/** A free address, drawn from the part that is given out; undefined when none is left. */
export function allocateClusterIp(taken: ReadonlySet<string>, random: Draws): string | undefined {
  const usable = blockSize(BLOCK) - 1;
  const dynamic = usable - STATIC_ADDRESSES;
  for (let attempt = 0; attempt < RANDOM_ATTEMPTS; attempt++) {
    const address = formatIpv4(BLOCK.base + STATIC_ADDRESSES + Math.floor(random.float() * dynamic));
    if (!taken.has(address)) return address;
  }
  for (let offset = usable - 1; offset > 0; offset--) {
    const address = formatIpv4(BLOCK.base + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** Why an address that a client names cannot be had; undefined when it can. */
export function refuseClusterIp(address: string, taken: ReadonlySet<string>): string | undefined {
  const number = ipv4Number(address);
  const isUsable = number > BLOCK.base && number < BLOCK.base + blockSize(BLOCK) - 1;
  if (address.includes(':') || !blockContains(BLOCK, number) || !isUsable) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${SERVICE_CLUSTER_IP_RANGE}`;
  }
  return taken.has(address) ? 'provided IP is already allocated' : undefined;
}
