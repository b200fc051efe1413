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

/** Reads a configuration file with its includes. Throws ConfigError. @param onFile hears of each file. */
export function readDirectives(
  process: Process,
  path: string,
  onFile: (path: string) => void = () => {},
  depth = 0,
): Directive[] {
  if (depth > MAX_INCLUDE_DEPTH) throw new ConfigError(`too many nested includes in ${path}`);
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = error.code === 'ENOENT' ? 2 : 13;
    throw new ConfigError(`open() "${path}" failed (${number}: ${error.message})`);
  }
  onFile(path);
  const parser = new Parser(text, path, (pattern, place) => {
    const full = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
    const paths = /[*?[]/.test(full) ? globPaths(process, full) : [full];
    return paths.flatMap((included) => {
      if (!process.access(included, 'exists'))
        throw new ConfigError(`open() "${included}" failed (2: No such file or directory) in ${place}`);
      return readDirectives(process, included, onFile, depth + 1);
    });
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
  readonly #include: (pattern: string, place: string) => Directive[];
  #at = 0;

  constructor(text: string, file: string, include: (pattern: string, place: string) => Directive[]) {
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
      if (directive.name === 'include')
        directives.push(...this.#include(directive.args[0] ?? '', `${directive.file}:${directive.line}`));
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

const CLOSERS = /[\s;{]/;

/** Words as nginx takes them: a quote opens only at the beginning of one, and `${` does not open a block. */
function* tokensOf(text: string, file: string): Generator<Token> {
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '\n') line += 1;
    if (/\s/.test(character)) at += 1;
    else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if ('{};'.includes(character)) {
      yield { text: character, quoted: false, line };
      at += 1;
    } else {
      const word = character === '"' || character === "'" ? quotedWord(text, at) : plainWord(text, at);
      if (word === undefined)
        throw new ConfigError(
          `unexpected end of file, expecting ";" or "}" in ${file}:${line + (text.slice(at).match(/\n/g)?.length ?? 0)}`,
        );
      yield { text: unescaped(word.text), quoted: word.quoted, line };
      for (const passed of text.slice(at, word.end)) if (passed === '\n') line += 1;
      at = word.end;
      const next = text[at];
      if (word.quoted && next !== undefined && next !== ')' && !CLOSERS.test(next))
        throw new ConfigError(`unexpected "${next}" in ${file}:${line}`);
    }
  }
}

interface Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly end: number;
}

function quotedWord(text: string, start: number): Word | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return { text: text.slice(start + 1, at), quoted: true, end: at + 1 };
  }
  return undefined;
}

function plainWord(text: string, start: number): Word {
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at += 1;
    else if (character === '{' && text[at - 1] === '$') continue;
    else if (CLOSERS.test(character)) break;
  }
  return { text: text.slice(start, at), quoted: false, end: at };
}

/** nginx knows few escapes; others stay as they are. */
function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };
  return text.replace(/\\(["'\\trn])/g, (_, character: string) => letters[character] ?? character);
}
