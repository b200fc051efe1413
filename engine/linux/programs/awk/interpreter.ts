import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Regex } from '../../regex.ts';
import { arrayParameters } from './array-names.ts';
import { match, SIMPLE_BUILTINS, split, substitute } from './builtins.ts';
import { AwkError, type AwkMachine, type Scope } from './machine.ts';
import { formatted, line, operate } from './operators.ts';
import type { AwkProgram, Expression, Rule, Statement, Target } from './tree.ts';
import { type AwkArray, fromInput, isTrue, toNumber, toText, type Value } from './value.ts';

/** How a statement ended, if not by coming to its end. */
type Jump =
  | { readonly kind: 'break' | 'continue' | 'next' | 'nextfile' | 'exit' }
  | { readonly kind: 'return'; readonly value: Value };

/** Functions that call one another deeper than this end the program. */
const MAX_CALLS = 400;

/** Runs a parsed program. */
export class Interpreter {
  readonly #program: AwkProgram;
  readonly #machine: AwkMachine;
  readonly #arrayParameters: ReadonlyMap<string, ReadonlySet<number>>;
  #locals: Scope | undefined;
  #calls = 0;
  #exitCode = 0;
  /** The ranges that have begun and not ended. */
  readonly #openRanges = new Set<Rule>();

  constructor(program: AwkProgram, machine: AwkMachine) {
    this.#program = program;
    this.#machine = machine;
    this.#arrayParameters = arrayParameters(program);
  }

  /** Everything from BEGIN to END; returns the exit code. */
  *run(): Task<number> {
    const rules = this.#program.rules;
    const main = rules.filter(({ pattern }) => pattern !== 'BEGIN' && pattern !== 'END');
    const ends = rules.filter(({ pattern }) => pattern === 'END');
    let jump: Jump | undefined;
    for (const rule of rules) {
      if (rule.pattern !== 'BEGIN') continue;
      jump = yield* this.#execute(rule.action!);
      if (jump?.kind === 'exit') break;
    }
    if (jump?.kind !== 'exit' && (main.length > 0 || ends.length > 0)) jump = yield* this.#records(main);
    // An `exit` before the end leads here; only one in an END rule ends everything.
    for (const rule of ends) {
      jump = yield* this.#execute(rule.action!);
      if (jump?.kind === 'exit') break;
    }
    return this.#exitCode;
  }

  *#records(main: readonly Rule[]): Task<Jump | undefined> {
    const machine = this.#machine;
    for (;;) {
      const record = yield* machine.nextRecord();
      if (record === undefined) return undefined;
      machine.setRecord(record);
      for (const rule of main) {
        if (!(yield* this.#applies(rule))) continue;
        const jump = rule.action === undefined ? yield* this.#printRecord() : yield* this.#execute(rule.action);
        if (jump?.kind === 'nextfile') machine.skipFile();
        if (jump?.kind === 'exit') return jump;
        if (jump !== undefined) break;
      }
    }
  }

  *#printRecord(): Task<undefined> {
    yield* this.#machine.streams.print(this.#machine.recordText + this.#machine.text('ORS'));
    return undefined;
  }

