import type { Frame } from '../../net/capture/frame.ts';
import { comparison, isValueStart } from './filter-arithmetic.ts';
import { alone, type Direction, primitive, type Qualifiers, type Test } from './filter-primitives.ts';
import { FilterError, type FilterTokens, type NameLookup, tokenize } from './filter-tokens.ts';

/**
 * The expressions of pcap-filter(7), as a test of frames: `tcp port 80 and (src net 10.244.0.0/16 or not icmp)`. `and` and `or`
 * bind alike, from the left; qualifiers stand for the identifiers that follow without any.
 * https://www.tcpdump.org/manpages/pcap-filter.7.html
 *
 * Throws FilterError with libpcap's words.
 */
export function compileFilter(expression: string, lookUp: NameLookup): (frame: Frame) => boolean {
  const tokens = tokenize(expression);
  if (tokens.done) return () => true;
  const test = new Parser(tokens, lookUp).alternatives();
  if (!tokens.done) throw new FilterError('syntax error');
  return test;
}

const DIRECTIONS = ['src', 'dst'];
const PROTOCOLS = ['ether', 'ip', 'ip6', 'arp', 'rarp', 'tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'igmp'];
const TYPES = ['host', 'net', 'port', 'portrange', 'proto', 'gateway'];
/** What pcap knows and this network has not. */
const NEVER = [
  'vlan',
  'mpls',
  'pppoed',
  'pppoes',
  'ah',
  'esp',
  'pim',
  'vrrp',
  'carp',
  'atalk',
  'decnet',
  'stp',
  'ipx',
  'netbeui',
];

class Parser {
  readonly #tokens: FilterTokens;
  readonly #lookUp: NameLookup;

  constructor(tokens: FilterTokens, lookUp: NameLookup) {
    this.#tokens = tokens;
    this.#lookUp = lookUp;
  }

  /** @param inherited the qualifiers that stand before the parenthesis */
  alternatives(inherited?: Qualifiers): Test {
    let [test, qualifiers] = this.#term(inherited);
    for (;;) {
      const isAnd = this.#tokens.take('and', '&&');
      if (!isAnd && !this.#tokens.take('or', '||')) return test;
      const before = test;
      const [next, nextQualifiers] = this.#term(qualifiers);
      test = isAnd ? (frame) => before(frame) && next(frame) : (frame) => before(frame) || next(frame);
      qualifiers = nextQualifiers;
    }
  }

  /** @param inherited the qualifiers of what came before, for a bare identifier */
  #term(inherited: Qualifiers | undefined): [Test, Qualifiers | undefined] {
    const tokens = this.#tokens;
    if (tokens.take('not', '!')) {
      const [test, qualifiers] = this.#term(inherited);
      return [(frame) => !test(frame), qualifiers];
    }
    if (isValueStart(tokens)) return [comparison(tokens), undefined];
    if (tokens.take('(')) {
      const test = this.alternatives();
      if (!tokens.take(')')) throw new FilterError('syntax error');
      return [test, inherited];
    }
    const qualifiers = this.#qualifiers();
    if (qualifiers === undefined) {
      const word = tokens.peek();
      const never = word !== undefined && NEVER.includes(word);
      const known = never ? () => false : alone(tokens);
      if (known !== undefined) {
        if (never) tokens.next();
        return [known, undefined];
      }
      if (word === undefined || inherited === undefined) return this.#bareHost();
      return [primitive(inherited, tokens, this.#lookUp), inherited];
    }
    const { protocol, direction, type } = qualifiers;
    if (direction === undefined && type === undefined && protocol !== undefined && this.#ends()) {
      return [primitive({ protocol }, undefined, this.#lookUp), undefined];
    }
    // `tcp port 80 or (81 or 82)` is allowed as well.
    if (tokens.take('(')) {
      const test = this.alternatives(qualifiers);
      if (!tokens.take(')')) throw new FilterError('syntax error');
      return [test, qualifiers];
    }
    return [primitive(qualifiers, tokens, this.#lookUp), qualifiers];
  }

  /** `host` may be left out: `10.0.0.1` and a name alone are hosts. */
  #bareHost(): [Test, Qualifiers] {
    const word = this.#tokens.peek();
    if (word === undefined || /^(?:and|or|[^\w].*)$/.test(word)) throw new FilterError('syntax error');
    const qualifiers: Qualifiers = { type: 'host' };
    return [primitive(qualifiers, this.#tokens, this.#lookUp), qualifiers];
  }

  #qualifiers(): Qualifiers | undefined {
    const tokens = this.#tokens;
    const protocol = tokens.takeOneOf(PROTOCOLS);
    let direction = tokens.takeOneOf(DIRECTIONS) as Direction | undefined;
    if (direction !== undefined && tokens.peek(1) !== undefined) direction = this.#bothDirections(direction);
    const type = tokens.takeOneOf(TYPES) as Qualifiers['type'];
    if (protocol === undefined && direction === undefined && type === undefined) return undefined;
    return { protocol, direction, type };
  }

  /** `src or dst`, `src and dst` */
  #bothDirections(first: Direction): Direction {
    const tokens = this.#tokens;
    const [joint, second] = [tokens.peek(), tokens.peek(1)];
    if ((joint !== 'or' && joint !== 'and') || second === undefined || !DIRECTIONS.includes(second)) return first;
    if (second === first) return first;
    tokens.next();
    tokens.next();
    return joint === 'or' ? 'src or dst' : 'src and dst';
  }

  #ends(): boolean {
    const next = this.#tokens.peek();
    return next === undefined || ['and', '&&', 'or', '||', ')'].includes(next);
  }
}
