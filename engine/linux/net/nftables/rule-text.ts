import { numberOf, type TypeName, valueText } from './data-type.ts';
import type { Expression, Pattern, SetReference, Statement, Translation } from './expression.ts';
import { typesOf } from './expression.ts';
import type { Element, NftSet } from './set.ts';
import type { NftRule } from './tables.ts';
import type { Verdict } from './verdict.ts';

// Rules as `nft list` writes them: always in one way, however they were written.

export interface TextOptions {
  /** Without counters (`-s`). */
  readonly stateless?: boolean;
  /** Protocols and states as numbers (`-n`). */
  readonly numeric?: boolean;
}

const NUMBERED: readonly TypeName[] = ['inet_proto', 'ct_state', 'ct_status', 'fib_addrtype', 'icmp_type'];

export function ruleText(
  { statements, comment }: Pick<NftRule, 'statements' | 'comment'>,
  options: TextOptions = {},
): string {
  const words = statements.map((statement) => statementText(statement, options));
  if (comment !== undefined) words.push(`comment "${comment}"`);
  return words.join(' ');
}

function statementText(statement: Statement, options: TextOptions): string {
  switch (statement.kind) {
    case 'match': {
      const { left, comparison, right } = statement;
      // Equality goes without saying, except behind arithmetic.
      const sign = comparison === '==' && left.kind !== 'bits' ? '' : ` ${comparison}`;
      return `${expressionText(left, options)}${sign} ${patternText(right, typesOf(left), options)}`;
    }
    case 'vmap':
      return `${expressionText(statement.key, options)} vmap ${referenceText(statement.map, options)}`;
    case 'verdict':
      return verdictText(statement.verdict);
    case 'dnat':
    case 'snat':
      return `${statement.kind} to ${targetText(statement, options)}${flagsText(statement.flags)}`;
    case 'masquerade':
    case 'redirect': {
      const to = statement.port === undefined ? '' : ` to :${expressionText(statement.port, options)}`;
      return `${statement.kind}${to}${flagsText(statement.flags)}`;
    }
    case 'reject':
      if (statement.with === 'port-unreachable') return 'reject';
      return `reject with ${statement.with === 'tcp reset' ? statement.with : `icmp ${statement.with}`}`;
    case 'counter':
      return options.stateless ? 'counter' : `counter packets ${statement.packets} bytes ${statement.bytes}`;
    case 'log':
      return statement.prefix === undefined ? 'log' : `log prefix "${statement.prefix}"`;
    case 'assign':
      return `meta mark set ${expressionText(statement.value, options)}`;
    case 'element': {
      const timeout = statement.timeoutMs === undefined ? '' : ` timeout ${durationText(statement.timeoutMs)}`;
      return `${statement.action} @${statement.set} { ${expressionText(statement.key, options)}${timeout} }`;
    }
    case 'limit': {
      const burst = statement.burst === 5 ? '' : ` burst ${statement.burst} packets`;
      return `limit rate ${statement.over ? 'over ' : ''}${statement.rate}/${statement.per}${burst}`;
    }
  }
}

function targetText({ address, port }: Translation, options: TextOptions): string {
  const host = address === undefined ? '' : expressionText(address, options);
  return port === undefined ? host : `${host}:${expressionText(port, options)}`;
}

function flagsText(flags: readonly string[]): string {
  return flags.length === 0 ? '' : ` ${flags.join(',')}`;
}

function verdictText(verdict: Verdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function expressionText(expression: Expression, options: TextOptions): string {
  switch (expression.kind) {
    case 'selector':
      return expression.name;
    case 'value':
      return constantText(expression.type, expression.text, options);
    case 'concatenation':
      return expression.parts.map((part) => expressionText(part, options)).join(' . ');
    case 'bits': {
      const right = `0x${expression.right.toString(16).padStart(8, '0')}`;
      return `${expressionText(expression.left, options)} ${expression.operator} ${right}`;
    }
    case 'numgen': {
      const offset = expression.offset === 0 ? '' : ` offset ${expression.offset}`;
      return `numgen ${expression.mode} mod ${expression.modulus}${offset}`;
    }
    case 'lookup':
      return `${expressionText(expression.key, options)} map ${referenceText(expression.map, options)}`;
  }
}

function patternText(pattern: Pattern, types: readonly TypeName[], options: TextOptions): string {
  switch (pattern.kind) {
    case 'values':
      return pattern.texts.map((text) => constantText(types[0]!, text, options)).join(',');
    case 'range':
      return `${pattern.first}-${pattern.last}`;
    case 'prefix':
      return pattern.text;
    case 'set':
      return referenceText(pattern.set, options);
  }
}

function referenceText(reference: SetReference, options: TextOptions): string {
  if ('name' in reference) return `@${reference.name}`;
  const { inline } = reference;
  return `{ ${inline
    .listed(0)
    .map((element) => elementText(inline, element, 0, options))
    .join(', ')} }`;
}

function constantText(type: TypeName, text: string, { numeric = false }: TextOptions): string {
  return numeric && NUMBERED.includes(type) ? String(numberOf(type, text)) : valueText(type, text);
}

/** `172.30.0.41 . tcp . 80 comment "ns/svc:p80" : goto service-…` */
export function elementText(set: NftSet, element: Element, nowMs: number, options: TextOptions = {}): string {
  const key = element.key.map((part, index) => constantText(set.types[index]!, part, options)).join(' . ');
  const timeout = element.timeoutMs === undefined ? '' : ` timeout ${durationText(element.timeoutMs)}`;
  const left = element.expiresMs === undefined ? '' : ` expires ${durationText(element.expiresMs - nowMs)}`;
  const comment = element.comment === undefined ? '' : ` comment "${element.comment}"`;
  const head = `${key}${timeout}${left}${comment}`;
  if (element.verdict !== undefined) return `${head} : ${verdictText(element.verdict)}`;
  return element.data === undefined ? head : `${head} : ${valueText(set.dataTypes[0]!, element.data)}`;
}

/** `3h`, `1m30s`, `59s996ms` */
export function durationText(milliseconds: number): string {
  let left = Math.max(0, Math.floor(milliseconds));
  let text = '';
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    if (left >= length) text += `${Math.floor(left / length)}${unit}`;
    left %= length;
  }
  return text === '' ? '0s' : text;
}
