import { isIPv4, isIPv6 } from './ip-address.ts';

/** A range of IPv4 addresses: the first one as a number, and how many bits all have in common. */
export interface Ipv4Block {
  readonly base: number;
  readonly bits: number;
}

/** Whether a text is `ADDRESS/BITS`, of either family. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
  return isIPv4(address) ? Number(bits) <= 32 : isIPv6(address) && Number(bits) <= 128;
}

const NOT_A_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** The real server's sentence for what is no CIDR, or names more than a range; none when it is one. */
export function checkCidr(text: string): readonly string[] {
  if (!isCidr(text)) return [NOT_A_CIDR];
  const [address = ''] = text.split('/');
  const isExact = !isIPv4(address) || parseIpv4Block(text).base === ipv4Number(address);
  return isExact ? [] : ['must not have bits set beyond the prefix length'];
}

/** @param text a valid IPv4 CIDR, e.g. `10.96.0.0/12`. */
export function parseIpv4Block(text: string): Ipv4Block {
  const [address = '', bits = ''] = text.split('/');
  const count = 2 ** (32 - Number(bits));
  return { base: Math.floor(ipv4Number(address) / count) * count, bits: Number(bits) };
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function blockSize({ bits }: Ipv4Block): number {
  return 2 ** (32 - bits);
}

/** Addresses that hosts may have, as numbers; both ends are in it. */
export interface HostRange {
  readonly first: number;
  readonly last: number;
}

/** Of an IPv4 CIDR, without the network's own address and the one for all in it. */
export function hostsOf(cidr: string): HostRange {
  const block = parseIpv4Block(cidr);
  return { first: block.base + 1, last: block.base + blockSize(block) - 2 };
}

/** Whether one of the CIDRs, of either family, has this IPv4 address for a host. */
export function someCidrHolds(cidrs: readonly string[], address: string): boolean {
  const number = ipv4Number(address);
  return cidrs.some((cidr) => {
    if (cidr.includes(':')) return false;
    const { first, last } = hostsOf(cidr);
    return number >= first && number <= last;
  });
}

/** Whether the block holds an address given as a number. */
export function blockContains(block: Ipv4Block, address: number): boolean {
  return address >= block.base && address < block.base + blockSize(block);
}
