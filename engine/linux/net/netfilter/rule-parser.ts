import { parseNetwork } from './network.ts';
import type { Match, PortRange, Rule, Target } from './rule.ts';

/** A rule that iptables would not take; the message is its own. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** What is being read: the words, and what the rule has so far. */
interface Reading {
  readonly words: readonly string[];
  at: number;
  negated: boolean;
  readonly first: Match[];
  readonly rest: Match[];
  target: Target | undefined;
  /** Parameters of modules that several options make up. */
  readonly parts: Map<string, string>;
}

type Option = (reading: Reading) => void;

/**
 * Reads the words behind `-A CHAIN`: conditions and target.
 * https://manpages.debian.org/bookworm/iptables/iptables-extensions.8.en.html
 *
 * @throws RuleError
 */
export function parseRule(words: readonly string[]): Rule {
  const reading: Reading = { words, at: 0, negated: false, first: [], rest: [], target: undefined, parts: new Map() };
  while (reading.at < words.length) {
    const word = reading.words[reading.at++]!;
    if (word === '!') {
      reading.negated = true;
      continue;
    }
    const option = OPTIONS[LONG_NAMES[word] ?? word];
    if (option === undefined)
      throw new RuleError(word.startsWith('-') ? `unknown option "${word}"` : `Bad argument \`${word}'`);
    option(reading);
    reading.negated = false;
  }
  const first = reading.first.sort((one, other) => FIRST.indexOf(one.kind) - FIRST.indexOf(other.kind));
  return { matches: [...first, ...reading.rest], target: reading.target, packets: 0, bytes: 0, seen: 0 };
}

/** In which order iptables-save writes what belongs to no module. */
const FIRST: readonly Match['kind'][] = ['source', 'destination', 'in', 'out', 'protocol'];

function value(reading: Reading): string {
  const word = reading.words[reading.at++];
  if (word === undefined) throw new RuleError(`option "${reading.words.at(-1)}" requires an argument`);
  return word;
}

function network(side: 'source' | 'destination'): Option {
  return (reading) => {
    const text = value(reading);
    const parsed = parseNetwork(text);
    if (parsed === undefined) throw new RuleError(`host/network \`${text}' not found`);
    // Everything is what is meant without the option as well.
    if (parsed.prefixLength > 0) reading.first.push({ kind: side, network: parsed, negated: reading.negated });
  };
}

function interfaceName(side: 'in' | 'out'): Option {
  return (reading) => reading.first.push({ kind: side, name: value(reading), negated: reading.negated });
}

function port(side: 'source' | 'destination'): Option {
  return (reading) => {
    const protocol = reading.first.find((match) => match.kind === 'protocol');
    if (protocol === undefined) throw new RuleError(`unknown option "--${side === 'source' ? 'sport' : 'dport'}"`);
    const range = parseRange(value(reading));
    reading.rest.push({ kind: 'ports', module: protocol.protocol, side, range, negated: reading.negated });
  };
}

function multiport(side: 'source' | 'destination' | 'both'): Option {
  return (reading) => {
    const ranges = value(reading).split(',').map(parseRange);
    reading.rest.push({ kind: 'multiport', side, ranges, negated: reading.negated });
  };
}

function parseRange(text: string): PortRange {
  const [first = '', last = first] = text.split(':');
  if (!/^\d{1,5}$/.test(first) || !/^\d{1,5}$/.test(last))
    throw new RuleError(`invalid port/service \`${text}' specified`);
  return { first: Number(first), last: Number(last) };
}

function states(module: 'conntrack' | 'state'): Option {
  return (reading) =>
    reading.rest.push({ kind: 'state', module, states: value(reading).split(','), negated: reading.negated });
}

function addressType(side: 'source' | 'destination'): Option {
  return (reading) => reading.rest.push({ kind: 'addressType', side, type: value(reading), negated: reading.negated });
}

