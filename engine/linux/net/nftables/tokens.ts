/** Where something stands in what was given to nft: columns from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Token extends Place {
  readonly kind: 'word' | 'string' | 'symbol' | 'newline' | 'end';
  readonly text: string;
}

/** What nft would not take, and where. */
export class NftError extends Error {
  override readonly name = 'NftError';
  readonly place: Place | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.place = place;
  }
}

/** Blanks and comments, a joined line's end, a quoted text, a symbol, or a word; names of chains have slashes and dashes. */
const TOKEN = /([ \t\r]+|#.*)|(\\$)|"([^"]*)"|(==|!=|<=|>=|[{}();,:=<>&|^!@])|([\w.*/+-]+)/y;

/** Words, symbols and the end of a line; comments go to its end. @throws NftError */
function tokensOf(content: string, line: number): Token[] {
  const tokens: Token[] = [];
  let joined = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < content.length) {
    const column = TOKEN.lastIndex;
    const found = TOKEN.exec(content);
    if (found === null) throw new NftError('syntax error, unexpected junk', { line, column, length: 1 });
    const [whole, , joint, string, symbol, word] = found;
    const { length } = whole;
    if (joint !== undefined) joined = true;
    else if (string !== undefined) tokens.push({ kind: 'string', text: string, line, column, length });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, line, column, length });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, line, column, length });
  }
  if (!joined) tokens.push({ kind: 'newline', text: '\n', line, column: content.length, length: 1 });
  return tokens;
}

/** Reads tokens one after the other, a line at a time: a first sync of kube-proxy has a hundred thousand of those. */
export class TokenReader {
  readonly #lines: readonly string[];
  #line = 0;
  #tokens: readonly Token[] = [];
  #at = 0;
  #last: Token | undefined;

  /** @throws NftError, as reading on does */
  constructor(text: string) {
    this.#lines = text.split('\n');
    this.#fill();
  }

  /** A line that ends joined to the next may be empty. */
  #fill(): void {
    this.#at = 0;
    do {
      const content = this.#lines[this.#line];
      const end: Token = { kind: 'end', text: '', line: this.#lines.length, column: 0, length: 1 };
      this.#tokens = content === undefined ? [end] : tokensOf(content, this.#line);
      this.#line += 1;
    } while (this.#tokens.length === 0);
  }

  get token(): Token {
    return this.#tokens[this.#at]!;
  }

  /** The token that was read last. */
  get last(): Token {
    return this.#last ?? this.token;
  }

  get ended(): boolean {
    return this.token.kind === 'end';
  }

  next(): Token {
    const { token } = this;
    if (token.kind === 'end') return token;
    this.#last = token;
    this.#at += 1;
    if (this.#at === this.#tokens.length) this.#fill();
    return token;
  }

  /** Whether this comes next. */
  sees(text: string, kind: Token['kind'] = 'word'): boolean {
    return this.token.text === text && this.token.kind === kind;
  }

  /** Takes it if it comes next. */
  takes(text: string, kind: Token['kind'] = 'word'): boolean {
    if (!this.sees(text, kind)) return false;
    this.next();
    return true;
  }

  takesSymbol(text: string): boolean {
    return this.takes(text, 'symbol');
  }

  expect(text: string, kind: Token['kind'] = 'symbol'): Token {
    if (!this.sees(text, kind)) this.fail(`expecting ${kind === 'symbol' ? `'${text}'` : text}`);
    return this.next();
  }

  word(): Token {
    if (this.token.kind !== 'word') this.fail('expecting string');
    return this.next();
  }

  quoted(): string {
    if (this.token.kind !== 'string') this.fail('expecting quoted string');
    return this.next().text;
  }

  number(): number {
    const { text } = this.token;
    if (!/^(\d+|0x[\da-f]+)$/i.test(text)) this.fail('expecting number');
    this.next();
    return Number(text);
  }

  /** Empty lines and stray semicolons. */
  skipSeparators(): void {
    while (this.token.kind === 'newline' || this.sees(';', 'symbol')) this.next();
  }

  skipNewlines(): void {
    while (this.token.kind === 'newline') this.next();
  }

  /** Whether a statement can end here. */
  get atSeparator(): boolean {
    return ['newline', 'end'].includes(this.token.kind) || this.sees(';', 'symbol') || this.sees('}', 'symbol');
  }

  fail(expecting?: string): never {
    const { token } = this;
    const names: Readonly<Record<string, string>> = { newline: 'newline', end: 'end of file', string: 'quoted string' };
    const what = names[token.kind] ?? (token.kind === 'symbol' ? `'${token.text}'` : token.text);
    throw new NftError(`syntax error, unexpected ${what}${expecting === undefined ? '' : `, ${expecting}`}`, token);
  }
}
