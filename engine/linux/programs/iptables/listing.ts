import { formatNetwork } from '../../net/netfilter/network.ts';
import type { Match, Rule } from '../../net/netfilter/rule.ts';
import { ruleText } from '../../net/netfilter/rule-text.ts';
import type { Chain, Table } from '../../net/netfilter/ruleset.ts';

export interface ListingOptions {
  /** With counters and interfaces. */
  readonly verbose: boolean;
  /** Addresses as numbers; without it everything is called `anywhere`. */
  readonly numeric: boolean;
  readonly lineNumbers: boolean;
  /** Counters in full instead of `12K`. */
  readonly exact: boolean;
}

/** What `iptables -L` prints of some chains. */
export function listing(table: Table, chains: readonly Chain[], options: ListingOptions): string {
  return chains.map((chain) => chainListing(table, chain, options)).join('\n');
}

function chainListing(table: Table, chain: Chain, options: ListingOptions): string {
  const { verbose, lineNumbers } = options;
  const counted = verbose ? ` ${count(chain.packets, options)} packets, ${count(chain.bytes, options)} bytes` : '';
  const about =
    chain.policy === undefined ? `${table.referencesTo(chain.name)} references` : `policy ${chain.policy}${counted}`;
  const number = lineNumbers ? 'num  ' : '';
  const headings = verbose
    ? `${number} pkts bytes target     prot opt in     out     source               destination         \n`
    : `${number}target     prot opt source               destination         \n`;
  const rules = chain.rules.map((rule, index) => ruleLine(rule, index + 1, options));
  return `Chain ${chain.name} (${about})\n${headings}${rules.join('')}`;
}

function ruleLine(rule: Rule, number: number, options: ListingOptions): string {
  const { verbose, lineNumbers } = options;
  const find = <K extends Match['kind']>(kind: K) =>
    rule.matches.find((match) => match.kind === kind) as Extract<Match, { kind: K }> | undefined;
  const address = (kind: 'source' | 'destination') => {
    const match = find(kind) as Extract<Match, { kind: 'source' | 'destination' }> | undefined;
    if (match === undefined) return options.numeric ? '0.0.0.0/0' : 'anywhere';
    return `${match.negated ? '!' : ''}${formatNetwork(match.network).replace(/\/32$/, '')}`;
  };
  const name = (kind: 'in' | 'out') => {
    const match = find(kind) as Extract<Match, { kind: 'in' | 'out' }> | undefined;
    return match === undefined ? (options.numeric ? '*' : 'any') : `${match.negated ? '!' : ''}${match.name}`;
  };
  const protocol = find('protocol')?.protocol ?? 'all';
  const numberText = lineNumbers ? String(number).padEnd(5) : '';
  const counters = verbose
    ? `${count(rule.packets, options).padStart(5)} ${count(rule.bytes, options).padStart(5)} `
    : '';
  const target = targetName(rule).padEnd(10);
  const interfaces = verbose ? `${name('in').padEnd(6)} ${name('out').padEnd(7)} ` : '';
  const addresses = `${address('source').padEnd(20)} ${address('destination').padEnd(20)}`;
  const line = `${numberText}${counters}${target} ${protocolText(protocol, options).padEnd(4)} --  ${interfaces}${addresses}`;
  const details = detailText(rule);
  return `${line}${details === '' ? '' : ` ${details}`}\n`;
}

function protocolText(protocol: string, { numeric }: ListingOptions): string {
  const numbers: Readonly<Record<string, string>> = { all: '0', icmp: '1', tcp: '6', udp: '17' };
  return numeric ? (numbers[protocol] ?? protocol) : protocol;
}

function targetName({ target }: Rule): string {
  if (target === undefined) return '';
  if (target.kind === 'verdict') return target.verdict;
  return target.kind === 'chain' ? target.chain : target.kind;
}

/** What the modules have to say, behind the columns. */
function detailText(rule: Rule): string {
  const words = rule.matches.map(moduleText);
  const { target } = rule;
  if (target !== undefined && target.kind !== 'verdict' && target.kind !== 'chain') {
    const [, options = ''] = /^-j \S+ ?(.*)$/.exec(ruleText({ ...rule, matches: [] })) ?? [];
    words.push(targetDetails(target.kind, options));
  }
  return words.filter((word) => word !== '').join(' ');
}

function targetDetails(kind: string, options: string): string {
  switch (kind) {
    case 'DNAT':
      return options.replace('--to-destination ', 'to:');
    case 'SNAT':
      return options.replace('--to-source ', 'to:');
    case 'REDIRECT':
      return options.replace('--to-ports ', 'redir ports ');
    case 'REJECT':
      return options.replace('--reject-with', 'reject-with');
    case 'MARK':
      return markDetails(options.replace('--set-xmark ', ''));
    case 'MASQUERADE':
      return options.replace('--random-fully', 'random-fully');
    default:
      return options;
  }
}

function markDetails(text: string): string {
  const [value = '', mask = ''] = text.split('/');
  if (value === mask) return `MARK or ${value}`;
  return mask === '0xffffffff' ? `MARK set ${value}` : `MARK xset ${text}`;
}

function moduleText(match: Match): string {
  const not = 'negated' in match && match.negated ? '!' : '';
  switch (match.kind) {
    case 'comment':
      return `/* ${match.text} */`;
    case 'ports': {
      const { first, last } = match.range;
      const range = first === last ? `:${not}${first}` : `s:${not}${first}:${last}`;
      return `${match.module} ${match.side === 'source' ? 'spt' : 'dpt'}${range}`;
    }
    case 'random':
      return `statistic mode random${not === '' ? '' : ' !'} probability ${(match.probability / 2 ** 31).toFixed(11)}`;
    case 'nth':
      return `statistic mode nth every ${match.every}${match.packet === 0 ? '' : ` packet ${match.packet}`}`;
    case 'mark': {
      const mask = match.mask === 0xffff_ffff ? '' : `/0x${match.mask.toString(16)}`;
      return `mark match ${not === '' ? '' : '! '}0x${match.value.toString(16)}${mask}`;
    }
    case 'addressType':
      return `ADDRTYPE match ${match.side === 'source' ? 'src' : 'dst'}-type ${not}${match.type}`;
    case 'state':
      return `${match.module === 'state' ? 'state' : 'ctstate'} ${not}${match.states.join(',')}`;
    case 'set':
      return `${not === '' ? '' : '! '}match-set ${match.name} ${match.sides.join(',')}`;
    case 'multiport':
      return `multiport ${match.side === 'both' ? 'ports' : `${match.side === 'source' ? 'sports' : 'dports'}`} ${not}${match.ranges.map(({ first, last }) => (first === last ? first : `${first}:${last}`)).join(',')}`;
    case 'recent': {
      const action = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' }[match.action];
      const seconds = match.seconds === undefined ? '' : ` seconds: ${match.seconds}`;
      return `recent: ${action}${seconds}${match.reap ? ' reap' : ''} name: ${match.name} side: source mask: 255.255.255.255`;
    }
    default:
      return '';
  }
}

/** Counters above 99,999 are shortened: `123K`, `4M`. */
function count(value: number, { exact }: ListingOptions): string {
  if (exact || value <= 99_999) return String(value);
  const thousands = Math.round(value / 1000);
  if (thousands <= 9_999) return `${thousands}K`;
  const millions = Math.round(thousands / 1000);
  return millions <= 9_999 ? `${millions}M` : `${Math.round(millions / 1000)}G`;
}
