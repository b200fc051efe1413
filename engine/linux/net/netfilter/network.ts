import { networkOf, parseAddress } from '../address.ts';
import type { Network } from './rule.ts';

/** `10.0.0.0/8` or `10.0.0.0/255.0.0.0`; an address alone is a network of one. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length = '32'] = text.split('/');
  const prefixLength = length.includes('.') ? lengthOfMask(length) : Number(length);
  if (parseAddress(address) === undefined || !(prefixLength >= 0 && prefixLength <= 32)) return undefined;
  return { base: parseAddress(networkOf(address, prefixLength))!, prefixLength };
}

export function formatNetwork({ base, prefixLength }: Network): string {
  return `${[24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join('.')}/${prefixLength}`;
}

/** @param address as a number, as `parseAddress` reads it */
export function contains({ base, prefixLength }: Network, address: number | undefined): boolean {
  if (address === undefined) return false;
  const size = 2 ** (32 - prefixLength);
  return Math.floor(address / size) * size === base;
}

function lengthOfMask(mask: string): number {
  const value = parseAddress(mask);
  return value === undefined ? Number.NaN : 32 - Math.log2(2 ** 32 - value);
}
