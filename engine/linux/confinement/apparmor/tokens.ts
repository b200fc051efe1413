import { PolicyError } from './policy-error.ts';

export interface Token {
  readonly text: string;
  /** Whether it stood in quotes: then it is no word of the language. */
  readonly quoted: boolean;
  readonly file: string;
  readonly line: number;
}

/** Reads an included file: its name as it was written (`<abstractions/base>`, `"local/x"`), or undefined where there is none. */
export type IncludeReader = (name: string) => { readonly file: string; readonly text: string } | undefined;

const MAX_DEPTH = 20;
const INCLUDE = /^\s*#?include(\s+if\s+exists)?\s+(<[^>\n]+>|"[^"\n]+"|[^\s<"]\S*)\s*(#.*)?$/;

/**
 * The words of a profile with the files that it includes. Includes stand on lines of their own; `#include` is one, too, and
 * other lines that begin with `#` are comments.
 *
 * @throws PolicyError
 */
export function tokensOf(text: string, file: string, include: IncludeReader, depth = 0): Token[] {
  const tokens: Token[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const included = INCLUDE.exec(line);
    if (included !== null) {
      const name = included[2]!;
      if (depth >= MAX_DEPTH)
        throw new PolicyError(file, number, `Exceeded ${MAX_DEPTH} levels of includes. NOT processing ${name} include`);
      const found = include(name);
      if (found !== undefined) {
        for (const token of tokensOf(found.text, found.file, include, depth + 1)) tokens.push(token);
      } else if (included[1] === undefined) {
        throw new PolicyError(
          file,
          number,
          `Could not open '${name.replace(/^[<"]|[>"]$/g, '')}': No such file or directory`,
        );
      }
      continue;
    }
    wordsOf(
      line,
      (word, quoted) => tokens.push({ text: word, quoted, file, line: number }),
      (problem) => {
        throw new PolicyError(file, number, problem);
      },
    );
  }
  return tokens;
}

/** Words, quoted or not; `,` at a word's end, `{`, `}`, `(`, `)`, `=` and `->` by themselves. */
function wordsOf(line: string, add: (word: string, quoted: boolean) => void, fail: (problem: string) => never): void {
  let at = 0;
  while (at < line.length) {
    const char = line[at]!;
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '#') {
      return;
    } else if (char === '"') {
      const end = line.indexOf('"', at + 1);
      if (end === -1) fail('syntax error, unexpected end of file: unterminated string');
      add(line.slice(at + 1, end), true);
      at = end + 1;
    } else if (line.startsWith('->', at)) {
      add('->', false);
      at += 2;
    } else if (line.startsWith('+=', at)) {
      add('+=', false);
      at += 2;
    } else if (',(){}='.includes(char) && !isGroup(line, at)) {
      add(char, false);
      at += 1;
    } else {
      const end = endOfWord(line, at);
      add(line.slice(at, end), false);
      at = end;
    }
  }
}

/** Whether a brace begins the alternatives of a path and not a block. */
function isGroup(line: string, at: number): boolean {
  return line[at] === '{' && /^\{[^\s{}]+[,}]/.test(line.slice(at)) && !/^\{\s*$/.test(line.slice(at));
}

function endOfWord(line: string, start: number): number {
  let depth = 0;
  let at = start;
  for (; at < line.length; at++) {
    const char = line[at]!;
    if (/\s/.test(char) || char === '"') break;
    if (char === '\\') {
      at += 1;
      continue;
    }
    if (char === '{') depth += 1;
    else if (char === '}') {
      if (depth === 0) break;
      depth -= 1;
    } else if (depth === 0 && (char === '(' || char === ')' || char === '=')) break;
    else if (depth === 0 && char === ',' && /^,(\s|#|$|\})/.test(line.slice(at))) break;
  }
  return at;
}
