import { lexTemplate, TemplateSyntaxError, type Token, type TokenType } from './lexer.ts';
import type { Body, CommandNode, NamedTemplate, Operand, ParsedTemplate, Pipe, TemplateNode } from './nodes.ts';

/** Deeper nesting than this is no template that anybody wrote. */
const MAX_DEPTH = 100;

/**
 * Parses a template of Go's text/template. https://pkg.go.dev/text/template
 * @param functions the names that may be called
 * @param name what messages call the template
 * @throws TemplateSyntaxError
 */
export function parseTemplate(template: string, functions: ReadonlySet<string>, name = 'output'): ParsedTemplate {
  const source = { name, text: template };
  const parser = new Parser(template, functions);
  const body = parser.parseAll();
  const named = ([defined, content]: [string, Body]): [string, NamedTemplate] => [
    defined,
    { name: defined, source, body: content },
  ];
  return { name, source, body, defined: new Map([...parser.defined].map(named)) };
}

class Parser {
  readonly defined = new Map<string, Body>();
  readonly #template: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #rangeDepth = 0;
  #variables = ['$'];

  constructor(template: string, functions: ReadonlySet<string>) {
    this.#template = template;
    this.#functions = functions;
    this.#tokens = lexTemplate(template);
  }

  parseAll(): Body {
    const { body, ender } = this.#body();
    if (ender !== 'EOF') throw this.#error(`unexpected {{${ender}}}`);
    return body;
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the template, and which of them it was. */
  #body(): { readonly body: Body; readonly ender: 'end' | 'else' | 'EOF' } {
    if (++this.#depth > MAX_DEPTH) throw this.#error('max expression depth exceeded');
    const body: TemplateNode[] = [];
    for (;;) {
      const token = this.#take();
      if (token.type === 'end of file') return this.#leave(body, 'EOF');
      if (token.type === 'text') {
        body.push({ type: 'text', text: token.text });
        continue;
      }
      this.#skipSpace();
      const word = this.#peek();
      if (word.type === 'word' && (word.text === 'end' || word.text === 'else')) {
        this.#take();
        if (word.text === 'end') this.#expectClose('end');
        return this.#leave(body, word.text);
      }
      const node = this.#action(word);
      if (node !== undefined) body.push(node);
    }
  }

  #leave<T>(body: Body, ender: T): { readonly body: Body; readonly ender: T } {
    this.#depth -= 1;
    return { body, ender };
  }

  #action(word: Token): TemplateNode | undefined {
    switch (word.type === 'word' ? word.text : '') {
      case 'if':
      case 'with':
      case 'range':
        this.#take();
        return this.#control(word.text as 'if' | 'with' | 'range');
      case 'break':
      case 'continue':
        this.#take();
        if (this.#rangeDepth === 0) throw this.#error(`{{${word.text}}} outside {{range}}`);
        this.#expectClose(word.text);
        return { type: word.text as 'break' | 'continue' };
      case 'template':
        this.#take();
        return this.#template_();
      case 'define':
        this.#take();
        this.#define();
        return undefined;
      case 'block':
        this.#take();
        return this.#block();
      default: {
        const pipe = this.#pipe('command', 'close');
        return { type: 'action', pipe };
      }
    }
  }

  #control(type: 'if' | 'with' | 'range'): TemplateNode {
    const outer = [...this.#variables];
    const pipe = this.#pipe(type, 'close');
    if (type === 'range') this.#rangeDepth += 1;
    const { body, ender } = this.#body();
    if (type === 'range') this.#rangeDepth -= 1;
    const otherwise = ender === 'else' ? this.#otherwise(type) : [];
    if (ender === 'EOF') throw this.#error('unexpected EOF');
    this.#variables = outer;
    return { type, pipe, body, otherwise };
  }

  /** What follows `{{else`: `if …}}` chains, `}}` is the last. */
  #otherwise(type: 'if' | 'with' | 'range'): Body {
    this.#skipSpace();
    const word = this.#peek();
    if (type !== 'range' && word.type === 'word' && word.text === type) {
      this.#take();
      return [this.#control(type)];
    }
    this.#expectClose('else');
    const { body, ender } = this.#body();
    if (ender === 'EOF') throw this.#error('unexpected EOF');
    if (ender === 'else') throw this.#error('expected end; found {{else}}');
    return body;
  }

