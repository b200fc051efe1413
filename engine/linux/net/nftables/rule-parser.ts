import { parseAddress } from '../address.ts';
import { parseValue, type TypeName } from './data-type.ts';
import type { Comparison, Expression, Pattern, SetReference, Statement } from './expression.ts';
import { typesOf } from './expression.ts';
import { mergeIntervals } from './intervals.ts';
import { SELECTORS } from './selectors.ts';
import { type Element, NftSet } from './set.ts';
import { NftError, type Token, type TokenReader } from './tokens.ts';
import type { Verdict } from './verdict.ts';

/** How words begin a selector: `ip saddr`, `meta mark`; some stand for a longer one. */
const SHORT_SELECTORS: Readonly<Record<string, string>> = {
  mark: 'meta mark',
  'meta iifname': 'iifname',
  'meta oifname': 'oifname',
  'meta iif': 'iif',
  'meta oif': 'oif',
};

const COMPARISONS: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];
const WORD_COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
};
const BITS: Readonly<Record<string, '&' | '|' | '^'>> = { and: '&', '&': '&', or: '|', '|': '|', xor: '^', '^': '^' };
const NAT_FLAGS: readonly string[] = ['random', 'fully-random', 'persistent'];
const MAX_STATEMENTS = 256;

/**
 * Reads what stands behind `add rule TABLE CHAIN`, up to the end of the line, a semicolon or a brace.
 *
 * @throws NftError
 */
export function parseStatements(reader: TokenReader): { statements: Statement[]; comment: string | undefined } {
  const statements: Statement[] = [];
  let comment: string | undefined;
  let terminal: Token | undefined;
  while (!reader.atSeparator) {
    if (reader.takes('comment')) {
      comment = reader.quoted();
      continue;
    }
    const { token } = reader;
    const statement = parseStatement(reader);
    if (terminal !== undefined) throw new NftError('Statement after terminal statement has no effect', token);
    if (isTerminal(statement)) terminal = token;
    statements.push(statement);
    if (statements.length > MAX_STATEMENTS) throw new NftError('Rule is too long', token);
  }
  if (statements.length === 0) reader.fail();
  return { statements, comment };
}

function isTerminal(statement: Statement): boolean {
  if (statement.kind === 'verdict') return statement.verdict.kind !== 'continue';
  return ['dnat', 'snat', 'masquerade', 'redirect', 'reject'].includes(statement.kind);
}

function parseStatement(reader: TokenReader): Statement {
  const verdict = parseVerdict(reader);
  if (verdict !== undefined) return { kind: 'verdict', verdict };
  const word = reader.token.text;
  const special = Object.hasOwn(STATEMENTS, word) ? STATEMENTS[word] : undefined;
  if (special !== undefined && reader.token.kind === 'word') {
    reader.next();
    return special(reader);
  }
  const left = parseExpression(reader);
  if (reader.takes('vmap')) return { kind: 'vmap', key: left, map: parseReference(reader, typesOf(left), ['verdict']) };
  if (left.kind === 'selector' && reader.takes('set')) {
    if (left.name !== 'meta mark') throw new NftError(`${left.name} cannot be set`, reader.last);
    return { kind: 'assign', value: parseExpression(reader, 'mark') };
  }
  return { kind: 'match', left, comparison: parseComparison(reader), right: parsePattern(reader, typesOf(left)) };
}

function parseVerdict(reader: TokenReader): Verdict | undefined {
  const { text, kind } = reader.token;
  if (kind !== 'word') return undefined;
  if (text === 'accept' || text === 'drop' || text === 'return' || text === 'continue') {
    reader.next();
    return { kind: text };
  }
  if (text !== 'jump' && text !== 'goto') return undefined;
  reader.next();
  return { kind: text, chain: reader.word().text };
}

const STATEMENTS: Readonly<Record<string, (reader: TokenReader) => Statement>> = {
  counter: (reader) => {
    const packets = reader.takes('packets') ? reader.number() : 0;
    const bytes = reader.takes('bytes') ? reader.number() : 0;
    return { kind: 'counter', packets, bytes };
  },
  log: (reader) => ({ kind: 'log', prefix: reader.takes('prefix') ? reader.quoted() : undefined }),
  reject: (reader) => ({ kind: 'reject', with: reader.takes('with') ? rejection(reader) : 'port-unreachable' }),
  masquerade: (reader) => ({ kind: 'masquerade', address: undefined, port: toPort(reader), flags: flags(reader) }),
  redirect: (reader) => ({ kind: 'redirect', address: undefined, port: toPort(reader), flags: flags(reader) }),
  dnat: (reader) => translation(reader, 'dnat'),
  snat: (reader) => translation(reader, 'snat'),
  limit: (reader) => {
    reader.expect('rate', 'word');
    const over = reader.takes('over');
    const match = /^(\d+)\/(second|minute|hour|day)$/.exec(reader.word().text);
    if (match === null) throw new NftError('syntax error, expecting a rate', reader.last);
    const burst = reader.takes('burst') ? reader.number() : 5;
    reader.takes('packets');
    const per = match[2] as 'second' | 'minute' | 'hour' | 'day';
    return { kind: 'limit', rate: Number(match[1]), per, over, burst, tokens: burst, filledMs: 0 };
  },
  add: (reader) => change(reader, 'add'),
  update: (reader) => change(reader, 'update'),
  delete: (reader) => change(reader, 'delete'),
};

