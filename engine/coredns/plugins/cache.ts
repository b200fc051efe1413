import type { DnsRecord } from '../../linux/dns/message.ts';
import { argumentError, type Directive, directiveError, type Property } from '../corefile.ts';
import { isWithin, normalName, type Plugin, type Query, type Reply, whenAnswered } from '../query.ts';

interface CacheOptions {
  readonly zones: readonly string[];
  /** The longest that an answer, or that there is none, is kept: seconds. */
  readonly successTtl: number;
  readonly denialTtl: number;
  readonly capacity: number;
  readonly disabledSuccess: readonly string[];
  readonly disabledDenial: readonly string[];
}

const DEFAULT_SUCCESS_TTL = 3600;
const DEFAULT_DENIAL_TTL = 1800;
const DEFAULT_CAPACITY = 9984;

/** Server failures are kept for so long. */
const FAILURE_TTL = 5;

/** Throws CorefileError. https://coredns.io/plugins/cache/ */
export function cacheOptions(directive: Directive, serverZones: readonly string[]): CacheOptions {
  const [first, ...rest] = directive.args;
  const ttl = first !== undefined && /^\d+$/.test(first) ? Number(first) : undefined;
  if (ttl === 0) throw directiveError(directive, `cache TTL can not be zero or negative: ${ttl}`);
  const zones = (ttl === undefined ? directive.args : rest).map(normalName);
  let [successTtl, denialTtl, capacity] = [ttl ?? DEFAULT_SUCCESS_TTL, ttl ?? DEFAULT_DENIAL_TTL, DEFAULT_CAPACITY];
  let [disabledSuccess, disabledDenial]: string[][] = [[], []];
  const own = zones.length > 0 ? zones : serverZones;
  for (const property of directive.properties) {
    const { name, args } = property;
    if (name === 'success' || name === 'denial') {
      const [limit, most] = numbersOf(directive, property);
      capacity = limit ?? capacity;
      if (name === 'success') successTtl = most ?? successTtl;
      else denialTtl = most ?? denialTtl;
    } else if (name === 'disable') {
      const [what, ...names] = args;
      const disabled = names.length > 0 ? names.map(normalName) : [...own];
      if (what === 'success') disabledSuccess = disabled;
      else if (what === 'denial') disabledDenial = disabled;
      else throw directiveError(directive, `cache type for disable must be "success" or "denial"`, property);
    } else if (!['prefetch', 'serve_stale', 'servfail', 'keepttl'].includes(name))
      throw argumentError(directive, property);
  }
  return {
    zones: own,
    successTtl,
    denialTtl,
    capacity,
    disabledSuccess: disabledSuccess!,
    disabledDenial: disabledDenial!,
  };
}

function numbersOf(directive: Directive, property: Property): readonly number[] {
  const { args } = property;
  if (args.length === 0) throw argumentError(directive, property);
  for (const text of args) {
    if (!/^\d+$/.test(text))
      throw directiveError(directive, `strconv.Atoi: parsing "${text}": invalid syntax`, property);
  }
  return args.map(Number);
}

interface Kept {
  readonly reply: Reply;
  readonly storedMs: number;
  readonly ttl: number;
}

/** @param now in milliseconds. */
export function cachePlugin(options: CacheOptions, now: () => number): Plugin {
  const kept = new Map<string, Kept>();
  return (next) => (query) => {
    const name = normalName(query.name);
    if (!options.zones.some((zone) => isWithin(name, zone))) return next(query);
    const key = `${query.type} ${name}`;
    const found = kept.get(key);
    if (found !== undefined) {
      const age = Math.floor((now() - found.storedMs) / 1000);
      if (age < found.ttl) return aged(found.reply, age, query);
      kept.delete(key);
    }
    return whenAnswered(next(query), (reply) => {
      const ttl = lifetime(reply, name, options);
      if (ttl <= 0) return reply;
      // The oldest goes: a map keeps the order in which its keys came.
      if (kept.size >= options.capacity) kept.delete(kept.keys().next().value!);
      kept.set(key, { reply, storedMs: now(), ttl });
      return { ...reply, answers: capped(reply.answers, ttl), authority: capped(reply.authority, ttl) };
    });
  };
}

function lifetime(reply: Reply, name: string, options: CacheOptions): number {
  if (reply.code === 'SERVFAIL') return FAILURE_TTL;
  if (reply.code !== 'NOERROR' && reply.code !== 'NXDOMAIN') return 0;
  const isDenial = reply.code === 'NXDOMAIN' || reply.answers.length === 0;
  const disabled = isDenial ? options.disabledDenial : options.disabledSuccess;
  if (disabled.some((zone) => isWithin(name, zone))) return 0;
  const ttls = (isDenial ? reply.authority : reply.answers).map(({ ttl }) => ttl);
  return Math.min(isDenial ? options.denialTtl : options.successTtl, ...ttls);
}

function capped(records: readonly DnsRecord[], ttl: number): readonly DnsRecord[] {
  return records.map((record) => (record.ttl > ttl ? { ...record, ttl } : record));
}

function aged(reply: Reply, seconds: number, query: Query): Reply {
  const older = (records: readonly DnsRecord[]) =>
    records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - seconds) }));
  // The name is told in the letters of this question, not of the one before.
  const owner = normalName(query.name);
  const answers = older(reply.answers).map((record) =>
    normalName(record.name) === owner ? { ...record, name: query.name } : record,
  );
  return { ...reply, answers, authority: older(reply.authority), additional: older(reply.additional) };
}
