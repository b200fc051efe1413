// The configuration file's grammar. https://coredns.io/manual/configuration/, after coredns/caddy's `caddyfile/parse.go`

/** What CoreDNS says about a Corefile that it does not take. */
export class CorefileError extends Error {
  override readonly name = 'CorefileError';
}

/** A line inside a plugin's braces. */
export interface Property {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
}

/** A plugin of a server block with what follows it. */
export interface Directive extends Property {
  readonly file: string;
  readonly properties: readonly Property[];
}

export interface ServerBlock {
  /** As written: `.:53`, `example.org`. */
  readonly keys: readonly string[];
  readonly directives: readonly Directive[];
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

export interface CorefileSurroundings {
  /** For messages: `/etc/coredns/Corefile`. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  isPlugin(name: string): boolean;
  /** The text of an imported file; undefined when there is none. */
  readImport(path: string): string | undefined;
}

/** Throws CorefileError. */
export function parseCorefile(text: string, surroundings: CorefileSurroundings): readonly ServerBlock[] {
  return new Parser(text, surroundings).blocks();
}

/** `plugin/NAME: FILE:LINE - Error during parsing: TEXT` */
export function directiveError(
  directive: Directive,
  text: string,
  at: { readonly line: number } = directive,
): CorefileError {
  return new CorefileError(`plugin/${directive.name}: ${directive.file}:${at.line} - Error during parsing: ${text}`);
}

export function argumentError(directive: Directive, at: Property = directive): CorefileError {
  const last = at.args.at(-1) ?? at.name;
  return directiveError(directive, `Wrong argument count or unexpected line ending after '${last}'`, at);
}

const MAX_IMPORTS = 50;

class Parser {
  readonly #surroundings: CorefileSurroundings;
  readonly #snippets = new Map<string, readonly Token[]>();
  #tokens: Token[];
  #at = 0;
  #imports = 0;

  constructor(text: string, surroundings: CorefileSurroundings) {
    this.#surroundings = surroundings;
    this.#tokens = [...tokensOf(text, surroundings.env)];
  }

  blocks(): ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.#at < this.#tokens.length) {
      if (this.#import()) continue;
      const keys = this.#keys();
      const snippet = /^\((.+)\)$/.exec(keys[0] ?? '')?.[1];
      if (snippet !== undefined) this.#snippets.set(snippet, this.#snippetBody());
      else blocks.push({ keys, directives: this.#directives(this.#take('{')) });
    }
    return blocks;
  }

  #keys(): string[] {
    const keys: string[] = [];
    const first = this.#peek()!;
    for (let token = this.#peek(); token !== undefined && !is(token, '{'); token = this.#peek()) {
      if (is(token, '}')) throw this.#syntaxError(token, 'server block keys');
      // Without braces the whole file is one server block, which begins on the next line.
      if (token.line !== first.line && !keys.at(-1)?.endsWith(',')) break;
      keys.push(token.text);
      this.#at += 1;
    }
    return keys.flatMap((key) => key.split(',')).filter((key) => key !== '');
  }

  #snippetBody(): Token[] {
    const open = this.#peek();
    if (open === undefined || !is(open, '{')) throw this.#syntaxError(open, '{');
    const start = ++this.#at;
    for (let depth = 1; depth > 0; this.#at += 1) {
      const token = this.#peek();
      if (token === undefined) throw this.#error('Unexpected EOF', open.line);
      if (is(token, '{')) depth += 1;
      if (is(token, '}')) depth -= 1;
    }
    return this.#tokens.slice(start, this.#at - 1);
  }

