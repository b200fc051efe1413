import { HistoryError, type HistoryMemory } from './memory.ts';
import { modify } from './modifiers.ts';
import { historyWords } from './words.ts';

// What an interactive bash makes of `!!`, `!$`, `!kubectl:s/a/b/` and `^a^b` before it reads a line.
// https://www.gnu.org/software/bash/manual/html_node/History-Interaction.html

/** What a line says after its expansion. */
export interface Expanded {
  readonly text: string;
  /** Whether anything was expanded: then bash shows the line. */
  readonly changed: boolean;
  /** `:p`: the line is remembered, and not run. */
  readonly printOnly: boolean;
}

/** What expansion goes by besides the line. */
export interface ExpansionContext {
  /** Earlier lines, the last one last. */
  readonly history: readonly string[];
  readonly memory: HistoryMemory;
  /** The quote that an earlier line of the same command has left open. */
  readonly quote?: '"' | "'" | '' | undefined;
  /** Whether `!(…)` is a pattern. */
  readonly extglob: boolean;
}

/** @throws HistoryError for what cannot be expanded */
export function expandHistory(line: string, context: ExpansionContext): Expanded {
  const isQuick = line.startsWith('^') && (context.quote ?? '') === '';
  return new Expansion(isQuick ? `!!:s${line}` : line, context).run();
}

class Expansion {
  readonly #line: string;
  readonly #context: ExpansionContext;
  #at = 0;
  #text = '';
  #quote: string;
  #changed = false;
  #printOnly = false;

  constructor(line: string, context: ExpansionContext) {
    this.#line = line;
    this.#context = context;
    this.#quote = context.quote ?? '';
  }

  run(): Expanded {
    while (this.#at < this.#line.length) {
      if (this.#isComment()) this.#copy(this.#line.length - this.#at);
      else if (this.#isEvent()) this.#expandEvent();
      else this.#copyOne();
    }
    return { text: this.#text, changed: this.#changed, printOnly: this.#printOnly };
  }

  #copy(count: number): void {
    this.#text += this.#line.slice(this.#at, this.#at + count);
    this.#at += count;
  }

  #copyOne(): void {
    const char = this.#line[this.#at]!;
    const escapes = char === '\\' && this.#quote !== "'";
    if (char === this.#quote) this.#quote = '';
    else if (this.#quote === '' && (char === '"' || char === "'")) this.#quote = char;
    this.#copy(escapes ? 2 : 1);
  }

  #isComment(): boolean {
    const before = this.#line[this.#at - 1] ?? ' ';
    return this.#line[this.#at] === '#' && this.#quote === '' && /[\s;&|()]/.test(before);
  }

  /** Whether a `!` here is more than a negation, a part of `${!name}`, `$!` or `[!…]`, or the end of a quotation. */
  #isEvent(): boolean {
    if (this.#line[this.#at] !== '!' || this.#quote === "'") return false;
    const next = this.#line[this.#at + 1];
    if (next === undefined || /[\s=]/.test(next)) return false;
    if (next === '"' && this.#quote === '"') return false;
    if (next === '(' && this.#context.extglob) return false;
    const before = this.#line.slice(0, this.#at);
    const after = this.#line.slice(this.#at + 1);
    if (before.endsWith('${') && after.includes('}')) return false;
    if (before.endsWith('[') && after.includes(']')) return false;
    return !before.endsWith('$');
  }

  #expandEvent(): void {
    const event = this.#readEvent();
    const selected = this.#readSelection(event);
    const { text, end, printOnly } = modify(this.#line, this.#at, selected, this.#context.memory);
    this.#at = end;
    this.#text += text;
    this.#changed = true;
    this.#printOnly ||= printOnly;
  }

  /** The line that is meant: `!!`, `!-2`, `!7`, `!kub`, `!?text?`, `!#`; `!$` and its like leave their sign for the words. */
  #readEvent(): string {
    const start = this.#at++;
    const rest = this.#line.slice(this.#at);
    const { history, memory } = this.#context;
    if (/^[:^$*%]/.test(rest)) return this.#found(history.at(-1), start);
    if (rest.startsWith('!')) return this.#take(1, () => history.at(-1));
    if (rest.startsWith('#')) return this.#take(1, () => this.#text);
    const number = /^-?\d+/.exec(rest)?.[0];
    if (number !== undefined)
      return this.#take(number.length, () =>
        number.startsWith('-') ? history.at(Number(number)) : history[Number(number) - 1],
      );
    const search = /^\?([^?\n]*)\??/.exec(rest);
    if (search !== null) {
      memory.searched = search[1] === '' ? memory.searched : search[1]!;
      return this.#take(search[0].length, () => history.findLast((line) => line.includes(memory.searched)));
    }
    const prefix = (this.#quote === '"' ? /^-?[^\s:;&()|<>^$*%"-]*/ : /^-?[^\s:;&()|<>^$*%-]*/).exec(rest)![0];
    return this.#take(prefix.length, () =>
      prefix === '' ? undefined : history.findLast((line) => line.startsWith(prefix)),
    );
  }

  #take(count: number, find: () => string | undefined): string {
    const start = this.#at - 1;
    this.#at += count;
    return this.#found(find(), start);
  }

  #found(line: string | undefined, start: number): string {
    if (line === undefined) throw new HistoryError(`${this.#line.slice(start, this.#at)}: event not found`);
    return line;
  }

  /** The words that are meant of the line, all unless told: `!!:2-3`, `!kub:1*`, `!$`. */
  #readSelection(event: string): string {
    const asked = /^(?::[\d^$*%-]|[$^*%-])/.exec(this.#line.slice(this.#at));
    if (asked === null) return event;
    const start = this.#at;
    if (asked[0].startsWith(':')) this.#at++;
    const words = historyWords(event);
    const range = this.#readRange(words);
    if (range === undefined) throw new HistoryError(`${this.#line.slice(start, this.#at)}: bad word specifier`);
    return words.slice(...range).join(' ');
  }

  /** From the first word to behind the last. */
  #readRange(words: readonly string[]): readonly [from: number, to: number] | undefined {
    const form = /^(?:%|(\d+|[$^])?(?:(\*)|(-)(\d+|[$^])?)?)/.exec(this.#line.slice(this.#at))!;
    const [all, firstText = '0', star, dash, lastText] = form as unknown as readonly (string | undefined)[];
    this.#at += all!.length;
    const end = words.length - 1;
    const place = (text: string): number => (text === '$' ? end : text === '^' ? 1 : Number(text));
    if (all === '*') return [1, end + 1];
    const searched = (word: string) => word.includes(this.#context.memory.searched);
    const first = all === '%' ? words.findIndex(searched) : place(firstText);
    // `2*` is `2-$`, and `2-` the same without its last word.
    const openLast = star === undefined ? end - 1 : end;
    const isRange = star !== undefined || dash !== undefined;
    const last = !isRange ? first : lastText === undefined ? openLast : place(lastText);
    const isEmpty = last === first - 1 && lastText === undefined && dash !== undefined;
    return first < 0 || (first > last && !isEmpty) || last > end ? undefined : [first, last + 1];
  }
}
