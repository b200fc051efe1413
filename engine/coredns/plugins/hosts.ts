import type { Directive } from '../corefile.ts';
import { directiveError } from '../corefile.ts';
import { emptyReply, isWithin, normalName, type Plugin, type Query } from '../query.ts';

const DEFAULT_TTL = 3600;

interface HostsOptions {
  readonly zones: readonly string[];
  readonly ttl: number;
  readonly fallthrough: readonly string[] | undefined;
  /** Addresses by name, and the other way round. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/**
 * Throws CorefileError. https://coredns.io/plugins/hosts/
 * @param readFile undefined when there is no such file.
 */
export function hostsOptions(
  directive: Directive,
  serverZones: readonly string[],
  readFile: (path: string) => string | undefined,
): HostsOptions {
  const [file = '/etc/hosts', ...given] = directive.args;
  const zones = given.length > 0 ? given.map(normalName) : serverZones;
  const lines = (readFile(file) ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  let ttl = DEFAULT_TTL;
  let fallthrough: readonly string[] | undefined;
  for (const property of directive.properties) {
    const { name, args } = property;
    if (name === 'fallthrough') fallthrough = args.length === 0 ? [''] : args.map(normalName);
    else if (name === 'ttl') {
      ttl = Number(args[0]);
      if (!(ttl > 0 && ttl <= 65_535)) {
        throw directiveError(directive, `ttl provided is invalid: ${args[0] ?? ''}`, property);
      }
    } else if (isAddress(name)) lines.push([name, ...args]);
    else if (name !== 'no_reverse' && name !== 'reload') {
      throw directiveError(directive, `unknown property '${name}'`, property);
    }
  }
  const addresses = new Map<string, string[]>();
  const names = new Map<string, string[]>();
  for (const [address = '', ...aliases] of lines) {
    if (!isAddress(address)) continue;
    for (const alias of aliases.map(normalName)) {
      addresses.set(alias, [...(addresses.get(alias) ?? []), address]);
      names.set(address, [...(names.get(address) ?? []), alias]);
    }
  }
  return { zones, ttl, fallthrough, addresses, names };
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}

/** Answers from a hosts file and from the lines of its own block. */
export function hostsPlugin(options: HostsOptions): Plugin {
  return (next) => (query) => {
    const name = normalName(query.name);
    if (!options.zones.some((zone) => isWithin(name, zone))) return next(query);
    const data = dataOf(options, name, query);
    if (data.length > 0) {
      const answers = data.map((each) => ({ name: query.name, type: query.type, ttl: options.ttl, data: each }));
      return { ...emptyReply('NOERROR'), authoritative: true, answers };
    }
    if (options.addresses.has(name) && query.type === 'AAAA') return { ...emptyReply('NOERROR'), authoritative: true };
    if (options.fallthrough?.some((zone) => isWithin(name, zone)) === true) return next(query);
    return { ...emptyReply('NXDOMAIN'), authoritative: true };
  };
}

function dataOf({ addresses, names }: HostsOptions, name: string, { type }: Query): readonly string[] {
  if (type === 'A') return addresses.get(name) ?? [];
  if (type !== 'PTR') return [];
  return (
    names.get(
      name
        .replace(/\.in-addr\.arpa$/, '')
        .split('.')
        .reverse()
        .join('.'),
    ) ?? []
  );
}
