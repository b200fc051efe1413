import { type SqlError, syntaxError } from './sql-error.ts';
import { lineOf, type Token, tokensOf } from './tokens.ts';

/** Reads a statement from left to right. */
export class Cursor {
  readonly statement: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(statement: string) {
    this.statement = statement;
    this.#tokens = tokensOf(statement);
  }

  get token(): Token {
    return this.#tokens[this.#at]!;
  }

  next(): Token {
    const { token } = this;
    if (token.type !== 'end') this.#at++;
    return token;
  }

  /** Whether these words or symbols come next. */
  isNext(...words: readonly string[]): boolean {
    return words.every((word, index) => {
      const token = this.#tokens[this.#at + index];
      return (token?.type === 'word' || token?.type === 'symbol') && token.text.toUpperCase() === word;
    });
  }

  /** Takes these words, if they come next. */
  take(...words: readonly string[]): boolean {
    if (!this.isNext(...words)) return false;
    this.#at += words.length;
    return true;
  }

  /** Takes these words. Throws SqlError when others come. */
  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.error();
  }

  /** A name of a thing, quoted or not. */
  name(): string {
    const token = this.next();
    if (token.type === 'word' || token.type === 'name') return token.text;
    throw this.error(token);
  }

  /** A text in quotes. */
  text(): string {
    const token = this.next();
    if (token.type !== 'text') throw this.error(token);
    return token.text;
  }

  /** Items between commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  end(): void {
    if (this.token.type !== 'end') throw this.error();
  }

  error(token: Token = this.token): SqlError {
    return syntaxError(this.statement.slice(token.from), lineOf(this.statement, token.from));
  }
}
