/** An IPv4 address as a number; undefined when it is not one. */
export function parseAddress(address: string): number | undefined {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let at = 0; at < address.length; at++) {
    const digit = address.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      part = part * 10 + digit;
      if (++digits > 3 || part > 255) return undefined;
    } else {
      if (address[at] !== '.' || digits === 0 || ++parts > 4) return undefined;
      value = value * 256 + part;
      part = 0;
      digits = 0;
    }
  }
  return parts === 4 && digits > 0 ? value * 256 + part : undefined;
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
