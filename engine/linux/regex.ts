// POSIX regular expressions (basic and extended, with GNU's \+ \? \| \w \b). A search has a budget of steps: an
// expression that would take exponential time ends with an error instead of a hang.

type Node =
  | { readonly kind: 'set'; readonly test: (character: string) => boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: Node }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'reference'; readonly index: number }
  | { readonly kind: 'assert'; readonly what: '^' | '$' | 'b' | 'B' | '<' | '>' };

export class RegexError extends Error {
  override readonly name = 'RegexError';
}

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** Group 0 is the whole; undefined where a group took no part. */
  readonly groups: readonly (string | undefined)[];
}

const BUDGET = 10_000_000;
const MAX_DEPTH = 2000;

export class Regex {
  readonly #node: Node;
  readonly #groups: number;
  readonly #fold: boolean;

  /** Throws RegexError for an expression that is none. */
  constructor(source: string, options: { extended: boolean; ignoreCase?: boolean }) {
    const parser = new RegexParser(source, options.extended, options.ignoreCase === true);
    this.#node = parser.whole();
    this.#groups = parser.groups;
    this.#fold = options.ignoreCase === true;
  }

  /** The first match from `from` on. Throws RegexError when it takes too long. */
  search(text: string, from = 0): RegexMatch | undefined {
    const matcher = new Matcher(text, this.#groups, this.#fold);
    for (let start = from; start <= text.length; start++) {
      const end = matcher.run(this.#node, start);
      if (end < 0) continue;
      return { start, end, groups: [text.slice(start, end), ...matcher.captures()] };
    }
    return undefined;
  }

  test(text: string): boolean {
    return this.search(text) !== undefined;
  }
}

class Matcher {
  readonly #text: string;
  readonly #fold: boolean;
  readonly #starts: number[];
  readonly #ends: number[];
  #steps = 0;
  #depth = 0;

  constructor(text: string, groups: number, fold: boolean) {
    this.#text = text;
    this.#fold = fold;
    this.#starts = new Array(groups + 1).fill(-1);
    this.#ends = new Array(groups + 1).fill(-1);
  }

  run(node: Node, at: number): number {
    this.#starts.fill(-1);
    this.#ends.fill(-1);
    return this.#match(node, at, (end) => end);
  }

  captures(): (string | undefined)[] {
    return this.#starts
      .slice(1)
      .map((start, at) =>
        start < 0 || this.#ends[at + 1]! < 0 ? undefined : this.#text.slice(start, this.#ends[at + 1]!),
      );
  }

  #match(node: Node, at: number, next: (end: number) => number): number {
    if (++this.#steps > BUDGET) throw new RegexError('regular expression too complex');
    switch (node.kind) {
      case 'set':
        return at < this.#text.length && node.test(this.#text[at]!) ? next(at + 1) : -1;
      case 'sequence':
        return this.#sequence(node.nodes, 0, at, next);
      case 'choice':
        for (const option of node.options) {
          const end = this.#match(option, at, next);
          if (end >= 0) return end;
        }
        return -1;
      case 'group': {
        const { index } = node;
        const [start, end] = [this.#starts[index]!, this.#ends[index]!];
        const result = this.#match(node.node, at, (inner) => {
          const [innerStart, innerEnd] = [this.#starts[index]!, this.#ends[index]!];
          this.#starts[index] = at;
          this.#ends[index] = inner;
          const after = next(inner);
          if (after < 0) {
            this.#starts[index] = innerStart;
            this.#ends[index] = innerEnd;
          }
          return after;
        });
        if (result < 0) {
          this.#starts[index] = start;
          this.#ends[index] = end;
        }
        return result;
      }
      case 'repeat':
        return node.node.kind === 'set' ? this.#repeatSet(node.node, node, at, next) : this.#repeat(node, 0, at, next);
      case 'reference': {
        const captured =
          this.#starts[node.index]! < 0
            ? undefined
            : this.#text.slice(this.#starts[node.index]!, this.#ends[node.index]!);
        if (captured === undefined) return -1;
        const found = this.#text.slice(at, at + captured.length);
        const same = this.#fold ? found.toLowerCase() === captured.toLowerCase() : found === captured;
        return same ? next(at + captured.length) : -1;
      }
      case 'assert':
        return this.#holds(node.what, at) ? next(at) : -1;
    }
  }

  #sequence(nodes: readonly Node[], index: number, at: number, next: (end: number) => number): number {
    let position = at;
    // Single characters need no continuation.
    for (let i = index; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (node.kind === 'set') {
        if (position >= this.#text.length || !node.test(this.#text[position]!)) return -1;
        position += 1;
      } else return this.#match(node, position, (end) => this.#sequence(nodes, i + 1, end, next));
    }
    return next(position);
  }

  #repeatSet(
    set: Extract<Node, { kind: 'set' }>,
    { least, most }: { readonly least: number; readonly most: number },
    at: number,
    next: (end: number) => number,
  ): number {
    let end = at;
    while (end - at < most && end < this.#text.length && set.test(this.#text[end]!)) end += 1;
    this.#steps += (end - at) >> 3;
    for (; end - at >= least; end--) {
      if (++this.#steps > BUDGET) throw new RegexError('regular expression too complex');
      const result = next(end);
      if (result >= 0) return result;
    }
    return -1;
  }

  #repeat(node: Extract<Node, { kind: 'repeat' }>, count: number, at: number, next: (end: number) => number): number {
    if (++this.#depth > MAX_DEPTH) throw new RegexError('regular expression too complex');
    try {
      if (count < node.most) {
        const result = this.#match(node.node, at, (end) =>
          // A round that takes nothing would go on for ever.
          end === at && count >= node.least ? -1 : this.#repeat(node, count + 1, end, next),
        );
        if (result >= 0) return result;
      }
      return count >= node.least ? next(at) : -1;
    } finally {
      this.#depth -= 1;
    }
  }

  #holds(what: string, at: number): boolean {
    const text = this.#text;
    if (what === '^') return at === 0;
    if (what === '$') return at === text.length;
    const before = at > 0 && isWord(text[at - 1]!);
    const after = at < text.length && isWord(text[at]!);
    if (what === '<') return !before && after;
    if (what === '>') return before && !after;
    return (before !== after) === (what === 'b');
  }
}

function isWord(character: string): boolean {
  return /[A-Za-z0-9_]/.test(character);
}

class RegexParser {
  readonly #source: string;
  readonly #extended: boolean;
  readonly #fold: boolean;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(source: string, extended: boolean, fold: boolean) {
    this.#source = source;
    this.#extended = extended;
    this.#fold = fold;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new RegexError(this.#extended ? 'Unmatched ) or \\)' : 'Unmatched \\)');
    return node;
  }

