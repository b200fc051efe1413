// What a POSIX regular expression is made of, and how its text is read.

export type Node =
  | { readonly kind: 'set'; readonly test: (character: string) => boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: Node }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'reference'; readonly index: number }
  | { readonly kind: 'assert'; readonly what: '^' | '$' | 'b' | 'B' | '<' | '>' };

export type CharacterSet = Extract<Node, { kind: 'set' }>;

export class RegexError extends Error {
  override readonly name = 'RegexError';
}

export class RegexParser {
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

/** Of what `\w` and the edges of words are about. */
export function isWord(character: string): boolean {
  return /[A-Za-z0-9_]/.test(character);
}
