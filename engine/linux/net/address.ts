/** An IPv4 address as a number; undefined when it is not one. */
export function parseAddress(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** Whether `address` is in the network of `member`/`prefixLength`. */
export function inSubnet(address: string, member: string, prefixLength: number): boolean {
  const a = parseAddress(address);
  const b = parseAddress(member);
  if (a === undefined || b === undefined) return false;
  const size = 2 ** (32 - prefixLength);
  return Math.floor(a / size) === Math.floor(b / size);
}

/** The first address of the network that `address` is in. */
export function networkOf(address: string, prefixLength: number): string {
  const size = 2 ** (32 - prefixLength);
  const value = Math.floor((parseAddress(address) ?? 0) / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}