function rejection(reader: TokenReader): string {
  if (reader.takes('tcp')) {
    reader.expect('reset', 'word');
    return 'tcp reset';
  }
  reader.expect('icmp', 'word');
  reader.takes('type');
  return reader.word().text;
}

function toPort(reader: TokenReader): Expression | undefined {
  if (!reader.takes('to')) return undefined;
  reader.expect(':');
  return parseExpression(reader, 'inet_service');
}

function flags(reader: TokenReader): string[] {
  const found: string[] = [];
  while (NAT_FLAGS.includes(reader.token.text)) {
    found.push(reader.next().text);
    reader.takesSymbol(',');
  }
  return found;
}

function translation(reader: TokenReader, kind: 'dnat' | 'snat'): Statement {
  reader.takes('ip');
  reader.expect('to', 'word');
  const address = reader.sees(':', 'symbol') ? undefined : parseExpression(reader, 'ipv4_addr');
  const port = reader.takesSymbol(':') ? parseExpression(reader, 'inet_service') : undefined;
  return { kind, address, port, flags: flags(reader) };
}

function change(reader: TokenReader, action: 'add' | 'update' | 'delete'): Statement {
  reader.expect('@');
  const set = reader.word().text;
  reader.expect('{');
  const key = parseExpression(reader);
  const timeoutMs = reader.takes('timeout') ? parseDuration(reader) : undefined;
  reader.expect('}');
  return { kind: 'element', action, set, key, timeoutMs };
}

/** @param type of a constant, where one may stand */
function parseExpression(reader: TokenReader, type?: TypeName): Expression {
  const parts = [parsePrimary(reader, type)];
  while (reader.takes('.')) parts.push(parsePrimary(reader, type));
  const whole: Expression = parts.length === 1 ? parts[0]! : { kind: 'concatenation', parts };
  const operator = BITS[reader.token.text];
  if (operator !== undefined) {
    reader.next();
    return { kind: 'bits', operator, left: whole, right: reader.number() };
  }
  if (!reader.takes('map')) return whole;
  return { kind: 'lookup', key: whole, map: parseReference(reader, typesOf(whole), [type ?? 'ipv4_addr']) };
}

function parsePrimary(reader: TokenReader, type: TypeName | undefined): Expression {
  const first = reader.next();
  if (first.text === 'numgen') return numberGenerator(reader);
  let name = first.text;
  for (let words = 0; words < 3; words++) {
    const full = SHORT_SELECTORS[name] ?? name;
    if (Object.hasOwn(SELECTORS, full)) return { kind: 'selector', name: full, type: SELECTORS[full]!.type };
    if (!/^(ip|tcp|udp|sctp|th|meta|ct|fib|icmp)( (s|d)addr)?$/.test(name)) break;
    name += ` ${reader.word().text}`;
  }
  const value = type === undefined ? undefined : parseValue(type, first.text);
  if (value !== undefined) return { kind: 'value', type: type!, text: value };
  if (type === 'ipv4_addr') throw unresolved(first);
  const what = first.kind === 'newline' ? 'newline' : first.kind === 'symbol' ? `'${first.text}'` : name;
  throw new NftError(`syntax error, unexpected ${what}`, first);
}

function numberGenerator(reader: TokenReader): Expression {
  const mode = reader.word().text;
  if (mode !== 'random' && mode !== 'inc') throw new NftError(`syntax error, unexpected ${mode}`, reader.last);
  reader.expect('mod', 'word');
  const modulus = reader.number();
  if (modulus === 0) throw new NftError('modulus must not be zero', reader.last);
  return { kind: 'numgen', mode, modulus, offset: reader.takes('offset') ? reader.number() : 0, next: 0 };
}

function parseComparison(reader: TokenReader): Comparison {
  const { text } = reader.token;
  const comparison = WORD_COMPARISONS[text] ?? (COMPARISONS.includes(text) ? (text as Comparison) : undefined);
  if (comparison === undefined) return '==';
  reader.next();
  return comparison;
}

function parsePattern(reader: TokenReader, types: readonly TypeName[]): Pattern {
  if (reader.sees('@', 'symbol')) return { kind: 'set', set: parseReference(reader, types) };
  if (reader.sees('{', 'symbol')) {
    const set = parseInline(reader, types);
    const [only, ...others] = [...set.elements()];
    // A set of one says no more than its element.
    return only !== undefined && others.length === 0 ? patternOf(only.key) : { kind: 'set', set: { inline: set } };
  }
  const texts = [parseKey(reader, types).join(' . ')];
  while (types[0] === 'ct_state' && reader.takesSymbol(',')) texts.push(parsePart(reader, types[0]));
  return texts.length > 1 ? { kind: 'values', texts: texts.sort(byState) } : patternOf(texts);
}

