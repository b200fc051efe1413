import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import { patternOf } from './pattern.ts';
import type { Reading, Template } from './template.ts';

/** A variable that is chosen by another text: https://nginx.org/en/docs/http/ngx_http_map_module.html */
export interface VariableMap {
  readonly kind: 'map';
  readonly source: Template;
  readonly exact: ReadonlyMap<string, Template>;
  /** `*.example.com` and `example.*`, where the map has `hostnames`; the longest comes first. */
  readonly wildcards: readonly (readonly [pattern: string, value: Template])[];
  readonly patterns: readonly (readonly [pattern: RegExp, value: Template])[];
  readonly otherwise: Template | undefined;
}

/** A variable by shares of what a text hashes to: https://nginx.org/en/docs/http/ngx_http_split_clients_module.html */
export interface SplitClients {
  readonly kind: 'split';
  readonly source: Template;
  /** Up to which hash, inclusive, which value. */
  readonly parts: readonly (readonly [upTo: number, value: Template])[];
}

export function mapOf(directive: Directive, reading: Reading): readonly [name: string, map: VariableMap] {
  const place = placeOf(directive);
  const [source = '', target = ''] = directive.args;
  const name = variableName(target, place);
  const exact = new Map<string, Template>();
  const wildcards: (readonly [string, Template])[] = [];
  const patterns: (readonly [RegExp, Template])[] = [];
  let otherwise: Template | undefined;
  const entries = directive.block ?? [];
  const hostnames = entries.some((entry) => entry.name === 'hostnames' && entry.args.length === 0);
  for (const entry of entries) {
    const where = placeOf(entry);
    if (entry.args.length === 0 && (entry.name === 'hostnames' || entry.name === 'volatile')) continue;
    if (entry.args.length !== 1) throw new ConfigError(`invalid number of the map parameters in ${where}`);
    const value = reading.template(entry.args[0]!, where);
    if (entry.name === 'default') {
      if (otherwise !== undefined) throw new ConfigError(`duplicate default map parameter in ${where}`);
      otherwise = value;
    } else if (entry.name.startsWith('~')) {
      const ignoreCase = entry.name.startsWith('~*');
      const pattern = patternOf(entry.name.slice(ignoreCase ? 2 : 1), ignoreCase, where);
      patterns.push([reading.pattern(pattern), value]);
    } else if (hostnames && /^\*?\.|\.\*$/.test(entry.name)) wildcards.push([entry.name.toLowerCase(), value]);
    else {
      const key = entry.name.replace(/^\\/, '').toLowerCase();
      if (exact.has(key)) throw new ConfigError(`conflicting parameter "${entry.name}" in ${where}`);
      exact.set(key, value);
    }
  }
  wildcards.sort((a, b) => b[0].length - a[0].length);
  reading.defined.add(name);
  const map = { kind: 'map' as const, source: reading.template(source, place), exact, wildcards, patterns, otherwise };
  return [name, map];
}

export function splitOf(directive: Directive, reading: Reading): readonly [name: string, split: SplitClients] {
  const place = placeOf(directive);
  const [source = '', target = ''] = directive.args;
  const name = variableName(target, place);
  const parts: (readonly [number, Template])[] = [];
  let sum = 0;
  for (const entry of directive.block ?? []) {
    const where = placeOf(entry);
    const value = reading.template(entry.args[0] ?? '', where);
    if (entry.name === '*') {
      parts.push([0xffffffff, value]);
      continue;
    }
    const percent = /^(\d{1,3}(?:\.\d{1,2})?)%$/.exec(entry.name);
    if (percent === null || Number(percent[1]) === 0)
      throw new ConfigError(`invalid percent value "${entry.name}" in ${where}`);
    sum += Math.round(Number(percent[1]) * 100);
    if (sum > 10_000) throw new ConfigError(`percent total is greater than 100% in ${where}`);
    parts.push([Math.floor((sum * 0xffffffff) / 10_000), value]);
  }
  reading.defined.add(name);
  return [name, { kind: 'split', source: reading.template(source, place), parts }];
}

/** The name in `$name`. Throws ConfigError. */
export function variableName(text: string, place: string): string {
  if (!/^\$\w+$/.test(text)) throw new ConfigError(`invalid variable name "${text}" in ${place}`);
  return text.slice(1);
}

/** Whether a host is one of `*.example.com`, `.example.com` or `example.*`. */
export function matchesWildcard(pattern: string, host: string): boolean {
  if (pattern.startsWith('*.')) return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
  if (pattern.startsWith('.')) return host.endsWith(pattern) || host === pattern.slice(1);
  return pattern.endsWith('.*') && host.startsWith(pattern.slice(0, -1)) && host.length > pattern.length - 1;
}

/** The 32-bit MurmurHash2 that shares are counted by. */
export function murmurHash2(data: Uint8Array): number {
  const multiplier = 0x5bd1e995;
  let hash = data.length >>> 0;
  let at = 0;
  for (; data.length - at >= 4; at += 4) {
    let word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (at < data.length) {
    for (let rest = data.length - at - 1; rest >= 0; rest--) hash ^= data[at + rest]! << (8 * rest);
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}
