import { Errno } from '../../errno.ts';
import { globPaths } from '../../shell/expand/glob.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** A directive of nginx's configuration, with its block if it has one. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[] | undefined;
  readonly file: string;
  readonly line: number;
}

/** What `nginx: [emerg]` says. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MAX_INCLUDE_DEPTH = 10;

/** Reads a configuration file with its includes. Throws ConfigError. */
export function readDirectives(process: Process, path: string, depth = 0): Directive[] {
  if (depth > MAX_INCLUDE_DEPTH) throw new ConfigError(`too many nested includes in ${path}`);
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = error.code === 'ENOENT' ? 2 : 13;
    throw new ConfigError(`open() "${path}" failed (${number}: ${error.message})`);
  }
  const parser = new Parser(text, path, (pattern) => {
    const full = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
    const paths = /[*?[]/.test(full) ? globPaths(process, full) : [full];
    return paths.flatMap((included) => readDirectives(process, included, depth + 1));
  });
  return parser.block(undefined);
}

/** Directives given on the command line with `-g`. */
export function parseDirectives(text: string): Directive[] {
  return new Parser(text, 'command line', () => []).block(undefined);
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #file: string;
  readonly #include: (pattern: string) => Directive[];
  #at = 0;

  constructor(text: string, file: string, include: (pattern: string) => Directive[]) {
    this.#file = file;
    this.#include = include;
    this.#tokens = [...tokensOf(text, file)];
  }

  block(opened: Token | undefined): Directive[] {
    const directives: Directive[] = [];
    for (;;) {
      const token = this.#tokens[this.#at++];
      if (token === undefined) {
        if (opened === undefined) return directives;
        throw new ConfigError(
          `unexpected end of file, expecting "}" in ${this.#file}:${this.#tokens.at(-1)?.line ?? 1}`,
        );
      }
      if (!token.quoted && token.text === '}') {
        if (opened !== undefined) return directives;
        throw new ConfigError(`unexpected "}" in ${this.#file}:${token.line}`);
      }
      if (!token.quoted && (token.text === '{' || token.text === ';'))
        throw new ConfigError(`unexpected "${token.text}" in ${this.#file}:${token.line}`);
      const directive = this.#directive(token);
      if (directive.name === 'include') directives.push(...this.#include(directive.args[0] ?? ''));
      else directives.push(directive);
    }
  }

  #directive(name: Token): Directive {
    const args: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#at++];
      if (token === undefined)
        throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${this.#file}:${name.line}`);
      const common = { name: name.text, args, file: this.#file, line: name.line };
      if (token.quoted) args.push(token.text);
      else if (token.text === ';') return { ...common, block: undefined };
      else if (token.text === '{') return { ...common, block: this.block(token) };
      else if (token.text === '}') throw new ConfigError(`unexpected "}" in ${this.#file}:${token.line}`);
      else args.push(token.text);
    }
  }
}

function* tokensOf(text: string, file: string): Generator<Token> {
  let line = 1;
  for (const [piece] of text.matchAll(
    /\n|[ \t\r]+|#[^\n]*|[{};]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\\.|\$\{[^}]*\}|[^\s{};"'\\])+(?:\{[^\s;{}]*\}[^\s{};]*)*|["'\\]/gs,
  )) {
    const start = line;
    for (const character of piece) if (character === '\n') line += 1;
    if (piece.trim() === '' || piece.startsWith('#')) continue;
    if (piece === '"' || piece === "'")
      throw new ConfigError(`unexpected end of file, expecting "${piece}" in ${file}:${start}`);
    const quoted = /^(["']).*\1$/s.test(piece);
    yield { text: quoted ? unescaped(piece.slice(1, -1)) : piece, quoted, line: start };
  }
}

/** nginx knows few escapes; others stay as they are. */
function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };
  return text.replace(/\\(["'\\trn])/g, (_, character: string) => letters[character] ?? character);
}