  #template_(): TemplateNode {
    this.#skipSpace();
    const name = this.#take();
    if (name.type !== 'string') throw this.#unexpected(name, 'template clause');
    this.#skipSpace();
    const bare = this.#peek().type === 'close';
    const pipe = bare ? undefined : this.#pipe('template clause', 'close');
    if (bare) this.#take();
    return { type: 'template', at: name.at, name: unquote(name.text), pipe };
  }

  #define(): void {
    this.#skipSpace();
    const name = this.#take();
    if (name.type !== 'string') throw this.#unexpected(name, 'define clause');
    this.#expectClose('define clause');
    this.#definition(unquote(name.text));
  }

  /** A template that is defined where it is called. */
  #block(): TemplateNode {
    this.#skipSpace();
    const name = this.#take();
    if (name.type !== 'string') throw this.#unexpected(name, 'block clause');
    const pipe = this.#pipe('block clause', 'close');
    this.#definition(unquote(name.text));
    return { type: 'template', at: name.at, name: unquote(name.text), pipe };
  }

  #definition(name: string): void {
    const outer = this.#variables;
    this.#variables = ['$'];
    const { body, ender } = this.#body();
    if (ender !== 'end') throw this.#error('unexpected EOF');
    this.#variables = outer;
    this.defined.set(name, body);
  }

  #pipe(context: string, end: TokenType): Pipe {
    if (++this.#depth > MAX_DEPTH) throw this.#error('max expression depth exceeded');
    this.#skipSpace();
    const at = this.#peek().at;
    const { variables, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.type === end) {
        this.#take();
        break;
      }
      commands.push(this.#command(context));
    }
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    for (const { operands } of commands.slice(1)) {
      const [first] = operands;
      if (first!.type === 'literal' || first!.type === 'dot' || first!.type === 'nil') {
        const stage = commands.findIndex((command) => command.operands === operands) + 1;
        throw this.#error(`non executable command in pipeline stage ${stage}`);
      }
    }
    this.#depth -= 1;
    return { at, variables, assigns, commands };
  }

  #declarations(context: string): { readonly variables: readonly string[]; readonly assigns: boolean } {
    const start = this.#next;
    const variables: string[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.type !== 'variable') break;
      this.#take();
      this.#skipSpace();
      const follower = this.#peek();
      if (follower.type === ',' && context === 'range' && variables.length === 0) {
        this.#take();
        variables.push(token.text);
      } else if (follower.type === ':=' || follower.type === '=') {
        this.#take();
        variables.push(token.text);
        if (follower.type === ':=') this.#variables.push(...variables);
        return { variables, assigns: follower.type === '=' };
      } else break;
    }
    this.#next = start;
    return { variables: [], assigns: false };
  }

  #command(context: string): CommandNode {
    const at = this.#peek().at;
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#peek();
      if (token.type === 'space') continue;
      if (token.type === '|') {
        this.#take();
        this.#skipSpace();
        if (this.#peek().type === 'close' || this.#peek().type === ')')
          throw this.#error(`missing value for ${context}`);
        break;
      }
      if (token.type === 'close' || token.type === ')') break;
      throw this.#unexpected(token, operand === undefined ? context : 'operand');
    }
    if (operands.length === 0) throw this.#error('empty command');
    return { at, operands };
  }

  #operand(): Operand | undefined {
    const token = this.#peek();
    const { at, text } = token;
    switch (token.type) {
      case 'dot':
        this.#take();
        return { type: 'dot', at };
      case 'field': {
        this.#take();
        const second = this.#peek();
        const names = [text.slice(1), ...this.#fieldNames()];
        // text/template says that a chain stands where its second field does.
        return { type: 'field', at: names.length > 1 ? second.at : at, names };
      }
      case 'variable': {
        if (!this.#variables.includes(text)) throw this.#error(`undefined variable ${JSON.stringify(text)}`);
        this.#take();
        return { type: 'variable', at, name: text, names: this.#fieldNames() };
      }
      case 'string':
        this.#take();
        return { type: 'literal', at, value: unquote(text), text };
      case 'number':
        this.#take();
        return { type: 'literal', at, value: numberOf(text), text };
      case '(': {
        this.#take();
        const pipe = this.#pipe('parenthesized pipeline', ')');
        return { type: 'pipe', at, pipe, names: this.#fieldNames() };
      }
      case 'word':
        return this.#word(token);
      default:
        return undefined;
    }
  }

  #word({ at, text }: Token): Operand {
    if (text === 'true' || text === 'false') {
      this.#take();
      return { type: 'literal', at, value: text === 'true', text };
    }
    if (text === 'nil') {
      this.#take();
      return { type: 'nil', at };
    }
    if (!this.#functions.has(text)) throw this.#error(`function ${JSON.stringify(text)} not defined`);
    this.#take();
    return { type: 'function', at, name: text };
  }

  #fieldNames(): readonly string[] {
    const names: string[] = [];
    while (this.#peek().type === 'field') names.push(this.#take().text.slice(1));
    return names;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(): Token {
    const token = this.#tokens[this.#next]!;
    if (token.type !== 'end of file') this.#next += 1;
    return token;
  }

  #skipSpace(): void {
    while (this.#peek().type === 'space') this.#take();
  }

  #expectClose(context: string): void {
    this.#skipSpace();
    const token = this.#take();
    if (token.type !== 'close') throw this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): Error {
    const shown = token.type === 'end of file' ? 'EOF' : token.type === 'close' ? '"}}"' : `<${token.text}>`;
    return this.#error(`unexpected ${shown} in ${context}`);
  }

  #error(problem: string): Error {
    return new TemplateSyntaxError(this.#template, this.#peek().at, problem);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The value of a quoted or raw string constant. */
function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, (_all, unicode, hex, letter) =>
    letter === undefined ? String.fromCodePoint(Number.parseInt(unicode ?? hex, 16)) : (ESCAPES[letter] ?? letter),
  );
}

function numberOf(text: string): number {
  if (text.startsWith("'")) return unquote(text).codePointAt(0)!;
  const plain = text.replaceAll('_', '');
  return plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain.replace(/^\+/, ''));
}
