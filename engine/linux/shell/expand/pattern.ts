// Shell patterns: `*`, `?`, `[…]` and the extended `@(a|b)` forms. Matching is a walk over sets of states, so no pattern
// takes time beyond text × pattern; the extended forms search with a budget.

type Token =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly test: (character: string) => boolean }
  | { readonly kind: 'extended'; readonly operator: string; readonly alternatives: readonly (readonly Token[])[] };

/** Text by code points, when it needs that. */
type Characters = string | readonly string[];

export function charactersOf(text: string): Characters {
  return /[\ud800-\udbff]/.test(text) ? [...text] : text;
}

const SEARCH_BUDGET = 200_000;

export class Pattern {
  readonly #tokens: readonly Token[];
  readonly #extended: boolean;
  /** The text, when the pattern is one and nothing else. */
  readonly literal: string | undefined;

  constructor(pattern: string) {
    this.#tokens = parsePattern(charactersOf(pattern));
    this.#extended = this.#tokens.some((token) => token.kind === 'extended');
    this.literal = this.#tokens.every((token) => token.kind === 'character')
      ? this.#tokens.map((token) => (token.kind === 'character' ? token.character : '')).join('')
      : undefined;
  }

  matches(text: string): boolean {
    if (this.literal !== undefined) return this.literal === text;
    const characters = charactersOf(text);
    const end = this.#matchAt(characters, 0, true, (at) => at === characters.length);
    return end === characters.length;
  }

  /** How many characters from `at` on match: the most or the fewest; -1 for no match. */
  lengthAt(characters: Characters, at: number, longest: boolean): number {
    const end = this.#matchAt(characters, at, longest);
    return end < 0 ? -1 : end - at;
  }

  #matchAt(characters: Characters, from: number, longest: boolean, accept?: (at: number) => boolean): number {
    if (this.#extended) return searchEnd(this.#tokens, characters, from, longest, accept);
    let states = new Set<number>();
    addState(states, 0, this.#tokens);
    let best = -1;
    const done = this.#tokens.length;
    for (let at = from; ; at++) {
      if (states.has(done) && (accept === undefined || accept(at))) {
        best = at;
        if (!longest) return best;
      }
      if (at >= characters.length || states.size === 0) return best;
      const character = characters[at]!;
      const next = new Set<number>();
      for (const state of states) {
        const token = this.#tokens[state];
        if (token === undefined) continue;
        if (token.kind === 'star') addState(next, state, this.#tokens);
        else if (matchesOne(token, character)) addState(next, state + 1, this.#tokens);
      }
      states = next;
    }
  }
}

function addState(states: Set<number>, state: number, tokens: readonly Token[]): void {
  for (let at = state; !states.has(at); at++) {
    states.add(at);
    if (tokens[at]?.kind !== 'star') return;
  }
}

function matchesOne(token: Token, character: string): boolean {
  if (token.kind === 'character') return token.character === character;
  return token.kind === 'any' || (token.kind === 'class' && token.test(character) !== token.negated);
}

function searchEnd(
  tokens: readonly Token[],
  characters: Characters,
  from: number,
  longest: boolean,
  accept?: (at: number) => boolean,
): number {
  const budget = { left: SEARCH_BUDGET };
  let best = -1;
  for (const end of ends(tokens, 0, characters, from, budget)) {
    if (accept !== undefined && !accept(end)) continue;
    if (best < 0 || (longest ? end > best : end < best)) best = end;
    if (accept !== undefined) return best;
  }
  return best;
}

function* ends(
  tokens: readonly Token[],
  state: number,
  characters: Characters,
  at: number,
  budget: { left: number },
): Generator<number> {
  if (budget.left-- <= 0) return;
  const token = tokens[state];
  if (token === undefined) {
    yield at;
  } else if (token.kind === 'star') {
    for (let next = at; next <= characters.length; next++) yield* ends(tokens, state + 1, characters, next, budget);
  } else if (token.kind === 'extended') {
    for (const next of new Set(extendedEnds(token, characters, at, budget))) {
      yield* ends(tokens, state + 1, characters, next, budget);
    }
  } else if (at < characters.length && matchesOne(token, characters[at]!)) {
    yield* ends(tokens, state + 1, characters, at + 1, budget);
  }
}

function* extendedEnds(
  token: Extract<Token, { kind: 'extended' }>,
  characters: Characters,
  at: number,
  budget: { left: number },
): Generator<number> {
  const { operator } = token;
  if (operator === '!') {
    const excluded = new Set(token.alternatives.flatMap((choice) => [...ends(choice, 0, characters, at, budget)]));
    for (let next = at; next <= characters.length; next++) if (!excluded.has(next)) yield next;
    return;
  }
  if (operator === '?' || operator === '*') yield at;
  const seen = new Set<number>([at]);
  let frontier = [at];
  while (frontier.length > 0) {
    const reached: number[] = [];
    for (const start of frontier) {
      for (const choice of token.alternatives) {
        for (const end of ends(choice, 0, characters, start, budget)) {
          if (start === at || !seen.has(end)) yield end;
          if (!seen.has(end)) reached.push(end);
          seen.add(end);
        }
      }
    }
    if (operator === '@' || operator === '?') return;
    frontier = reached;
  }
}

function parsePattern(characters: Characters): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (/[@!+*?]/.test(character) && characters[at + 1] === '(') {
      const extended = parseExtended(characters, at);
      if (extended !== undefined) {
        tokens.push(extended.token);
        at = extended.end;
        continue;
      }
    }
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (character === '?') tokens.push({ kind: 'any' });
    else if (character === '[') {
      const bracket = parseBracket(characters, at);
      if (bracket === undefined) tokens.push({ kind: 'character', character });
      else {
        tokens.push(bracket.token);
        at = bracket.end;
      }
    } else if (character === '\\' && at + 1 < characters.length) {
      at += 1;
      tokens.push({ kind: 'character', character: characters[at]! });
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

function parseExtended(characters: Characters, at: number): { token: Token; end: number } | undefined {
  let depth = 0;
  let start = at + 2;
  const alternatives: Token[][] = [];
  for (let i = at + 1; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '\\') i += 1;
    else if (character === '(') {
      depth += 1;
      if (depth > 50) return undefined;
    } else if (character === '|' && depth === 1) {
      alternatives.push(parsePattern(characters.slice(start, i)));
      start = i + 1;
    } else if (character === ')' && --depth === 0) {
      alternatives.push(parsePattern(characters.slice(start, i)));
      return { token: { kind: 'extended', operator: characters[at]!, alternatives }, end: i };
    }
  }
  return undefined;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}0-9]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~\u00a0-\uffff]/,
  graph: /[!-~\u00a1-\uffff]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
  word: /[\p{L}0-9_]/u,
};

