/** The program text is no awk program. */
export class AwkSyntaxError {
  readonly line: number;
  /** What stands where the error was found. */
  readonly near: string;
  /** A function that is called and not there. */
  readonly undefinedFunction: string | undefined;

  constructor(line: number, near: string, undefinedFunction?: string) {
    this.undefinedFunction = undefinedFunction;
    this.line = line;
    this.near = near;
  }
}

export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'builtin' | 'keyword' | 'symbol' | 'newline' | 'end';
  readonly text: string;
  readonly line: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
);

const BUILTINS: ReadonlySet<string> = new Set(
  (
    'length substr index split sub gsub gensub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system ' +
    'close fflush systime strftime and or xor lshift rshift compl'
  ).split(' '),
);

const SYMBOLS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '**',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  '/': '/',
};

/** What backslashes in a string stand for. */
export function unescapeAwk(text: string): string {
  return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (whole, sequence: string) => {
    if (/^[0-7]/.test(sequence)) return String.fromCharCode(Number.parseInt(sequence, 8) & 255);
    if (sequence === '\n') return '';
    return ESCAPES[sequence] ?? whole;
  });
}

/** Cuts a program into tokens. A slash is a division unless the parser asks for a regular expression. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#skipBlanks();
    const text = this.#text;
    const first = text[this.#at];
    if (first === undefined) return this.#token('end', '');
    if (first === '\n') {
      const token = this.#token('newline', '\n');
      this.#line += 1;
      this.#at += 1;
      return token;
    }
    if (first === '"') return this.#string();
    const rest = text.slice(this.#at, this.#at + 400);
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest);
    if (number !== null) return this.#taken('number', number[0]);
    const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (word !== undefined) return this.#word(word);
    const symbol = SYMBOLS.find((candidate) => rest.startsWith(candidate));
    if (symbol === undefined) throw new AwkSyntaxError(this.#line, first);
    return this.#taken('symbol', symbol);
  }

  /** After a `/` or `/=` where an operand was expected: the rest up to the closing slash. */
  regex(opening: Token): Token {
    const text = this.#text;
    let source = opening.text === '/=' ? '=' : '';
    let inBrackets = false;
    for (;;) {
      const character = text[this.#at++];
      if (character === undefined || character === '\n') throw new AwkSyntaxError(this.#line, `/${source}`);
      if (character === '/' && !inBrackets) return this.#token('regex', source);
      if (character === '[' && !inBrackets) {
        inBrackets = true;
        source += character;
        // A bracket right after the opening one, or after the ^, is an ordinary character.
        const start = /^\^?\]?/.exec(text.slice(this.#at, this.#at + 2))![0];
        source += start;
        this.#at += start.length;
        continue;
      }
      if (character === ']') inBrackets = false;
      if (character === '\\') {
        const escaped = text[this.#at++] ?? '';
        source += escaped === '/' ? '/' : `\\${escaped}`;
      } else source += character;
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === ' ' || character === '\t' || character === '\r') this.#at += 1;
      else if (character === '\\' && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) {
        this.#at = this.#text.indexOf('\n', this.#at) + 1;
        this.#line += 1;
      } else if (character === '#') {
        while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at += 1;
      } else return;
    }
  }

  #string(): Token {
    let at = this.#at + 1;
    while (this.#text[at] !== '"') {
      if (this.#text[at] === undefined || this.#text[at] === '\n')
        throw new AwkSyntaxError(this.#line, this.#text.slice(this.#at, at));
      at += this.#text[at] === '\\' ? 2 : 1;
    }
    const token = this.#token('string', unescapeAwk(this.#text.slice(this.#at + 1, at)));
    this.#at = at + 1;
    return token;
  }

  #word(word: string): Token {
    if (KEYWORDS.has(word)) return this.#taken('keyword', word === 'func' ? 'function' : word);
    if (BUILTINS.has(word)) return this.#taken('builtin', word);
    return this.#taken(this.#text[this.#at + word.length] === '(' ? 'call' : 'name', word);
  }

  #taken(kind: Token['kind'], text: string): Token {
    this.#at += text.length === 8 && text === 'function' ? this.#functionLength() : text.length;
    return this.#token(kind, text);
  }

  /** `func` is short for `function`. */
  #functionLength(): number {
    return this.#text.startsWith('function', this.#at) ? 8 : 4;
  }

  #token(kind: Token['kind'], text: string): Token {
    return { kind, text, line: this.#line };
  }
}
