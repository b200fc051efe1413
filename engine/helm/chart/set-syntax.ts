import { isObject } from '../../kubectl/unstructured.ts';
import { type Dictionary, entryOf, setEntry } from '../functions/arguments.ts';
import { HelmError } from '../helm-error.ts';

// https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set

/** What a text after `=` means. */
type Reading = (text: string) => unknown;

/** As --set-string: everything is a string. */
export const asString: Reading = (text) => text;

/** As --set: numbers, booleans and null are what they look like. */
export const asTyped: Reading = (text) => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : text;
};

type Step = string | number;

/** Writes `a.b=c,d[0]=e,f={g,h}` into values. @throws HelmError with the part that cannot be read */
export function setValues(values: Dictionary, text: string, read: Reading): void {
  const reader = new SetReader(text);
  while (!reader.done) {
    const path = reader.path();
    write(values, path, reader.value(read));
  }
}

/** Writes `a.b=JSON`, or all of a JSON object. @throws HelmError */
export function setJson(values: Dictionary, text: string): void {
  const parse = (json: string): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      throw new HelmError(`failed parsing --set-json data ${text}: invalid JSON`);
    }
  };
  if (text.trimStart().startsWith('{')) {
    for (const [key, value] of Object.entries(parse(text) as Dictionary)) setEntry(values, key, value);
    return;
  }
  const reader = new SetReader(text);
  write(values, reader.path(), parse(reader.rest()));
}

class SetReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  rest(): string {
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return rest;
  }

  /** Up to `=`. */
  path(): readonly Step[] {
    const steps: Step[] = [];
    for (;;) {
      const { word, stop } = this.#word('.=[,');
      if (word !== '' || stop !== '[') {
        if (word !== '') steps.push(word);
        else if (steps.length === 0 || typeof steps.at(-1) === 'string') this.#noValue(word);
      }
      if (stop === '=') return steps;
      if (stop === '[') {
        steps.push(this.#index());
        if (this.#text[this.#at] === '=') {
          this.#at += 1;
          return steps;
        }
        if (this.#text[this.#at] === '.') this.#at += 1;
      } else if (stop !== '.') this.#noValue(String(word));
    }
  }

  value(read: Reading): unknown {
    if (this.#text[this.#at] !== '{') return read(this.#word(',').word);
    this.#at += 1;
    const items: unknown[] = [];
    for (;;) {
      const { word, stop } = this.#word(',}');
      if (stop === '') throw new HelmError("list must terminate with '}'");
      if (word !== '' || items.length > 0 || stop === ',') items.push(read(word));
      if (stop === '}') break;
    }
    if (this.#text[this.#at] === ',') this.#at += 1;
    return items;
  }

  /** Characters up to one of `stops`, which is taken as well; a backslash makes the next one an ordinary one. */
  #word(stops: string): { readonly word: string; readonly stop: string } {
    let word = '';
    while (!this.done) {
      const character = this.#text[this.#at++]!;
      if (character === '\\' && !this.done) word += this.#text[this.#at++]!;
      else if (stops.includes(character)) return { word, stop: character };
      else word += character;
    }
    return { word, stop: '' };
  }

  #index(): number {
    const { word } = this.#word(']');
    const index = Number(word);
    if (!/^-?\d+$/.test(word)) {
      throw new HelmError(`error parsing index: strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`);
    }
    if (index < 0) throw new HelmError(`negative ${index} index not allowed`);
    if (index > 65_536) throw new HelmError(`index of ${index} is greater than maximum supported index of 65536`);
    return index;
  }

  #noValue(word: string): never {
    throw new HelmError(`key ${JSON.stringify(word)} has no value`);
  }
}

function write(values: Dictionary, path: readonly Step[], value: unknown): void {
  let at = values;
  for (const [index, step] of path.slice(0, -1).entries()) {
    const list = typeof path[index + 1] === 'number';
    const found = entryOf(at, String(step));
    const fits = list ? Array.isArray(found) : isObject(found);
    const next = (fits ? found : list ? [] : {}) as Dictionary;
    if (!fits) setEntry(at, String(step), next);
    at = next;
  }
  setEntry(at, String(path.at(-1)), value);
}
