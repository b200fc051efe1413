import type { NetworkInterfaceInfo } from 'node:os';

/** Networks within this machine, by what Docker, libvirt, hypervisors and Windows' Subsystem for Linux call their interfaces. */
const WITHIN =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|podman|cni|flannel|cali|lxc|lxd|vnet|bridge\d|vEthernet|VirtualBox|VMware)|Host-Only/i;
/** Tunnels to somewhere else: what is at their other end is not in this room. */
const TUNNELS =
  /^(tun|tap|utun|wg|ppp|ipsec|gpd|zt|nordlynx|tailscale)|WireGuard|OpenVPN|ZeroTier|Hamachi|\b(TAP|VPN)\b/i;
/** Only between two machines that found no router. */
const LINK_LOCAL = /^169\.254\./;

/**
 * This machine's IPv4 addresses, the likeliest to be the room's first: a card that a network reaches it by, before what
 * lies within the machine or leads out of the room. Among equals the system's order is kept.
 *
 * @param interfaces as `os.networkInterfaces()` tells them
 */
export function roomAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos = []]) => infos.map((info) => ({ ...info, distance: distanceOf(name, info.address) })))
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .sort((one, other) => one.distance - other.distance)
    .map(({ address }) => address);
}

function distanceOf(name: string, address: string): number {
  if (LINK_LOCAL.test(address)) return 3;
  if (TUNNELS.test(name)) return 2;
  return WITHIN.test(name) ? 1 : 0;
}
