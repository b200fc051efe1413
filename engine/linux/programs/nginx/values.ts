import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';

/** `10m` in bytes. Throws ConfigError. */
export function sizeOf(directive: Directive, text: string): number {
  const match = /^(\d+)([kmg]?)$/i.exec(text);
  if (match === null) throw new ConfigError(`"${directive.name}" directive invalid value in ${placeOf(directive)}`);
  return Number(match[1]) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase() as '' | 'k']!;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
  '': 1000,
};

/** `1m30s` in milliseconds; without a unit seconds are meant. Undefined for what is no time. */
export function parseTime(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwMy])? ?)+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g)) sum += Number(count) * UNITS[unit]!;
  return sum;
}

/** Throws ConfigError. */
export function timeOf(directive: Directive, text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new ConfigError(`"${directive.name}" directive invalid value in ${placeOf(directive)}`);
  return time;
}

/** Throws ConfigError. */
export function flagOf(directive: Directive): boolean {
  const [value = ''] = directive.args;
  if (value === 'on') return true;
  if (value === 'off') return false;
  throw new ConfigError(
    `invalid value "${value}" in "${directive.name}" directive, it must be "on" or "off" in ${placeOf(directive)}`,
  );
}

/** Throws ConfigError. */
export function numberOf(directive: Directive, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new ConfigError(`"${directive.name}" directive invalid value in ${placeOf(directive)}`);
}

/** Whether an IPv4 address lies within `10.0.0.0/8`, or is it. Undefined for what is no IPv4 network. */
export function networkOf(text: string): ((address: string) => boolean) | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const bits = Number(match[2] ?? 32);
  const network = ipv4Number(match[1]!);
  if (network === undefined || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = Math.floor(network / size);
  return (address) => Math.floor((ipv4Number(address) ?? -1) / size) === first;
}

function ipv4Number(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
