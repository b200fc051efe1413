/** Where a text begins, a line begins and a text ends, as characters that no text has. */
const START = '\u0002';
const LINE = '\u0003';
const END = '\u0004';
const MARKS = /[\u0002-\u0004]/g;

/** More ways than these are no longer said one by one. */
const MOST_WAYS = 10;

/** A regular expression that words do not do justice to. */
class Unsayable extends Error {}

/**
 * What a text has that matches a regular expression, in words: `something that begins with "open"`. Undefined for an
 * expression that is more than texts beside, behind or instead of one another. White space counts as one space, a gap as `…`.
 */
export function patternInWords(pattern: string): string | undefined {
  try {
    const ways = new Reading(pattern).whole();
    const groups = Object.entries(Object.groupBy(ways, formOf));
    return groups.map(([form, texts]) => form.replace('?', texts!.map(quoted).join(' or '))).join(' or ');
  } catch (error) {
    if (error instanceof Unsayable) return undefined;
    throw error;
  }
}

function formOf(way: string): string {
  const [starts, ends] = [way.startsWith(START), way.endsWith(END)];
  if (way === '') return 'something';
  if (way.startsWith(LINE)) return 'a line that begins with ?';
  if (starts && ends) return '?';
  if (starts) return 'something that begins with ?';
  return ends ? 'something that ends with ?' : 'something with ? in it';
}

/** A mark in the middle says what no words of these forms say. */
function isMarkedAtItsEnds(way: string): boolean {
  return way.slice(1, -1).search(MARKS) === -1 && !(way.startsWith(LINE) && way.endsWith(END));
}

function quoted(way: string): string {
  const text = way.replace(MARKS, '').replace(/\s+/g, ' ').trim();
  return JSON.stringify(text);
}

/** Reads an expression from left to right, as all the texts that it stands for. */
class Reading {
  #rest: string;

  constructor(pattern: string) {
    this.#rest = pattern;
  }

  whole(): readonly string[] {
    const ways = this.#alternatives();
    if (this.#rest !== '' || !ways.every(isMarkedAtItsEnds)) throw new Unsayable();
    return [...new Set(ways)];
  }

  #alternatives(): readonly string[] {
    const ways = [...this.#sequence()];
    while (this.#take(/^\|/) !== undefined) ways.push(...this.#sequence());
    return atMost(ways);
  }

  #sequence(): readonly string[] {
    let ways: readonly string[] = [''];
    while (this.#rest !== '' && !/^[|)]/.test(this.#rest)) {
      const next = this.#repeated(this.#atom());
      ways = atMost(ways.flatMap((way) => next.map((text) => way + text)));
    }
    return ways;
  }

  #atom(): readonly string[] {
    if (this.#take(/^\(\^\|\\n\)/) !== undefined) return [LINE];
    if (this.#take(/^\\S/) !== undefined) return [''];
    if (this.#take(/^\((\?:)?/) !== undefined) {
      const ways = this.#alternatives();
      if (this.#take(/^\)/) === undefined) throw new Unsayable();
      return ways;
    }
    if (this.#take(/^\\s[*+]?/) !== undefined) return [' '];
    if (this.#take(/^\\b/) !== undefined) return [''];
    if (this.#take(/^(\.|\[\^[^\]]*\])[*+]/) !== undefined) return ['…'];
    const letters = this.#take(/^\[([^\]^\\-]+)\]/);
    if (letters !== undefined) return eachOf(letters.slice(1, -1));
    const literal = this.#take(/^(\\[^\w\s]|[^\\^$.*+?()[\]{}|])/);
    if (literal !== undefined) return [literal.at(-1)!];
    if (this.#take(/^\^/) !== undefined) return [START];
    if (this.#take(/^\$/) !== undefined) return [END];
    throw new Unsayable();
  }

  #repeated(ways: readonly string[]): readonly string[] {
    const times = this.#take(/^\{\d\}/);
    if (times === undefined) return ways;
    if (ways.length > 1) throw new Unsayable();
    return [ways[0]!.repeat(Number(times[1]))];
  }

  #take(form: RegExp): string | undefined {
    const [taken] = form.exec(this.#rest) ?? [];
    if (taken !== undefined) this.#rest = this.#rest.slice(taken.length);
    return taken;
  }
}

/** One letter, whether capital or not, is one way. */
function eachOf(letters: string): readonly string[] {
  return new Set(letters.toLowerCase()).size === 1 ? [letters.toLowerCase()[0]!] : [...letters];
}

function atMost(ways: readonly string[]): readonly string[] {
  if (ways.length > MOST_WAYS) throw new Unsayable();
  return ways;
}