function parseBracket(characters: Characters, at: number): { token: Token; end: number } | undefined {
  let i = at + 1;
  const negated = characters[i] === '!' || characters[i] === '^';
  if (negated) i += 1;
  const first = i;
  const tests: ((character: string) => boolean)[] = [];
  for (; i < characters.length; i++) {
    let low = characters[i]!;
    if (low === ']' && i > first) {
      return { token: { kind: 'class', negated, test: (character) => tests.some((test) => test(character)) }, end: i };
    }
    if (low === '[' && characters[i + 1] === ':') {
      const close = joined(characters, i + 2).indexOf(':]');
      const name = close < 0 ? undefined : joined(characters, i + 2).slice(0, close);
      const expression = name === undefined ? undefined : CLASSES[name];
      if (expression !== undefined) {
        tests.push((character) => expression.test(character));
        i += name!.length + 3;
        continue;
      }
    }
    if (low === '\\' && i + 1 < characters.length) low = characters[++i]!;
    let high = low;
    if (characters[i + 1] === '-' && i + 2 < characters.length && characters[i + 2] !== ']') {
      i += 2;
      high = characters[i] === '\\' ? characters[++i]! : characters[i]!;
    }
    const from = low.codePointAt(0)!;
    const to = high.codePointAt(0)!;
    tests.push((character) => {
      const code = character.codePointAt(0)!;
      return code >= from && code <= to;
    });
  }
  return undefined;
}

function joined(characters: Characters, from: number): string {
  const rest = characters.slice(from, from + 12);
  return typeof rest === 'string' ? rest : rest.join('');
}

/** A pattern that matches exactly the text. */
export function escapePattern(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\*?[\]()|!+@]/g, '\\$&') : text;
}

const SPECIAL = /[\\*?[\]()|!+@]/;
