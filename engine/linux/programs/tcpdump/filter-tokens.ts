/** An expression that cannot be compiled; the message is libpcap's. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** The addresses that a name has; undefined for a name that nobody knows. */
export type NameLookup = (name: string) => readonly string[] | undefined;

/** MACs, words with dots, slashes and dashes (`10.0.0.0/8`, `8000-8080`, `tcp-syn`), and signs. */
const TOKEN =
  /\s*(?:([0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}|\\?[\w.][\w./-]*)|(&&|\|\||<<|>>|>=|<=|!=|==|[()!=<>[\]:&|+\-*/%^]))/y;

export class FilterTokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  /** Takes the next one if it is one of these. */
  take(...texts: readonly string[]): boolean {
    const next = this.peek();
    if (next === undefined || !texts.includes(next)) return false;
    this.#at += 1;
    return true;
  }

  takeOneOf(texts: readonly string[]): string | undefined {
    const next = this.peek();
    if (next === undefined || !texts.includes(next)) return undefined;
    this.#at += 1;
    return next;
  }
}

export function tokenize(expression: string): FilterTokens {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = expression.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new FilterError('syntax error');
    tokens.push((match[1] ?? match[2])!);
  }
  return new FilterTokens(tokens);
}
