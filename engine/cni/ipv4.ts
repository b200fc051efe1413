/** An IPv4 address in dotted form as a number; undefined when it is none. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** A block of addresses: `10.244.1.0/24`. */
export interface Subnet {
  /** The network's own address. */
  readonly base: number;
  readonly prefixLength: number;
}

export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf('/');
  const address = parseIpv4(text.slice(0, slash));
  const prefixLength = Number(text.slice(slash + 1));
  if (slash < 0 || address === undefined || !Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 32) {
    return undefined;
  }
  const size = 2 ** (32 - prefixLength);
  return { base: address - (address % size), prefixLength };
}

/** The first and last address that hosts may have: without the network's and the broadcast address. */
export function hostRange(subnet: Subnet): { readonly first: number; readonly last: number } {
  const size = 2 ** (32 - subnet.prefixLength);
  return { first: subnet.base + 1, last: subnet.base + size - 2 };
}
