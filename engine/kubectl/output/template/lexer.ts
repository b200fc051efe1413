export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'field'
  | 'variable'
  | 'word'
  | 'string'
  | 'number'
  | 'dot'
  | 'space'
  | '|'
  | ':='
  | '='
  | '('
  | ')'
  | ','
  | 'end of file';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly at: number;
}

/** A template that cannot be parsed, in text/template's words. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
  /** From 1. */
  readonly line: number;

  constructor(template: string, at: number, problem: string) {
    super(problem);
    this.line = template.slice(0, at).split('\n').length;
  }
}

/** Within an action, in the order in which they are tried. */
const ACTION_TOKENS: readonly (readonly [TokenType, RegExp])[] = [
  // A trim marker needs the last blank before it.
  ['space', /\s+?(?=\s-\}\})|\s+/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?)|'(?:[^'\\]|\\.)'/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  [':=', /:=/y],
  ['=', /=/y],
  ['|', /\|/y],
  ['(', /\(/y],
  [')', /\)/y],
  [',', /,/y],
];

/** Splits a template into text and the words of its actions; `{{-` and `-}}` trim the text beside them. */
export function lexTemplate(template: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < template.length) {
    const found = template.indexOf('{{', at);
    const open = found < 0 ? template.length : found;
    const trimsBefore = /^\{\{-\s/.test(template.slice(open, open + 4));
    let text = template.slice(at, open);
    if (trimNext) text = text.trimStart();
    if (trimsBefore) text = text.trimEnd();
    if (text !== '') tokens.push({ type: 'text', text, at });
    if (found < 0) break;
    at = open + (trimsBefore ? 3 : 2);
    const comment = /^\s*\/\*[\s\S]*?\*\/(\s-)?\}\}/.exec(template.slice(at));
    if (comment !== null) {
      trimNext = comment[1] !== undefined;
      at += comment[0].length;
      continue;
    }
    const end = lexAction(template, open, at, tokens);
    trimNext = end.trims;
    at = end.at;
  }
  tokens.push({ type: 'end of file', text: 'EOF', at: template.length });
  return tokens;
}

function lexAction(template: string, open: number, start: number, tokens: Token[]): { at: number; trims: boolean } {
  tokens.push({ type: 'open', text: '{{', at: open });
  let depth = 0;
  for (let at = start; ; ) {
    const close = /\s-\}\}|\}\}/y;
    close.lastIndex = at;
    const closing = close.exec(template);
    if (closing !== null) {
      if (depth > 0) throw new TemplateSyntaxError(template, at, 'unclosed left paren');
      tokens.push({ type: 'close', text: '}}', at });
      return { at: at + closing[0].length, trims: closing[0].length > 2 };
    }
    const token = nextToken(template, at);
    if (token.type === '(') depth += 1;
    if (token.type === ')' && --depth < 0) throw new TemplateSyntaxError(template, at, 'unexpected right paren');
    tokens.push(token);
    at += token.text.length;
  }
}

function nextToken(template: string, at: number): Token {
  if (at >= template.length) throw new TemplateSyntaxError(template, at, 'unclosed action');
  for (const [type, pattern] of ACTION_TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(template);
    if (match !== null) return { type, text: match[0], at };
  }
  const character = String.fromCodePoint(template.codePointAt(at)!);
  if (character === '"') throw new TemplateSyntaxError(template, at, 'unterminated quoted string');
  if (character === '`') throw new TemplateSyntaxError(template, at, 'unterminated raw quoted string');
  if (character === "'") throw new TemplateSyntaxError(template, at, 'unterminated character constant');
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  throw new TemplateSyntaxError(template, at, `bad character U+${code} '${character}'`);
}
