// Where a text stops being JSON, in the words of Go's encoding/json (scanner.go). JSON.parse words it differently in
// each browser, and clients of Kubernetes know these sentences.

const SPACE = /[ \t\r\n]/;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** No manifest is deeper; a hostile one could be. (Go goes down to 10,000.) */
const MAX_DEPTH = 1_000;

/** The syntax error of a text that is not JSON. */
export function describeJsonError(text: string): string {
  try {
    new JsonScanner(text).scan();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
  return 'invalid JSON';
}

/**
 * The first value of a text, as a decoder of streams reads it: what comes after it does not matter. Or why there is none.
 */
export function readFirstJson(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text.slice(0, new JsonScanner(text).endOfFirst())) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (error.message !== UNEXPECTED_END) return { error: error.message };
    return { error: text.trim() === '' ? 'EOF' : 'unexpected EOF' };
  }
}

const UNEXPECTED_END = 'unexpected end of JSON input';

class JsonSyntaxError extends Error {}

class JsonScanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  endOfFirst(): number {
    this.#value();
    return this.#at;
  }

  scan(): void {
    this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && SPACE.test(this.#text[this.#at]!)) this.#at += 1;
  }

  /** The next letter after spaces. */
  #next(): string {
    this.#skipSpace();
    return this.#text[this.#at] ?? '';
  }

  #unexpected(context: string): JsonSyntaxError {
    const letter = this.#text[this.#at];
    if (letter === undefined) return new JsonSyntaxError(UNEXPECTED_END);
    const quoted = letter === "'" ? String.raw`'\''` : `'${JSON.stringify(letter).slice(1, -1).replace('\\"', '"')}'`;
    return new JsonSyntaxError(`invalid character ${quoted} ${context}`);
  }

  #value(): void {
    const letter = this.#next();
    if (letter === '{') this.#nested('}', () => this.#member());
    else if (letter === '[') this.#nested(']', () => this.#value());
    else if (letter === '"') this.#string();
    else if (letter === '-' || (letter >= '0' && letter <= '9')) this.#number();
    else this.#literal(letter);
  }

  #nested(close: string, item: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
    this.#at += 1;
    if (this.#next() === close) this.#at += 1;
    else {
      for (;;) {
        item();
        const letter = this.#next();
        if (letter !== ',' && letter !== close) {
          throw this.#unexpected(close === '}' ? 'after object key:value pair' : 'after array element');
        }
        this.#at += 1;
        if (letter === close) break;
      }
    }
    this.#depth -= 1;
  }

  #member(): void {
    if (this.#next() !== '"') throw this.#unexpected('looking for beginning of object key string');
    this.#string();
    if (this.#next() !== ':') throw this.#unexpected('after object key');
    this.#at += 1;
    this.#value();
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const letter = this.#text[this.#at];
      if (letter === undefined) throw this.#unexpected('');
      if (letter < ' ') throw this.#unexpected('in string literal');
      this.#at += 1;
      if (letter === '"') return;
      if (letter === '\\') this.#escape();
    }
  }

  #escape(): void {
    const letter = this.#text[this.#at];
    if (letter === undefined || !'"\\/bfnrtu'.includes(letter)) throw this.#unexpected('in string escape code');
    this.#at += 1;
    for (let digits = 0; letter === 'u' && digits < 4; digits++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) {
        throw this.#unexpected('in \\u hexadecimal character escape');
      }
      this.#at += 1;
    }
  }

  #number(): void {
    NUMBER.lastIndex = this.#at;
    const length = NUMBER.exec(this.#text)?.[0].length ?? 0;
    if (length === 0) {
      this.#at += 1;
      throw this.#unexpected('in numeric literal');
    }
    this.#at += length;
  }

  #literal(letter: string): void {
    const word = ['true', 'false', 'null'].find((each) => each[0] === letter);
    if (word === undefined) throw this.#unexpected('looking for beginning of value');
    for (let index = 1; index < word.length; index++) {
      this.#at += 1;
      if (this.#text[this.#at] !== word[index]) {
        throw this.#unexpected(`in literal ${word} (expecting '${word[index]}')`);
      }
    }
    this.#at += 1;
  }
}
