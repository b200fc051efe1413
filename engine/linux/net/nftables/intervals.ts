import { parseAddress } from '../address.ts';
import { numberOf, type TypeName } from './data-type.ts';

/** Between two numbers, both included. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** `10.0.0.0/8`, `1000-2000`, or one value alone. */
export function intervalOf(type: TypeName, text: string): Interval {
  const [base = '', length] = text.split('/');
  if (length !== undefined) {
    const size = 2 ** (32 - Number(length));
    const first = Math.floor((parseAddress(base) ?? 0) / size) * size;
    return { first, last: first + size - 1 };
  }
  const [first = '', last = first] = type === 'ifname' || type === 'icmp_type' ? [text] : text.split('-');
  return { first: numberOf(type, first), last: numberOf(type, last) };
}

/**
 * Values of which some are ranges or prefixes, without what lies in another and with neighbours made one, as nft does it
 * with sets that are written into a rule. Undefined where none is a range, so that all stay as they are.
 */
export function mergeIntervals(type: TypeName, texts: readonly string[]): readonly string[] | undefined {
  if (type !== 'ipv4_addr' && type !== 'inet_service') return undefined;
  if (!texts.some((text) => /[/-]/.test(text))) return undefined;
  const merged: Interval[] = [];
  const sorted = texts.map((text) => intervalOf(type, text)).sort((one, other) => one.first - other.first);
  for (const { first, last } of sorted) {
    const before = merged.at(-1);
    if (before === undefined || first > before.last + 1) merged.push({ first, last });
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, last) };
  }
  return merged.map((interval) => intervalText(type, interval));
}

function intervalText(type: TypeName, { first, last }: Interval): string {
  const text = (value: number) =>
    type === 'ipv4_addr' ? [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.') : String(value);
  if (first === last) return text(first);
  const size = last - first + 1;
  const bits = Math.log2(size);
  const isPrefix = type === 'ipv4_addr' && Number.isInteger(bits) && first % size === 0;
  return isPrefix ? `${text(first)}/${32 - bits}` : `${text(first)}-${text(last)}`;
}
