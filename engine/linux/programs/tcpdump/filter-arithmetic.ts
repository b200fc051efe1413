import type { Frame } from '../../net/capture/frame.ts';
import { macBytes } from '../../net/capture/wire-format.ts';
import type { Test } from './filter-primitives.ts';
import { FilterError, type FilterTokens } from './filter-tokens.ts';

// `tcp[tcpflags] & (tcp-syn|tcp-fin) != 0`, `len > 1000`, `ip[8] < 10`: numbers read out of packets. Of what a packet has not,
// nothing is true.

/** Undefined where the packet has no such bytes. */
type Value = (frame: Frame) => number | undefined;

const CONSTANTS: Readonly<Record<string, number>> = {
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-echo': 8,
  'icmp-timxceed': 11,
};

const IP_PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };
const IPV4 = 0x0800;
const ARP = 0x0806;

const RELATIONS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '=': (one, other) => one === other,
  '==': (one, other) => one === other,
  '!=': (one, other) => one !== other,
  '<': (one, other) => one < other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '>=': (one, other) => one >= other,
};

/** By how loosely they bind, the loosest first. */
const OPERATORS: readonly Readonly<Record<string, (one: number, other: number) => number | undefined>>[] = [
  { '|': (one, other) => (one | other) >>> 0, '^': (one, other) => (one ^ other) >>> 0 },
  { '&': (one, other) => (one & other) >>> 0 },
  { '<<': (one, other) => (one << other) >>> 0, '>>': (one, other) => one >>> other },
  { '+': (one, other) => (one + other) >>> 0, '-': (one, other) => (one - other) >>> 0 },
  {
    '*': (one, other) => Math.imul(one, other) >>> 0,
    '/': (one, other) => (other === 0 ? undefined : Math.floor(one / other)),
    '%': (one, other) => (other === 0 ? undefined : one % other),
  },
];

/** Whether a comparison begins here: with `tcp[`, `len`, a number before an operator. */
export function isValueStart(tokens: FilterTokens): boolean {
  const [first, second] = [tokens.peek(), tokens.peek(1)];
  if (second === '[' || first === 'len') return true;
  if (first === '(') return startsValue(tokens);
  return first !== undefined && isNumber(first) && isOperator(second);
}

/** Within parentheses both are possible: what stands behind the opening ones decides. */
function startsValue(tokens: FilterTokens): boolean {
  let at = 0;
  while (tokens.peek(at) === '(') at += 1;
  const word = tokens.peek(at);
  if (word === undefined || !(tokens.peek(at + 1) === '[' || word === 'len' || isNumber(word))) return false;
  // `(tcp[13] & 2 != 0)` is a test, `(tcp[13] & 2) != 0` a value.
  for (let depth = 0, place = 0; tokens.peek(place) !== undefined; place++) {
    const text = tokens.peek(place)!;
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (Object.hasOwn(RELATIONS, text) && depth > 0) return false;
    if (depth === 0) return isOperator(tokens.peek(place + 1));
  }
  return false;
}

function isNumber(text: string): boolean {
  return /^(?:0x[\da-f]+|\d+)$/i.test(text) || Object.hasOwn(CONSTANTS, text);
}

function isOperator(text: string | undefined): boolean {
  return (
    text !== undefined && (Object.hasOwn(RELATIONS, text) || OPERATORS.some((level) => Object.hasOwn(level, text)))
  );
}

export function comparison(tokens: FilterTokens): Test {
  const left = value(tokens, 0);
  const relation = tokens.next();
  if (relation === undefined || !Object.hasOwn(RELATIONS, relation)) throw new FilterError('syntax error');
  const right = value(tokens, 0);
  const holds = RELATIONS[relation]!;
  return (frame) => {
    const [one, other] = [left(frame), right(frame)];
    return one !== undefined && other !== undefined && holds(one, other);
  };
}

function value(tokens: FilterTokens, level: number): Value {
  const operators = OPERATORS[level];
  if (operators === undefined) return factor(tokens);
  let result = value(tokens, level + 1);
  for (;;) {
    const sign = tokens.peek();
    if (sign === undefined || !Object.hasOwn(operators, sign)) return result;
    tokens.next();
    const apply = operators[sign]!;
    const [left, right] = [result, value(tokens, level + 1)];
    result = (frame) => {
      const [one, other] = [left(frame), right(frame)];
      return one === undefined || other === undefined ? undefined : apply(one, other);
    };
  }
}

function factor(tokens: FilterTokens): Value {
  const word = tokens.next();
  if (word === '(') {
    const inner = value(tokens, 0);
    if (!tokens.take(')')) throw new FilterError('syntax error');
    return inner;
  }
  if (word === 'len') return ({ payload }) => payload.length + 14;
  if (word !== undefined && tokens.take('[')) return bytesOf(word, tokens);
  if (word === undefined || !isNumber(word)) throw new FilterError('syntax error');
  const number = CONSTANTS[word] ?? Number(word);
  return () => number;
}

/** `tcp[12:2]`: from a byte of the protocol's header on, one, two or four of them. */
function bytesOf(protocol: string, tokens: FilterTokens): Value {
  const offset = value(tokens, 0);
  const size = tokens.take(':') ? Number(tokens.next()) : 1;
  if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4');
  if (!tokens.take(']')) throw new FilterError('syntax error');
  if (!['ether', 'ip', 'arp', ...Object.keys(IP_PROTOCOLS)].includes(protocol)) throw new FilterError('syntax error');
  return (frame) => {
    const header = headerOf(protocol, frame);
    const at = offset(frame);
    if (header === undefined || at === undefined || at + size > header.length) return undefined;
    return header.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
  };
}

function headerOf(protocol: string, { etherType, payload, sourceMac, destinationMac }: Frame): Uint8Array | undefined {
  if (protocol === 'ether') {
    return Uint8Array.from([
      ...macBytes(destinationMac),
      ...macBytes(sourceMac),
      etherType >> 8,
      etherType & 255,
      ...payload,
    ]);
  }
  if (protocol === 'arp') return etherType === ARP ? payload : undefined;
  if (etherType !== IPV4) return undefined;
  if (protocol === 'ip') return payload;
  return payload[9] === IP_PROTOCOLS[protocol] ? payload.subarray((payload[0]! & 15) * 4) : undefined;
}