  *#applies(rule: Rule): Task<boolean> {
    const pattern = rule.pattern as Expression | undefined;
    if (pattern === undefined) return true;
    if (rule.until === undefined) return isTrue(yield* this.#value(pattern));
    if (!this.#openRanges.has(rule)) {
      if (!isTrue(yield* this.#value(pattern))) return false;
      this.#openRanges.add(rule);
    }
    if (isTrue(yield* this.#value(rule.until))) this.#openRanges.delete(rule);
    return true;
  }

  // Statements

  *#execute(statement: Statement): Task<Jump | undefined> {
    yield* this.#machine.process.compute(0.02);
    switch (statement.kind) {
      case 'block':
        for (const each of statement.body) {
          const jump = yield* this.#execute(each);
          if (jump !== undefined) return jump;
        }
        return undefined;
      case 'expression':
        yield* this.#value(statement.expression);
        return undefined;
      case 'print':
      case 'printf':
        yield* this.#print(statement);
        return undefined;
      case 'if':
        if (isTrue(yield* this.#value(statement.test))) return yield* this.#execute(statement.yes);
        return statement.no === undefined ? undefined : yield* this.#execute(statement.no);
      case 'while':
      case 'do':
      case 'for':
      case 'each':
        return yield* this.#loop(statement);
      case 'delete':
        if (statement.subscript === undefined) this.#array(statement.name).clear();
        else this.#array(statement.name).delete(yield* this.#subscript(statement.subscript));
        return undefined;
      case 'exit':
        if (statement.value !== undefined)
          this.#exitCode = Math.trunc(toNumber(yield* this.#value(statement.value))) & 0xff;
        return { kind: 'exit' };
      case 'return':
        return {
          kind: 'return',
          value: statement.value === undefined ? undefined : yield* this.#value(statement.value),
        };
      default:
        return { kind: statement.kind };
    }
  }

  *#loop(loop: Statement & { readonly kind: 'while' | 'do' | 'for' | 'each' }): Task<Jump | undefined> {
    if (loop.kind === 'each') {
      for (const key of [...this.#array(loop.name).keys()]) {
        this.#setVariable(loop.variable, fromInput(key));
        const jump = yield* this.#execute(loop.body);
        if (jump?.kind === 'break') return undefined;
        if (jump !== undefined && jump.kind !== 'continue') return jump;
      }
      return undefined;
    }
    if (loop.kind === 'for' && loop.first !== undefined) yield* this.#execute(loop.first);
    for (let first = true; ; first = false) {
      const looked = loop.test !== undefined && !(loop.kind === 'do' && first);
      if (looked && !isTrue(yield* this.#value(loop.test!))) return undefined;
      const jump = yield* this.#execute(loop.body);
      if (jump?.kind === 'break') return undefined;
      if (jump !== undefined && jump.kind !== 'continue') return jump;
      if (loop.kind === 'for' && loop.next !== undefined) yield* this.#execute(loop.next);
    }
  }

  *#print(statement: Statement & { readonly kind: 'print' | 'printf' }): Task<void> {
    const machine = this.#machine;
    const values: Value[] = [];
    for (const argument of statement.args) values.push(yield* this.#value(argument));
    const text = statement.kind === 'printf' ? formatted(machine, values) : line(machine, values);
    const { redirection } = statement;
    if (redirection === undefined) yield* machine.streams.print(text);
    else {
      const name = yield* this.#text(redirection.target);
      try {
        yield* machine.streams.write(redirection.to, name, text);
      } catch (error) {
        if (error instanceof Errno && error.code !== 'EPIPE')
          throw new AwkError(`can't open ${name}: ${error.message}`);
        throw error;
      }
    }
  }

  // Names

  #array(name: string): AwkArray {
    const scope = this.#locals?.has(name) ? this.#locals : this.#machine.globals;
    const held = scope.get(name);
    if (held instanceof Map) return held;
    if (held !== undefined) throw new AwkError(`attempt to use scalar \`${name}' as an array`);
    const array: AwkArray = new Map();
    scope.set(name, array);
    return array;
  }

  #variable(name: string): Value {
    if (this.#locals?.has(name) !== true) return this.#machine.value(name);
    const value = this.#locals.get(name);
    if (value instanceof Map) throw new AwkError(`attempt to use array \`${name}' in a scalar context`);
    return value;
  }

  #setVariable(name: string, value: Value): void {
    if (this.#locals?.has(name)) this.#locals.set(name, value);
    else this.#machine.set(name, value);
  }

  *#subscript(parts: readonly Expression[]): Task<string> {
    const texts: string[] = [];
    for (const part of parts) texts.push(yield* this.#text(part));
    return texts.join(texts.length > 1 ? this.#machine.text('SUBSEP') : '');
  }

  *#assign(target: Target, value: Value): Task<void> {
    if (target.kind === 'variable') this.#setVariable(target.name, value);
    else if (target.kind === 'field')
      this.#machine.setField(Math.trunc(toNumber(yield* this.#value(target.index))), value);
    else this.#array(target.name).set(yield* this.#subscript(target.subscript), value);
  }

  // Expressions

  *#text(expression: Expression): Task<string> {
    return toText(yield* this.#value(expression), this.#machine.convfmt);
  }

  *#number(expression: Expression): Task<number> {
    return toNumber(yield* this.#value(expression));
  }

  *#value(expression: Expression): Task<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'variable':
        return this.#variable(expression.name);
      case 'field':
        return this.#machine.field(Math.trunc(yield* this.#number(expression.index)));
      case 'element':
        return this.#element(this.#array(expression.name), yield* this.#subscript(expression.subscript));
      case 'group':
        return yield* this.#value(expression.inner);
      case 'list':
        return yield* this.#subscript(expression.items);
      case 'regex':
        return this.#machine.regex(expression.source).test(this.#machine.recordText) ? 1 : 0;
      case 'binary':
        return operate(
          this.#machine,
          expression.operator,
          yield* this.#value(expression.left),
          yield* this.#value(expression.right),
        );
      case 'concat': {
        const left = yield* this.#text(expression.left);
        return left + (yield* this.#text(expression.right));
      }
      case 'conditional':
        return yield* this.#value(isTrue(yield* this.#value(expression.test)) ? expression.yes : expression.no);
      case 'and':
        return isTrue(yield* this.#value(expression.left)) && isTrue(yield* this.#value(expression.right)) ? 1 : 0;
      case 'or':
        return isTrue(yield* this.#value(expression.left)) || isTrue(yield* this.#value(expression.right)) ? 1 : 0;
      case 'in':
        return this.#array(expression.name).has(yield* this.#subscript(expression.subscript)) ? 1 : 0;
      case 'match': {
        const found = (yield* this.#regex(expression.right)).test(yield* this.#text(expression.left));
        return found !== expression.negated ? 1 : 0;
      }
      default:
        return yield* this.#effect(expression);
    }
  }

  /** Expressions that do something. */
  *#effect(expression: Expression): Task<Value> {
    switch (expression.kind) {
      case 'assign': {
        let value = yield* this.#value(expression.value);
        if (expression.operator !== undefined) {
          value = operate(this.#machine, expression.operator, yield* this.#value(expression.target), value);
        }
        yield* this.#assign(expression.target, value);
        return value;
      }
      case 'step': {
        const before = yield* this.#number(expression.target);
        yield* this.#assign(expression.target, before + expression.by);
        return expression.prefix ? before + expression.by : before;
      }
      case 'unary': {
        const value = yield* this.#value(expression.operand);
        if (expression.operator === '!') return isTrue(value) ? 0 : 1;
        return expression.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'call':
        return yield* this.#call(expression.name, expression.args);
      case 'builtin':
        return yield* this.#builtin(expression.name, expression.args);
      case 'getline':
        return yield* this.#getline(expression);
      default:
        throw new Error(`an expression of kind ${expression.kind} has no value`);
    }
  }

  /** Looking at an element makes it. */
  #element(array: AwkArray, key: string): Value {
    if (!array.has(key)) array.set(key, undefined);
    return array.get(key);
  }

  *#regex(expression: Expression): Task<Regex> {
    return this.#machine.regex(expression.kind === 'regex' ? expression.source : yield* this.#text(expression));
  }

  *#call(name: string, args: readonly Expression[]): Task<Value> {
    const called = this.#program.functions.get(name);
    if (called === undefined) throw new AwkError(`calling undefined function ${name}`);
    if (args.length > called.parameters.length) throw new AwkError(`function ${name} called with too many arguments`);
    if (++this.#calls > MAX_CALLS) throw new AwkError('function call nesting too deep');
    const arrays = this.#arrayParameters.get(name);
    const locals: Scope = new Map(called.parameters.map((parameter) => [parameter, undefined]));
    for (const [index, argument] of args.entries()) {
      const byName = arrays?.has(index) && argument.kind === 'variable';
      locals.set(called.parameters[index]!, byName ? this.#array(argument.name) : yield* this.#value(argument));
    }
    const outer = this.#locals;
    this.#locals = locals;
    const jump = yield* this.#execute(called.body);
    this.#locals = outer;
    this.#calls -= 1;
    return jump?.kind === 'return' ? jump.value : undefined;
  }

  *#builtin(name: string, args: readonly Expression[]): Task<Value> {
    const machine = this.#machine;
    const [first, second, third] = args;
    switch (name) {
      case 'length':
        if (first?.kind === 'variable' && this.#holdsArray(first.name)) return this.#array(first.name).size;
        return [...(first === undefined ? machine.recordText : yield* this.#text(first))].length;
      case 'split': {
        if (second?.kind !== 'variable') throw new AwkError('split: second argument is not an array');
        const text = yield* this.#text(first!);
        const by =
          third === undefined
            ? undefined
            : third.kind === 'regex'
              ? machine.regex(third.source)
              : yield* this.#text(third);
        return split(machine, text, this.#array(second.name), by);
      }
      case 'match':
        return match(machine, yield* this.#text(first!), yield* this.#regex(second!));
      case 'sub':
      case 'gsub': {
        const regex = yield* this.#regex(first!);
        const replacement = yield* this.#text(second!);
        const target: Expression = third ?? { kind: 'field', index: { kind: 'number', value: 0 } };
        const result = substitute(yield* this.#text(target), regex, replacement, name === 'gsub' ? 'all' : 1);
        const assignable = target.kind === 'variable' || target.kind === 'field' || target.kind === 'element';
        if (result.count > 0 && assignable) yield* this.#assign(target, result.text);
        return result.count;
      }
      case 'gensub': {
        const regex = yield* this.#regex(first!);
        const replacement = yield* this.#text(second!);
        const how = yield* this.#value(third!);
        const which = /^[gG]/.test(toText(how, machine.convfmt)) ? 'all' : Math.max(1, toNumber(how));
        const text = args[3] === undefined ? machine.recordText : yield* this.#text(args[3]);
        return substitute(text, regex, replacement, which, true).text;
      }
      default: {
        const values: Value[] = [];
        for (const argument of args) values.push(yield* this.#value(argument));
        const result = SIMPLE_BUILTINS[name]!(machine, values);
        return typeof result === 'object' && 'next' in result ? yield* result : result;
      }
    }
  }

  #holdsArray(name: string): boolean {
    return (this.#locals?.has(name) ? this.#locals : this.#machine.globals).get(name) instanceof Map;
  }

  *#getline(expression: Expression & { readonly kind: 'getline' }): Task<Value> {
    const machine = this.#machine;
    const { from, source, target } = expression;
    let record: string | undefined;
    try {
      record =
        from === 'input'
          ? yield* machine.nextRecord()
          : yield* machine.streams.read(from, yield* this.#text(source!), machine.separator());
    } catch (error) {
      if (error instanceof Errno && error.code !== 'EPIPE') return -1;
      throw error;
    }
    if (record === undefined) return 0;
    if (from === 'command') machine.set('NR', toNumber(machine.value('NR')) + 1);
    if (target === undefined) machine.setRecord(record);
    else yield* this.#assign(target, fromInput(record));
    return 1;
  }
}
