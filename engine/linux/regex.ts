import { type CharacterSet, isWord, type Node, RegexError, RegexParser } from './regex-syntax.ts';

// POSIX regular expressions (basic and extended, with GNU's \+ \? \| \w \b). A search has a budget of steps: an
// expression that would take exponential time ends with an error instead of a hang.

export { RegexError } from './regex-syntax.ts';

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
  /** What every match begins with, where that is one character. */
  readonly #first: CharacterSet | undefined;

  /** Throws RegexError for an expression that is none. */
  constructor(source: string, options: { extended: boolean; ignoreCase?: boolean }) {
    const parser = new RegexParser(source, options.extended, options.ignoreCase === true);
    this.#node = parser.whole();
    this.#groups = parser.groups;
    this.#fold = options.ignoreCase === true;
    this.#first = firstOf(this.#node);
  }

  /** The first match from `from` on. Throws RegexError when it takes too long. */
  search(text: string, from = 0): RegexMatch | undefined {
    return this.searchPart(text, from).match;
  }

  /** As `search`, for a text of which more is to come: `open` is from where on that more may still make a match. */
  searchPart(text: string, from = 0): { readonly match: RegexMatch | undefined; readonly open: number } {
    const matcher = new Matcher(text, this.#groups, this.#fold);
    let open = text.length;
    for (let start = from; start <= text.length; start++) {
      if (this.#first !== undefined && (start === text.length || !this.#first.test(text[start]!))) continue;
      matcher.reachedEnd = false;
      const end = matcher.run(this.#node, start);
      if (end >= 0) {
        const groups = [text.slice(start, end), ...matcher.captures()];
        return { match: { start, end, groups }, open: Math.min(open, start) };
      }
      if (matcher.reachedEnd) open = Math.min(open, start);
    }
    return { match: undefined, open };
  }

  test(text: string): boolean {
    return this.search(text) !== undefined;
  }
}

/** The set that a match must begin with; undefined where it may begin with several things, or with nothing. */
function firstOf(node: Node | undefined): CharacterSet | undefined {
  switch (node?.kind) {
    case 'set':
      return node;
    case 'sequence':
      return firstOf(node.nodes[0]);
    case 'group':
      return firstOf(node.node);
    case 'repeat':
      return node.least > 0 ? firstOf(node.node) : undefined;
    default:
      return undefined;
  }
}

class Matcher {
  /** Whether it wanted to know what comes after the text. */
  reachedEnd = false;
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
        return !this.#isEnd(at) && node.test(this.#text[at]!) ? next(at + 1) : -1;
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
        if (at + captured.length > this.#text.length) this.reachedEnd = true;
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
        if (this.#isEnd(position) || !node.test(this.#text[position]!)) return -1;
        position += 1;
      } else return this.#match(node, position, (end) => this.#sequence(nodes, i + 1, end, next));
    }
    return next(position);
  }

  #repeatSet(
    set: CharacterSet,
    { least, most }: { readonly least: number; readonly most: number },
    at: number,
    next: (end: number) => number,
  ): number {
    let end = at;
    while (end - at < most && !this.#isEnd(end) && set.test(this.#text[end]!)) end += 1;
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

  #isEnd(at: number): boolean {
    if (at < this.#text.length) return false;
    this.reachedEnd = true;
    return true;
  }

  #holds(what: string, at: number): boolean {
    const text = this.#text;
    if (what === '^') return at === 0;
    const isEnd = this.#isEnd(at);
    if (what === '$') return isEnd;
    const before = at > 0 && isWord(text[at - 1]!);
    const after = !isEnd && isWord(text[at]!);
    if (what === '<') return !before && after;
    if (what === '>') return before && !after;
    return (before !== after) === (what === 'b');
  }
}
