import { Regex } from '../../regex.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'match'; readonly regex: Regex | undefined }
  | { readonly kind: 'step'; readonly first: number; readonly step: number };

/** The end of a range may also be so many lines on. */
type RangeEnd = Address | { readonly kind: 'count'; readonly count: number };

export interface Command {
  readonly name: string;
  readonly from: Address | undefined;
  readonly to: RangeEnd | undefined;
  readonly negated: boolean;
  /** Of `a`, `i`, `c`, `b`, `t`, `y`, `r`, `w`. */
  readonly text: string;
  readonly substitution: Substitution | undefined;
  /** Of `{`: where the matching `}` is. */
  end: number;
}

export interface Substitution {
  /** Undefined: the expression used last. */
  readonly regex: Regex | undefined;
  readonly replacement: string;
  readonly global: boolean;
  readonly print: boolean;
  readonly occurrence: number;
}

/** What is wrong with a script. */
export class SedError extends Error {
  override readonly name = 'SedError';
}

/** Parses a sed script. Throws SedError or RegexError. */
export function parseSed(source: string, extended: boolean): Command[] {
  const parser = new SedParser(source, extended);
  return parser.commands();
}

class SedParser {
  readonly #source: string;
  readonly #extended: boolean;
  #at = 0;

  constructor(source: string, extended: boolean) {
    this.#source = source;
    this.#extended = extended;
  }

  commands(): Command[] {
    const commands: Command[] = [];
    const open: Command[] = [];
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#source[this.#at] === '#') {
        this.#skip(/[^\n]*/y);
        continue;
      }
      if (this.#at >= this.#source.length) break;
      const command = this.#command();
      commands.push(command);
      if (command.name === '{') open.push(command);
      else if (command.name === '}') {
        const start = open.pop();
        if (start === undefined) throw new SedError("unexpected '}'");
        start.end = commands.length - 1;
      }
    }
    if (open.length > 0) throw new SedError('unmatched {');
    return commands;
  }

  #skip(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const text = expression.exec(this.#source)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #command(): Command {
    const from = this.#address();
    let to: RangeEnd | undefined;
    if (from !== undefined && this.#source[this.#at] === ',') {
      this.#at += 1;
      this.#skip(/ */y);
      const count = this.#skip(/\+\d+/y);
      to = count === '' ? this.#address() : { kind: 'count', count: Number(count) };
      if (to === undefined) throw new SedError('unexpected ,');
    }
    this.#skip(/ */y);
    const negated = this.#skip(/! */y) !== '';
    const name = this.#source[this.#at++];
    if (name === undefined) throw new SedError('missing command');
    let text = '';
    let substitution: Substitution | undefined;
    switch (name) {
      case 's':
        substitution = this.#substitution();
        break;
      case 'y': {
        const mark = this.#source[this.#at++] ?? '';
        text = JSON.stringify([this.#until(mark), this.#until(mark)]);
        break;
      }
      case 'a':
      case 'i':
      case 'c':
        text = this.#textArgument();
        break;
      case 'b':
      case 't':
      case 'T':
      case ':':
        text = this.#skip(/ *[^;\n}]*/y).trim();
        break;
      case 'r':
      case 'w':
        text = this.#skip(/ *[^\n]*/y).trim();
        break;
      case 'q':
      case 'Q':
        text = this.#skip(/ *\d*/y).trim();
        break;
      default:
        if (!'dDpPnNgGhHx={}lz'.includes(name)) throw new SedError(`unsupported command ${name}`);
    }
    return { name, from, to, negated, text, substitution, end: -1 };
  }

  #address(): Address | undefined {
    const step = this.#skip(/\d+~\d+/y);
    if (step !== '') {
      const [first, by] = step.split('~').map(Number) as [number, number];
      return { kind: 'step', first, step: by };
    }
    const line = this.#skip(/\d+/y);
    if (line !== '') return { kind: 'line', line: Number(line) };
    if (this.#skip(/\$/y) !== '') return { kind: 'last' };
    const other = this.#source[this.#at] === '\\';
    if (this.#source[this.#at] !== '/' && !other) return undefined;
    this.#at += other ? 2 : 1;
    const source = this.#until(this.#source[this.#at - 1]!);
    const flags = this.#skip(/[I]*/y);
    return { kind: 'match', regex: this.#regex(source, flags.includes('I')) };
  }

  #regex(source: string, ignoreCase: boolean): Regex | undefined {
    return source === '' ? undefined : new Regex(source, { extended: this.#extended, ignoreCase });
  }

  /** Text up to an unescaped mark; an escaped mark stands for itself, `\n` for a newline where the mark is not n. */
  #until(mark: string): string {
    let text = '';
    let bracket = false;
    for (; this.#at < this.#source.length; this.#at++) {
      const character = this.#source[this.#at]!;
      if (character === '\\') {
        const next = this.#source[++this.#at] ?? '';
        text += next === mark && !/[()|+?{}]/.test(mark) ? next : `\\${next}`;
        continue;
      }
      if (character === '[') bracket = true;
      else if (character === ']') bracket = false;
      if (
        character === mark &&
        !(
          bracket &&
          mark === '/' &&
          this.#source.indexOf(']', this.#at) > 0 &&
          this.#source.indexOf(']', this.#at) < this.#source.indexOf(mark, this.#at + 1)
        )
      ) {
        this.#at += 1;
        return text;
      }
      text += character;
    }
    throw new SedError(`unterminated address or command`);
  }

  #substitution(): Substitution {
    const mark = this.#source[this.#at++] ?? '';
    if (mark === '' || mark === '\n' || mark === '\\') throw new SedError('bad option in substitution expression');
    const pattern = this.#until(mark);
    const replacement = this.#until(mark);
    const flags = this.#skip(/[gpiIeMm0-9]*/y);
    this.#skip(/ */y);
    return {
      regex: this.#regex(pattern, /[iI]/.test(flags)),
      replacement,
      global: flags.includes('g'),
      print: flags.includes('p'),
      occurrence: Number(/\d+/.exec(flags)?.[0] ?? 1) || 1,
    };
  }

  /** The text of `a`, `i`, `c`: the rest of the line, or the lines after a backslash. */
  #textArgument(): string {
    this.#skip(/[ \t]*(\\[ \t]*\n|\\(?=\S))?[ \t]*/y);
    let text = '';
    for (; this.#at < this.#source.length; this.#at++) {
      const character = this.#source[this.#at]!;
      if (character === '\n') break;
      if (character === '\\') {
        const next = this.#source[++this.#at] ?? '';
        text += next === 'n' ? '\n' : next === 't' ? '\t' : next;
      } else text += character;
    }
    return text;
  }
}
