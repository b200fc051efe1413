import type { TypeName } from './data-type.ts';
import type { NftSet } from './set.ts';
import type { Verdict } from './verdict.ts';

// What nftables' rules are made of, as data.
// https://manpages.debian.org/bookworm/nftables/nft.8.en.html#PRIMARY_EXPRESSIONS

/** What is asked of a packet; its value is text of its types, joined with ` . ` where it has several. */
export type Expression =
  | { readonly kind: 'selector'; readonly name: string; readonly type: TypeName }
  | { readonly kind: 'concatenation'; readonly parts: readonly Expression[] }
  | { readonly kind: 'bits'; readonly operator: '&' | '|' | '^'; readonly left: Expression; readonly right: number }
  | NumberGenerator
  | { readonly kind: 'lookup'; readonly key: Expression; readonly map: SetReference }
  | { readonly kind: 'value'; readonly type: TypeName; readonly text: string };

interface NumberGenerator {
  readonly kind: 'numgen';
  readonly mode: 'random' | 'inc';
  readonly modulus: number;
  readonly offset: number;
  /** Of `inc`: what it gives next. */
  next: number;
}

/** By name, or one that was written into the rule. */
export type SetReference = { readonly name: string } | { readonly inline: NftSet };

/** What a value is compared with. */
export type Pattern =
  | { readonly kind: 'values'; readonly texts: readonly string[] }
  | { readonly kind: 'range'; readonly first: string; readonly last: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'set'; readonly set: SetReference };

export type Comparison = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type Statement =
  | { readonly kind: 'match'; readonly left: Expression; readonly comparison: Comparison; readonly right: Pattern }
  | { readonly kind: 'vmap'; readonly key: Expression; readonly map: SetReference }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | Translation
  /** `tcp reset`, or the code of an ICMP answer. */
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'counter'; packets: number; bytes: number }
  | { readonly kind: 'log'; readonly prefix: string | undefined }
  | { readonly kind: 'assign'; readonly value: Expression }
  | {
      readonly kind: 'element';
      readonly action: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: Expression;
      readonly timeoutMs: number | undefined;
    }
  | RateLimit;

/** Of addresses or ports; `masquerade` and `redirect` take the machine's own address. */
export interface Translation {
  readonly kind: 'dnat' | 'snat' | 'masquerade' | 'redirect';
  readonly address: Expression | undefined;
  readonly port: Expression | undefined;
  readonly flags: readonly string[];
}

/** Lets through what is within a rate: a bucket that fills steadily. */
export interface RateLimit {
  readonly kind: 'limit';
  readonly rate: number;
  readonly per: 'second' | 'minute' | 'hour' | 'day';
  readonly over: boolean;
  readonly burst: number;
  tokens: number;
  filledMs: number;
}

/** The types of an expression's value, one a part. */
export function typesOf(expression: Expression): readonly TypeName[] {
  switch (expression.kind) {
    case 'concatenation':
      return expression.parts.flatMap(typesOf);
    case 'selector':
    case 'value':
      return [expression.type];
    case 'bits':
      return typesOf(expression.left);
    case 'numgen':
      return ['integer'];
    case 'lookup':
      return 'inline' in expression.map ? expression.map.inline.dataTypes : ['ipv4_addr'];
  }
}

/** The sets that a statement asks by name. */
export function setsNamedIn(statement: Statement): readonly string[] {
  const named = (reference: SetReference) => ('name' in reference ? [reference.name] : []);
  switch (statement.kind) {
    case 'match':
      return statement.right.kind === 'set' ? named(statement.right.set) : [];
    case 'vmap':
      return named(statement.map);
    case 'element':
      return [statement.set];
    case 'dnat':
    case 'snat':
      return statement.address?.kind === 'lookup' ? named(statement.address.map) : [];
    default:
      return [];
  }
}

/** The chains that a statement leads to, those in maps of its own included. */
export function chainsNamedIn(statement: Statement): readonly string[] {
  if (statement.kind === 'verdict') return chainOf(statement.verdict);
  if (statement.kind !== 'vmap' || !('inline' in statement.map)) return [];
  return [...statement.map.inline.elements()].flatMap(({ verdict }) => (verdict === undefined ? [] : chainOf(verdict)));
}

function chainOf(verdict: Verdict): readonly string[] {
  return 'chain' in verdict ? [verdict.chain] : [];
}