/** Options of one module that make one condition together. */
function part(
  name: string,
  complete: (reading: Reading, parts: ReadonlyMap<string, string>) => Match | undefined,
): Option {
  return (reading) => {
    reading.parts.set(name, value(reading));
    const match = complete(reading, reading.parts);
    if (match === undefined) return;
    reading.rest.push(match);
  };
}

function nth({ negated }: Reading, parts: ReadonlyMap<string, string>): Match | undefined {
  const every = parts.get('every');
  const packet = parts.get('packet');
  if (every === undefined || packet === undefined) return undefined;
  return { kind: 'nth', every: Number(every), packet: Number(packet), negated };
}

function recent(action: 'set' | 'rcheck' | 'update' | 'remove'): Option {
  return (reading) => {
    const name = reading.parts.get('name') ?? 'DEFAULT';
    reading.rest.push({ kind: 'recent', action, name, reap: false, negated: reading.negated });
  };
}

/** Changes the condition of `recent` that is being read. */
function recentPart(change: (reading: Reading) => Partial<Extract<Match, { kind: 'recent' }>>): Option {
  return (reading) => {
    const at = reading.rest.findLastIndex(({ kind }) => kind === 'recent');
    const changed = change(reading);
    if (at >= 0) reading.rest[at] = { ...(reading.rest[at] as Extract<Match, { kind: 'recent' }>), ...changed };
    else throw new RuleError("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
  };
}

function masked(text: string, fallback: number): readonly [value: number, mask: number] {
  const [first = '', second] = text.split('/');
  const parsed = Number(first);
  const mask = second === undefined ? fallback : Number(second);
  if (!Number.isInteger(parsed) || !Number.isInteger(mask)) throw new RuleError(`bad mark value "${text}"`);
  return [parsed >>> 0, mask >>> 0];
}

const VERDICTS = ['ACCEPT', 'DROP', 'RETURN'] as const;
const UNSUPPORTED = ['CT', 'NOTRACK', 'TPROXY', 'NFLOG', 'CONNMARK', 'TCPMSS', 'NETMAP', 'QUEUE', 'NFQUEUE', 'AUDIT'];

function jump(reading: Reading): void {
  const name = value(reading);
  const verdict = VERDICTS.find((one) => one === name);
  if (UNSUPPORTED.includes(name)) throw new RuleError(`Couldn't load target \`${name}':No such file or directory`);
  if (verdict !== undefined) reading.target = { kind: 'verdict', verdict };
  else reading.target = TARGETS[name] ?? { kind: 'chain', chain: name, goto: false };
}

/** Targets with options begin with what they mean without any. */
const TARGETS: Readonly<Record<string, Target>> = {
  REJECT: { kind: 'REJECT', with: 'icmp-port-unreachable' },
  DNAT: { kind: 'DNAT' },
  REDIRECT: { kind: 'REDIRECT' },
  SNAT: { kind: 'SNAT', address: '' },
  MASQUERADE: { kind: 'MASQUERADE', randomFully: false },
  MARK: { kind: 'MARK', value: 0, mask: 0xffff_ffff },
  LOG: { kind: 'LOG', prefix: '' },
};

function targetOption(change: (reading: Reading) => Partial<Target>): Option {
  return (reading) => {
    if (reading.target === undefined) throw new RuleError(`unknown option "${reading.words[reading.at - 1]}"`);
    reading.target = { ...reading.target, ...change(reading) } as Target;
  };
}

function endpoint(reading: Reading): { address: string; port?: number } {
  const text = value(reading);
  const [address = '', portText] = text.split(':');
  if (address !== '' && parseNetwork(address) === undefined) throw new RuleError(`Bad IP address "${address}"`);
  return { address, ...(portText === undefined ? {} : { port: parseRange(portText).first }) };
}

const ALL_ONES = 0xffff_ffff;

const OPTIONS: Readonly<Record<string, Option>> = {
  '-p': (reading) => {
    const protocol = value(reading).toLowerCase();
    if (protocol !== 'all') reading.first.push({ kind: 'protocol', protocol, negated: reading.negated });
  },
  '-s': network('source'),
  '-d': network('destination'),
  '-i': interfaceName('in'),
  '-o': interfaceName('out'),
  // Modules say nothing by being named; their options do.
  '-m': (reading) => value(reading),
  '--dport': port('destination'),
  '--sport': port('source'),
  '--dports': multiport('destination'),
  '--sports': multiport('source'),
  '--ports': multiport('both'),
  '--comment': (reading) => reading.rest.push({ kind: 'comment', text: value(reading) }),
  '--mode': (reading) => value(reading),
  '--probability': (reading) =>
    reading.rest.push({
      kind: 'random',
      probability: Math.round(Number(value(reading)) * 2 ** 31),
      negated: reading.negated,
    }),
  '--every': part('every', nth),
  '--packet': part('packet', nth),
  '--mark': (reading) => {
    const [mark, mask] = masked(value(reading), ALL_ONES);
    reading.rest.push({ kind: 'mark', value: mark, mask, negated: reading.negated });
  },
  '--dst-type': addressType('destination'),
  '--src-type': addressType('source'),
  '--ctstate': states('conntrack'),
  '--state': states('state'),
  '--set': recent('set'),
  '--rcheck': recent('rcheck'),
  '--update': recent('update'),
  '--remove': recent('remove'),
  // `--name` may stand before the action, as kube-proxy writes it.
  '--name': (reading) => {
    const name = value(reading);
    if (reading.rest.some(({ kind }) => kind === 'recent')) recentPart(() => ({ name }))(reading);
    else reading.parts.set('name', name);
  },
  '--seconds': recentPart((reading) => ({ seconds: Number(value(reading)) })),
  '--reap': recentPart(() => ({ reap: true })),
  '--rsource': recentPart(() => ({})),
  '--mask': recentPart((reading) => {
    value(reading);
    return {};
  }),
  '--match-set': (reading) => {
    const name = value(reading);
    reading.rest.push({ kind: 'set', name, sides: value(reading).split(','), negated: reading.negated });
  },
  '-j': jump,
  '-g': (reading) => {
    reading.target = { kind: 'chain', chain: value(reading), goto: true };
  },
  '--reject-with': targetOption((reading) => ({ with: value(reading) })),
  '--to-destination': targetOption(endpoint),
  '--to-source': targetOption(endpoint),
  '--to-ports': targetOption((reading) => ({ port: parseRange(value(reading)).first })),
  '--random-fully': targetOption(() => ({ randomFully: true })),
  '--set-xmark': targetOption((reading) => {
    const [mark, mask] = masked(value(reading), ALL_ONES);
    return { value: mark, mask };
  }),
  // What the tool turns these into is what `iptables-save` shows.
  '--set-mark': targetOption((reading) => {
    const [mark, mask] = masked(value(reading), ALL_ONES);
    return { value: mark, mask: (mask | mark) >>> 0 };
  }),
  '--or-mark': targetOption((reading) => {
    const [mark] = masked(value(reading), ALL_ONES);
    return { value: mark, mask: mark };
  }),
  '--xor-mark': targetOption((reading) => {
    const [mark] = masked(value(reading), ALL_ONES);
    return { value: mark, mask: 0 };
  }),
  '--and-mark': targetOption((reading) => {
    const [mark] = masked(value(reading), ALL_ONES);
    return { value: 0, mask: ~mark >>> 0 };
  }),
  '--log-prefix': targetOption((reading) => ({ prefix: value(reading) })),
};

const LONG_NAMES: Readonly<Record<string, string>> = {
  '--protocol': '-p',
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--match': '-m',
  '--destination-port': '--dport',
  '--source-port': '--sport',
  '--jump': '-j',
  '--goto': '-g',
};
