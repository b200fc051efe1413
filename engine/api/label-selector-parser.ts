import { checkLabelValue, checkQualifiedName } from './names.ts';

/** One condition on one label. `=` is `in` with one value, `!=` is `notin` with one. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

interface Token {
  readonly kind: 'identifier' | 'end' | string;
  readonly text: string;
}

const SYMBOLS = new Set([')', ',', '!', '=', '==', '!=', '(', '>', '<']);
const SPECIAL = /[=!(),><]/;
const SPACE = /[ \t\r\n]/;
const INTEGER = /^[+-]?[0-9]+$/;

/** A recursive-descent parser of label selectors that fails with the sentences of k8s.io/apimachinery/pkg/labels. */
export class LabelSelectorParser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return requirements;
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new Error(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',') throw new Error(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.kind !== 'identifier' && following.kind !== '!') {
        throw new Error(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #take(): Token {
    return this.#tokens[this.#position++] ?? END;
  }

  #requirement(): LabelRequirement {
    let token = this.#take();
    const negated = token.kind === '!';
    if (negated) token = this.#take();
    if (token.kind !== 'identifier') throw unparsed(`found '${token.text}', expected: identifier`);
    const key = token.text;
    for (const detail of checkQualifiedName(key)) {
      throw unparsed(`<nil>: Invalid value: ${JSON.stringify(key)}: ${detail}`);
    }
    const next = this.#peek();
    if (negated) return { key, operator: '!', values: [] };
    if (next.kind === 'end' || next.kind === ',') return { key, operator: 'exists', values: [] };
    return this.#comparison(key);
  }

  #comparison(key: string): LabelRequirement {
    const { kind, text } = this.#take();
    const operator = kind === 'identifier' ? WORDS[text] : OPERATORS[kind];
    if (operator === undefined) throw unparsed(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    const values = kind === 'identifier' ? this.#list() : [this.#value()];
    values.forEach((value, index) => {
      if (operator === 'gt' || operator === 'lt') {
        if (INTEGER.test(value)) return;
        const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
        throw unparsed(`values[${index}]: Invalid value: ${JSON.stringify(value)}: ${detail}`);
      }
      for (const detail of checkLabelValue(value)) {
        throw unparsed(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${detail}`);
      }
    });
    return { key, operator, values };
  }

  #value(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    const { kind, text } = this.#take();
    if (kind !== 'identifier') throw unparsed(`found '${text}', expected: identifier`);
    return text;
  }

  /** `(a, b)`; an empty place between commas is an empty value. */
  #list(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw unparsed(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw unparsed(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    let afterValue = false;
    for (;;) {
      const token = this.#take();
      if (token.kind === 'identifier') {
        values.add(token.text);
        const next = this.#peek();
        if (next.kind !== ',' && next.kind !== ')') throw unparsed(`found '${next.text}', expected: ',' or ')'`);
        afterValue = true;
      } else if (token.kind === ',' || token.kind === ')') {
        if (!afterValue) values.add('');
        if (token.kind === ')') return [...values];
        afterValue = false;
      } else throw unparsed(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

const END: Token = { kind: 'end', text: '' };
const WORDS: Readonly<Record<string, LabelRequirement['operator']>> = { in: 'in', notin: 'notin' };
const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  '=': 'in',
  '==': 'in',
  '!=': 'notin',
  '>': 'gt',
  '<': 'lt',
};

function unparsed(why: string): Error {
  return new Error(`unable to parse requirement: ${why}`);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at]!)) {
      at += 1;
    } else if (SPECIAL.test(text[at]!)) {
      const two = text.slice(at, at + 2);
      const symbol = SYMBOLS.has(two) ? two : text[at]!;
      tokens.push({ kind: symbol, text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !SPACE.test(text[at]!) && !SPECIAL.test(text[at]!)) at += 1;
      tokens.push({ kind: 'identifier', text: text.slice(start, at) });
    }
  }
  return tokens;
}
