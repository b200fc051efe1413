import { ExpressionParser } from './expression-parser.ts';
import { AwkSyntaxError } from './lexer.ts';
import type { AwkFunction, AwkProgram, Expression, Redirection, Rule, Statement } from './tree.ts';

/** Parses a program. Throws AwkSyntaxError. */
export function parseAwk(text: string): AwkProgram {
  return new ProgramParser(text).program();
}

class ProgramParser extends ExpressionParser {
  #functions = new Map<string, AwkFunction>();

  program(): AwkProgram {
    const rules: Rule[] = [];
    for (;;) {
      this.#skipTerminators();
      if (this.token.kind === 'end') {
        const missing = this.calls.find(({ text }) => !this.#functions.has(text));
        if (missing !== undefined) throw new AwkSyntaxError(missing.line, '', missing.text);
        return { rules, functions: this.#functions };
      }
      if (this.accept('function')) this.#function();
      else rules.push(this.#rule());
    }
  }

  #skipTerminators(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.advance();
  }

  #function(): void {
    if (this.token.kind !== 'name' && this.token.kind !== 'call') this.fail();
    const name = this.advance().text;
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      this.skipNewlines();
      if (this.token.kind !== 'name') this.fail();
      parameters.push(this.advance().text);
      if (!this.accept(',')) break;
    }
    this.skipNewlines();
    this.expect(')');
    this.skipNewlines();
    this.#functions.set(name, { parameters, body: this.#block() });
  }

  #rule(): Rule {
    let pattern: Rule['pattern'];
    let until: Expression | undefined;
    if (this.is('BEGIN', 'END')) pattern = this.advance().text as 'BEGIN' | 'END';
    else if (!this.is('{')) {
      pattern = this.expression();
      if (this.accept(',')) {
        this.skipNewlines();
        until = this.expression();
      }
    }
    const action = this.is('{') ? this.#block() : undefined;
    if (action === undefined && (pattern === 'BEGIN' || pattern === 'END')) this.fail();
    return { pattern, until, action };
  }

  #block(): Statement {
    this.expect('{');
    const body: Statement[] = [];
    for (;;) {
      this.#skipTerminators();
      if (this.accept('}')) return { kind: 'block', body };
      body.push(this.#statement());
    }
  }

  /** A statement with what ends it. */
  #statement(): Statement {
    if (this.is('{')) return this.#block();
    if (this.is('if')) return this.#if();
    if (this.is('while')) {
      this.advance();
      const test = this.#test();
      return { kind: 'while', test, body: this.#body() };
    }
    if (this.is('for')) return this.#for();
    if (this.accept('do')) {
      const body = this.#body();
      this.#skipTerminators();
      this.expect('while');
      const test = this.#test();
      this.#end();
      return { kind: 'do', test, body };
    }
    const statement = this.#simple();
    this.#end();
    return statement;
  }

  #end(): void {
    if (this.is('}') || this.token.kind === 'end') return;
    if (this.token.kind !== 'newline' && !this.is(';')) this.fail();
    this.advance();
  }

  #test(): Expression {
    this.expect('(');
    const test = this.expression();
    this.expect(')');
    return test;
  }

  #body(): Statement {
    this.skipNewlines();
    if (this.accept(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #if(): Statement {
    this.advance();
    const test = this.#test();
    const yes = this.#body();
    // The `else` may stand after newlines and a semicolon.
    this.#skipTerminators();
    const no = this.accept('else') ? this.#body() : undefined;
    return { kind: 'if', test, yes, no };
  }

  #for(): Statement {
    this.advance();
    this.expect('(');
    const first = this.is(';') ? undefined : this.#simple();
    if (first?.kind === 'expression' && this.is(')')) {
      const { expression } = first;
      if (expression.kind !== 'in' || expression.subscript.length !== 1) this.fail();
      const [variable] = expression.subscript;
      if (variable?.kind !== 'variable') this.fail();
      this.advance();
      return { kind: 'each', variable: variable.name, name: expression.name, body: this.#body() };
    }
    this.expect(';');
    this.skipNewlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.skipNewlines();
    const next = this.is(')') ? undefined : this.#simple();
    this.expect(')');
    return { kind: 'for', first, test, next, body: this.#body() };
  }

  #simple(): Statement {
    if (this.is('print', 'printf')) return this.#print();
    if (this.is('break', 'continue', 'next', 'nextfile')) {
      return { kind: this.advance().text as 'break' | 'continue' | 'next' | 'nextfile' };
    }
    if (this.is('exit', 'return')) {
      const kind = this.advance().text as 'exit' | 'return';
      const bare = this.token.kind === 'newline' || this.token.kind === 'end' || this.is(';', '}');
      return { kind, value: bare ? undefined : this.expression() };
    }
    if (this.accept('delete')) return this.#delete();
    return { kind: 'expression', expression: this.expression() };
  }

  #delete(): Statement {
    if (this.token.kind !== 'name') this.fail();
    const name = this.advance().text;
    if (!this.accept('[')) return { kind: 'delete', name, subscript: undefined };
    const subscript = this.expressions();
    this.expect(']');
    return { kind: 'delete', name, subscript };
  }

  #print(): Statement {
    const kind = this.advance().text as 'print' | 'printf';
    let args: readonly Expression[] = [];
    const bare = this.token.kind === 'newline' || this.token.kind === 'end' || this.is(';', '}', '>', '>>', '|');
    if (!bare) {
      const list = this.expressions({ noGreater: true });
      const [only] = list;
      args = list.length === 1 && only!.kind === 'list' ? only!.items : list;
    }
    return { kind, args, redirection: this.#redirection() };
  }

  #redirection(): Redirection | undefined {
    const to = this.is('>') ? 'file' : this.is('>>') ? 'append' : this.is('|') ? 'command' : undefined;
    if (to === undefined) return undefined;
    this.advance();
    return { to, target: this.expression({ noGreater: true }) };
  }
}