  #directives(braced: boolean): Directive[] {
    const directives: Directive[] = [];
    for (;;) {
      const token = this.#peek();
      if (token === undefined) {
        if (braced) throw this.#syntaxError(undefined, '}');
        return directives;
      }
      if (is(token, '}')) {
        if (!braced) throw this.#syntaxError(token, 'directive');
        this.#at += 1;
        return directives;
      }
      if (this.#import()) continue;
      if (!this.#surroundings.isPlugin(token.text)) {
        throw this.#error(`Unknown directive '${token.text}'`, token.line);
      }
      const { name, args, line } = this.#line();
      const properties = this.#take('{') ? this.#properties(line) : [];
      directives.push({ name, args, line, file: this.#surroundings.file, properties });
    }
  }

  #properties(line: number): Property[] {
    const properties: Property[] = [];
    for (;;) {
      const token = this.#peek();
      if (token === undefined) throw this.#error('Unexpected EOF', line);
      if (is(token, '}')) {
        this.#at += 1;
        return properties;
      }
      const property = this.#line();
      // A block inside a block: its lines count as more lines of the plugin.
      const inner = this.#take('{') ? this.#properties(property.line) : [];
      properties.push(property, ...inner);
    }
  }

  /** A word and what follows it on its line. */
  #line(): Property {
    const first = this.#peek()!;
    const args: string[] = [];
    this.#at += 1;
    for (let token = this.#peek(); token !== undefined && token.line === first.line; token = this.#peek()) {
      if (is(token, '{') || is(token, '}')) break;
      args.push(token.text);
      this.#at += 1;
    }
    return { name: first.text, args, line: first.line };
  }

  /** Puts a snippet or a file in the place of `import NAME`. */
  #import(): boolean {
    const token = this.#peek();
    if (token?.text !== 'import' || token.quoted) return false;
    const name = this.#tokens[this.#at + 1];
    if (name === undefined || name.line !== token.line) {
      throw this.#error(`Wrong argument count or unexpected line ending after 'import'`, token.line);
    }
    this.#imports += 1;
    if (this.#imports > MAX_IMPORTS) throw this.#error('Maximum number of imports exceeded', token.line);
    this.#tokens.splice(this.#at, 2, ...this.#imported(name));
    return true;
  }

  #imported(name: Token): readonly Token[] {
    const snippet = this.#snippets.get(name.text);
    if (snippet !== undefined) return snippet;
    const text = this.#surroundings.readImport(name.text);
    if (text === undefined) throw this.#error(`File to import not found: ${name.text}`, name.line);
    return [...tokensOf(text, this.#surroundings.env)];
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token === undefined || !is(token, text)) return false;
    this.#at += 1;
    return true;
  }

  #error(text: string, line: number): CorefileError {
    return new CorefileError(`${this.#surroundings.file}:${line} - Error during parsing: ${text}`);
  }

  #syntaxError(token: Token | undefined, expected: string): CorefileError {
    const at = token ?? this.#tokens.at(-1);
    const text = `Syntax error: Unexpected token '${at?.text ?? ''}', expecting '${expected}'`;
    return new CorefileError(`${this.#surroundings.file}:${at?.line ?? 1} - ${text}`);
  }
}

function is(token: Token, text: string): boolean {
  return !token.quoted && token.text === text;
}

/** Words, quoted words and braces, with `{$NAME}` and `{%NAME%}` replaced from the environment. */
function* tokensOf(text: string, env: Readonly<Record<string, string>>): Generator<Token> {
  let line = 1;
  for (const [piece] of text.matchAll(/\n|[^\S\n]+|#[^\n]*|"(?:[^"\\]|\\.)*"|[^\s"]\S*|"/gs)) {
    const start = line;
    for (const character of piece) if (character === '\n') line += 1;
    if (piece.trim() === '' || piece.startsWith('#')) continue;
    const quoted = piece.length > 1 && piece.startsWith('"');
    const plain = quoted ? piece.slice(1, -1).replaceAll('\\"', '"') : piece;
    yield { text: expanded(plain, env), quoted, line: start };
  }
}

function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\{\$(\w+)\}|\{%(\w+)%\}/g, (_, unix: string | undefined, windows: string | undefined) => {
    const name = unix ?? windows ?? '';
    return Object.hasOwn(env, name) ? env[name]! : '';
  });
}