  /** Takes an operator in the syntax's own way: `|` or `\|`. */
  #operator(character: string): boolean {
    const text = this.#extended ? character : `\\${character}`;
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #peek(character: string): boolean {
    return this.#source.startsWith(this.#extended ? character : `\\${character}`, this.#at);
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#operator('|')) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) {
      const first = nodes.length === 0;
      nodes.push(this.#quantified(this.#atom(first)));
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
  }

  #quantified(atom: Node): Node {
    let node = atom;
    for (;;) {
      let least: number;
      let most: number;
      if (this.#source[this.#at] === '*') {
        this.#at += 1;
        [least, most] = [0, Number.POSITIVE_INFINITY];
      } else if (this.#operator('+')) [least, most] = [1, Number.POSITIVE_INFINITY];
      else if (this.#operator('?')) [least, most] = [0, 1];
      else {
        const interval = /^(\d{1,4})?(,)?(\d{1,4})?/.exec(this.#source.slice(this.#at + (this.#extended ? 1 : 2)))!;
        if (!this.#peek('{') || (interval[1] === undefined && interval[2] === undefined)) return node;
        this.#operator('{');
        this.#at += interval[0].length;
        if (!this.#operator('}')) throw new RegexError('Unmatched { or \\{');
        least = Number(interval[1] ?? 0);
        most =
          interval[2] === undefined
            ? least
            : interval[3] === undefined
              ? Number.POSITIVE_INFINITY
              : Number(interval[3]);
      }
      node = { kind: 'repeat', node, least, most };
    }
  }

  #atom(first: boolean): Node {
    if (++this.#depth > 10_000) throw new RegexError('regular expression too big');
    const source = this.#source;
    if (this.#operator('(')) {
      const index = ++this.groups;
      const node = this.#choice();
      if (!this.#operator(')')) throw new RegexError('Unmatched ( or \\(');
      return { kind: 'group', index, node };
    }
    const character = source[this.#at++]!;
    if (character === '.') return { kind: 'set', test: () => true };
    if (character === '[') return this.#bracket();
    if (character === '^' && (this.#extended || first)) return { kind: 'assert', what: '^' };
    if (character === '$' && (this.#extended || this.#at === source.length || this.#peek(')') || this.#peek('|')))
      return { kind: 'assert', what: '$' };
    if (character !== '\\') return this.#literal(character);
    const escaped = source[this.#at++];
    if (escaped === undefined) throw new RegexError('Trailing backslash');
    if (/[1-9]/.test(escaped)) {
      if (Number(escaped) > this.groups) throw new RegexError('Invalid back reference');
      return { kind: 'reference', index: Number(escaped) };
    }
    switch (escaped) {
      case 'w':
        return { kind: 'set', test: isWord };
      case 'W':
        return { kind: 'set', test: (other) => !isWord(other) };
      case 's':
        return { kind: 'set', test: (other) => /\s/.test(other) };
      case 'S':
        return { kind: 'set', test: (other) => !/\s/.test(other) };
      case 'b':
      case 'B':
      case '<':
      case '>':
        return { kind: 'assert', what: escaped };
      case 'n':
        return this.#literal('\n');
      case 't':
        return this.#literal('\t');
      default:
        return this.#literal(escaped);
    }
  }

  #literal(character: string): Node {
    if (!this.#fold) return { kind: 'set', test: (other) => other === character };
    const lower = character.toLowerCase();
    return { kind: 'set', test: (other) => other.toLowerCase() === lower };
  }

  #bracket(): Node {
    const source = this.#source;
    const negated = source[this.#at] === '^';
    if (negated) this.#at += 1;
    const start = this.#at;
    const tests: ((character: string) => boolean)[] = [];
    for (;;) {
      const low = source[this.#at];
      if (low === undefined) throw new RegexError('Unmatched [, [^, [:, [., or [=');
      if (low === ']' && this.#at > start) break;
      const named = /^\[:(\w+):\]/.exec(source.slice(this.#at, this.#at + 14));
      if (named !== null) {
        const expression = CLASSES[named[1]!];
        if (expression === undefined) throw new RegexError('Invalid character class name');
        tests.push((character) => expression.test(character));
        this.#at += named[0].length;
        continue;
      }
      this.#at += 1;
      let high = low;
      if (source[this.#at] === '-' && source[this.#at + 1] !== ']' && source[this.#at + 1] !== undefined) {
        high = source[this.#at + 1]!;
        this.#at += 2;
      }
      if (high < low) throw new RegexError('Invalid range end');
      tests.push((character) => character >= low && character <= high);
    }
    this.#at += 1;
    const fold = this.#fold;
    const any = (character: string) => tests.some((test) => test(character));
    return {
      kind: 'set',
      test: (character) =>
        (fold ? any(character.toLowerCase()) || any(character.toUpperCase()) : any(character)) !== negated,
    };
  }
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z\u00c0-\uffff]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9\u00c0-\uffff]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~\u00a0-\uffff]/,
  graph: /[!-~\u00a1-\uffff]/,
};