/** In the order of their bits, as they are listed. */
const STATE_ORDER = ['invalid', 'established', 'related', 'new', 'untracked'];

function byState(one: string, other: string): number {
  return STATE_ORDER.indexOf(one) - STATE_ORDER.indexOf(other);
}

function patternOf(key: readonly string[]): Pattern {
  const text = key.join(' . ');
  if (key.length > 1 || /[a-z]/.test(text)) return { kind: 'values', texts: [text] };
  if (text.includes('/')) return { kind: 'prefix', text };
  const [first = '', last] = text.split('-');
  return last === undefined ? { kind: 'values', texts: [text] } : { kind: 'range', first, last };
}

/** `@name`, or `{ … }` in place. */
function parseReference(
  reader: TokenReader,
  types: readonly TypeName[],
  data?: readonly (TypeName | 'verdict')[],
): SetReference {
  if (reader.takesSymbol('@')) return { name: reader.word().text };
  if (!reader.sees('{', 'symbol')) reader.fail("expecting '{' or '@'");
  return { inline: parseInline(reader, types, data) };
}

function parseInline(
  reader: TokenReader,
  types: readonly TypeName[],
  data?: readonly (TypeName | 'verdict')[],
): NftSet {
  const set = new NftSet({ name: '', types, flags: [], ...(data !== undefined && { data }) });
  const elements = parseElements(reader, set);
  const keys =
    data === undefined && types.length === 1
      ? mergeIntervals(
          types[0]!,
          elements.map(({ key }) => key[0]!),
        )
      : undefined;
  if (keys === undefined) for (const element of elements) set.put(element);
  else for (const key of keys) set.put({ key: [key] });
  return set;
}

/** `{ KEY [timeout …] [comment "…"] [: VALUE], … }`, for a set of these types. @throws NftError */
export function parseElements(
  reader: TokenReader,
  set: Pick<NftSet, 'types' | 'data' | 'timeoutMs' | 'dataTypes'>,
  nowMs = 0,
): (Element & { readonly place: Token })[] {
  const elements: (Element & { readonly place: Token })[] = [];
  reader.expect('{');
  for (;;) {
    reader.skipNewlines();
    if (reader.takesSymbol('}')) return elements;
    const place = reader.token;
    const key = parseKey(reader, set.types);
    const timeoutMs = reader.takes('timeout') ? parseDuration(reader) : undefined;
    if (reader.takes('expires')) parseDuration(reader);
    const comment = reader.takes('comment') ? reader.quoted() : undefined;
    const lastsMs = timeoutMs ?? set.timeoutMs;
    elements.push({
      key,
      place,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(lastsMs !== undefined && { expiresMs: nowMs + lastsMs }),
      ...(comment !== undefined && { comment }),
      ...(reader.takesSymbol(':') ? parseMapped(reader, set) : {}),
    });
    reader.skipNewlines();
    if (!reader.takesSymbol(',') && !reader.sees('}', 'symbol')) reader.fail("expecting comma or '}'");
  }
}

function parseMapped(reader: TokenReader, { data, dataTypes }: Pick<NftSet, 'data' | 'dataTypes'>): Partial<Element> {
  if (data?.includes('verdict') !== true) return { data: parsePart(reader, dataTypes[0] ?? 'integer') };
  const verdict = parseVerdict(reader);
  return verdict === undefined ? reader.fail() : { verdict };
}

function parseKey(reader: TokenReader, types: readonly TypeName[]): string[] {
  return types.map((type, index) => {
    if (index > 0) reader.expect('.', 'word');
    return parsePart(reader, type);
  });
}

/** One value, a range of them or a prefix. */
function parsePart(reader: TokenReader, type: TypeName): string {
  const { token } = reader;
  if (token.kind !== 'word' && token.kind !== 'string') reader.fail();
  reader.next();
  const value = parseValue(type, token.text);
  if (value !== undefined) return value;
  const [base = '', length] = token.text.split('/');
  if (type === 'ipv4_addr' && length !== undefined && parseAddress(base) !== undefined && Number(length) <= 32) {
    return Number(length) === 32 ? base : token.text;
  }
  const [first = '', last = ''] = token.text.split('-');
  const bounds = [parseValue(type, first), parseValue(type, last)];
  if (!bounds.includes(undefined)) return bounds.join('-');
  throw type === 'ipv4_addr' ? unresolved(token) : new NftError(`Could not parse ${type}`, token);
}

function unresolved(token: Token): NftError {
  return new NftError('Could not resolve hostname: Name or service not known', token);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10800s`, `1h30m`; a bare number is seconds. In milliseconds. */
export function parseDuration(reader: TokenReader): number {
  const { text } = reader.word();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) throw new NftError('syntax error, expecting a duration', reader.last);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) total += Number(amount) * UNIT_MS[unit!]!;
  return total;
}
