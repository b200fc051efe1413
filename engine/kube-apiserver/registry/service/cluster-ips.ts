import { formatIpv4, type HostRange, hostsOf } from '../../../api/ip-block.ts';
import type { RequestDraws as Draws } from '../../request-scope.ts';

/** `--service-cluster-ip-range`, as kubeadm writes it. */
export const SERVICE_CLUSTER_IP_RANGE = '10.96.0.0/12';

/** The lower part of a range is left to those who name an address themselves: a sixteenth, 16 to 256 addresses. */
function staticAddresses({ first, last }: HostRange): number {
  const size = last - first + 3;
  return size <= 16 ? 0 : Math.min(256, Math.max(16, Math.floor(size / 16)));
}

/**
 * A free address of a range, undefined when none is left: the next one from a place that is drawn, of the upper part if it has any.
 * https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
export function allocateClusterIp(
  cidr: string,
  isTaken: (address: string) => boolean,
  random: Draws,
): string | undefined {
  const { first, last } = hostsOf(cidr);
  const dynamic = first - 1 + Math.max(1, staticAddresses({ first, last }));
  return (
    freeAddress({ first: dynamic, last }, isTaken, random) ?? freeAddress({ first, last: dynamic - 1 }, isTaken, random)
  );
}

function freeAddress(
  { first, last }: HostRange,
  isTaken: (address: string) => boolean,
  random: Draws,
): string | undefined {
  const size = last - first + 1;
  if (size <= 0) return undefined;
  const start = Math.floor(random.float() * size);
  for (let step = 0; step < size; step++) {
    const address = formatIpv4(first + ((start + step) % size));
    if (!isTaken(address)) return address;
  }
  return undefined;
}
