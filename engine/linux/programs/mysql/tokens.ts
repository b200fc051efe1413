import { syntaxError } from './sql-error.ts';

export interface Token {
  readonly type: 'word' | 'name' | 'text' | 'number' | 'variable' | 'symbol' | 'end';
  /** A word as it was written, a name or a text without its quotes. */
  readonly text: string;
  /** Where in the statement it begins and ends. */
  readonly from: number;
  readonly to: number;
}

const TOKEN =
  /\s+|--\s[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|(?<text>'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|(?<name>`[^`]+`)|(?<variable>@@?[\w.$]+)|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_$][\w$]*)|(?<symbol><=>|<=|>=|<>|!=|:=|\|\||&&|[-+*/%=<>(),.;@])/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0' };

/** The tokens of one statement. Throws SqlError. */
export function tokensOf(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < statement.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(statement);
    if (match === null) throw syntaxError(statement.slice(at), lineOf(statement, at));
    const from = at;
    at = TOKEN.lastIndex;
    const [type, raw] = Object.entries(match.groups!).find(([, value]) => value !== undefined) ?? [];
    if (type === undefined) continue;
    tokens.push({ type: type as Token['type'], text: unquoted(type, raw!), from, to: at });
  }
  tokens.push({ type: 'end', text: '', from: at, to: at });
  return tokens;
}

function unquoted(type: string, raw: string): string {
  if (type === 'name') return raw.slice(1, -1);
  if (type !== 'text') return raw;
  const quote = raw[0]!;
  const inner = raw.slice(1, -1).replaceAll(quote + quote, quote);
  return inner.replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

export function lineOf(statement: string, at: number): number {
  return statement.slice(0, at).split('\n').length;
}

/** Nothing but spaces and comments. */
export const isBlank = (text: string): boolean => /^(\s+|--\s[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*$/.test(text);

/** Where a text or a comment has not ended yet. */
const OPEN = /'(?:[^'\\]|\\[\s\S])*$|"(?:[^"\\]|\\[\s\S])*$|`[^`]*$|\/\*(?:[^*]|\*(?!\/))*$/y;
const CLOSED = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|--\s[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y;

/** What a client has been given, statement by statement; `rest` waits for more. `\G` ends one, too. */
export function splitStatements(text: string): {
  readonly statements: readonly { readonly sql: string; readonly vertical: boolean }[];
  readonly rest: string;
} {
  const statements: { sql: string; vertical: boolean }[] = [];
  let [from, at] = [0, 0];
  while (at < text.length) {
    CLOSED.lastIndex = at;
    OPEN.lastIndex = at;
    const vertical = text.startsWith('\\G', at);
    if (CLOSED.test(text)) at = CLOSED.lastIndex;
    else if (OPEN.test(text)) break;
    else if (vertical || text.startsWith('\\g', at) || text[at] === ';') {
      statements.push({ sql: text.slice(from, at).trim(), vertical });
      at += text[at] === ';' ? 1 : 2;
      from = at;
    } else at++;
  }
  return { statements, rest: text.slice(from).trimStart() };
}
