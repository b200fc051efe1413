import { isObject } from '../../unstructured.ts';
import { CallProblem, isTrue, type TemplateFunction } from './functions.ts';
import { goType, goValue } from './go-format.ts';
import {
  type Body,
  type CommandNode,
  commandText,
  type NamedTemplate,
  type Operand,
  operandText,
  type Pipe,
  pipeText,
  type TemplateNode,
} from './nodes.ts';

/** A template that fails while it runs, in text/template's words. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
}

/** Templates that call themselves, and ranges over numbers, end somewhere. */
const MAX_DEPTH = 500;
const MAX_STEPS = 200_000;

/** What ended a body before its end. */
type Leaving = 'break' | 'continue' | undefined;

/** What templates are executed with. */
export interface Execution {
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  /** The templates that may be called. */
  readonly named: ReadonlyMap<string, NamedTemplate>;
  /** What a key that a map does not have is: nothing at all, the value nil, or an error (`missingkey` of text/template). */
  readonly missing: 'skipped' | 'nil' | 'refused';
}

/** Writes the text that a template makes of a value. @throws ExecutionError; what has been written by then stays */
export function executeTemplate(
  template: NamedTemplate,
  value: unknown,
  write: (text: string) => void,
  execution: Execution,
): void {
  new Evaluator(template, write, execution).run(template.body, value, [['$', value]], 0);
}

/** Variables in scope, the innermost last; a pair is changed by `=`. */
type Scope = [name: string, value: unknown][];

class Evaluator {
  /** The one that is being executed. */
  #template: NamedTemplate;
  readonly #write: (text: string) => void;
  readonly #execution: Execution;
  #steps = 0;

  constructor(template: NamedTemplate, write: (text: string) => void, execution: Execution) {
    this.#template = template;
    this.#write = write;
    this.#execution = execution;
  }

  run(body: Body, dot: unknown, scope: Scope, depth: number): Leaving {
    const declared = scope.length;
    for (const node of body) {
      if (++this.#steps > MAX_STEPS) throw new ExecutionError('the template takes too many steps');
      const leaving = this.#node(node, dot, scope, depth);
      if (leaving !== undefined) return leaving;
    }
    scope.length = declared;
    return undefined;
  }

  #node(node: TemplateNode, dot: unknown, scope: Scope, depth: number): Leaving {
    switch (node.type) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#pipe(node.pipe, dot, scope);
        if (node.pipe.variables.length === 0)
          this.#write(value === null || value === undefined ? '<no value>' : goValue(value));
        return undefined;
      }
      case 'range':
        return this.#range(node, dot, scope, depth);
      case 'if':
      case 'with': {
        const declared = scope.length;
        const value = this.#pipe(node.pipe, dot, scope);
        const [body, inner] = isTrue(value) ? [node.body, node.type === 'with' ? value : dot] : [node.otherwise, dot];
        const leaving = this.run(body, inner, scope, depth);
        scope.length = declared;
        return leaving;
      }
      case 'template':
        this.#call(node, dot, scope, depth);
        return undefined;
      default:
        return node.type;
    }
  }

  #call(node: TemplateNode & { type: 'template' }, dot: unknown, scope: Scope, depth: number): void {
    const name = JSON.stringify(node.name);
    const shown = `{{template ${name}${node.pipe === undefined ? '' : ` ${pipeText(node.pipe)}`}}}`;
    const called = this.#execution.named.get(node.name);
    if (called === undefined) throw this.#error(node.at, shown, `template ${name} not defined`);
    if (depth >= MAX_DEPTH) throw this.#error(node.at, shown, `exceeded maximum template depth (${MAX_DEPTH})`);
    const value = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot, scope);
    const caller = this.#template;
    this.#template = called;
    this.run(called.body, value, [['$', value]], depth + 1);
    this.#template = caller;
  }

  #range(
    node: TemplateNode & { readonly pipe: Pipe; readonly body: Body; readonly otherwise: Body },
    dot: unknown,
    scope: Scope,
    depth: number,
  ): Leaving {
    const declared = scope.length;
    const value = this.#pipe({ ...node.pipe, variables: [] }, dot, scope);
    const { variables, assigns } = node.pipe;
    let any = false;
    for (const [key, item] of this.#entries(node.pipe, value)) {
      any = true;
      const values = variables.length === 1 ? [item] : [key, item];
      for (const [index, name] of variables.entries()) this.#set(scope, name, values[index], assigns);
      const leaving = this.run(node.body, item, scope, depth);
      scope.length = declared;
      if (leaving === 'break') break;
    }
    return any ? undefined : this.run(node.otherwise, dot, scope, depth);
  }

  *#entries(pipe: Pipe, value: unknown): Generator<readonly [unknown, unknown]> {
    if (Array.isArray(value)) yield* value.entries();
    else if (isObject(value)) for (const key of Object.keys(value).sort()) yield [key, value[key]];
    else if (typeof value === 'number' && Number.isInteger(value)) {
      for (let index = 0; index < value; index++) yield [index, index];
    } else if (value !== null && value !== undefined) {
      const last = pipe.commands.at(-1)!;
      const at = last.operands.length === 1 ? last.operands[0]!.at : last.at;
      throw this.#error(at, commandText(last), `range can't iterate over ${goValue(value)}`);
    }
  }

  #set(scope: Scope, name: string, value: unknown, assigns: boolean): void {
    const known = assigns ? scope.findLast(([other]) => other === name) : undefined;
    if (known === undefined) scope.push([name, value]);
    else known[1] = value;
  }

  #pipe(pipe: Pipe, dot: unknown, scope: Scope): unknown {
    let value: unknown;
    for (const [index, command] of pipe.commands.entries()) {
      value = this.#command(command, dot, scope, index === 0 ? [] : [value]);
    }
    for (const name of pipe.variables) {
      if (pipe.assigns && !scope.some(([other]) => other === name)) {
        const last = pipe.commands.at(-1)!.operands.at(-1)!;
        throw this.#error(last.at, operandText(last), `undefined variable: ${name}`);
      }
      this.#set(scope, name, value, pipe.assigns);
    }
    return value;
  }

  /** @param final the value of the pipeline so far, which becomes the last argument */
  #command(command: CommandNode, dot: unknown, scope: Scope, final: readonly unknown[]): unknown {
    const [first, ...args] = command.operands as readonly [Operand, ...Operand[]];
    if (first.type === 'function') return this.#function(command, first, args, dot, scope, final);
    if (first.type === 'nil') throw this.#error(first.at, 'nil', 'nil is not a command');
    if (args.length > 0 || final.length > 0) {
      const method = first.type === 'field' || first.type === 'variable' ? this.#value(first, dot, scope) : undefined;
      if (typeof method === 'function') {
        const values = args.map((arg) => this.#operand(arg, dot, scope));
        return method(...values, ...final);
      }
      const problem =
        first.type === 'field' || first.type === 'variable'
          ? `${operandText(first).split('.').at(-1)} is not a method but has arguments`
          : `can't give argument to non-function ${operandText(first)}`;
      throw this.#error(first.at, operandText(first), problem);
    }
    return this.#operand(first, dot, scope);
  }

  #function(
    command: CommandNode,
    { name }: Operand & { type: 'function' },
    args: readonly Operand[],
    dot: unknown,
    scope: Scope,
    final: readonly unknown[],
  ): unknown {
    const { least, most, call } = this.#execution.functions[name]!;
    const count = args.length + final.length;
    if (count < least || count > most) {
      const want = least === most ? `want ${least}` : `want at least ${least}`;
      throw this.#error(command.at, commandText(command), `wrong number of args for ${name}: ${want} got ${count}`);
    }
    const values: unknown[] = [];
    for (const arg of args) {
      const value = this.#operand(arg, dot, scope);
      if ((name === 'and' && !isTrue(value)) || (name === 'or' && isTrue(value))) return value;
      values.push(value);
    }
    try {
      return call([...values, ...final]);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      throw this.#error(command.at, commandText(command), `error calling ${name}: ${error.message}`);
    }
  }

  /** A method that stands alone is called without arguments. */
  #operand(operand: Operand, dot: unknown, scope: Scope): unknown {
    const value = this.#value(operand, dot, scope);
    return typeof value === 'function' ? value() : value;
  }

  #value(operand: Operand, dot: unknown, scope: Scope): unknown {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
        return undefined;
      case 'literal':
        return operand.value;
      case 'field':
        return this.#fields(operand, dot, operand.names);
      case 'variable': {
        const variable = scope.findLast(([name]) => name === operand.name);
        return this.#fields(operand, variable?.[1], operand.names);
      }
      case 'pipe':
        return this.#fields(operand, this.#pipe(operand.pipe, dot, scope), operand.names);
      case 'function':
        return this.#command({ at: operand.at, operands: [operand] }, dot, scope, []);
    }
  }

  #fields(operand: Operand, value: unknown, names: readonly string[]): unknown {
    let current = value;
    for (const name of names) {
      if (current === undefined) return undefined;
      if (current === null)
        throw this.#error(operand.at, operandText(operand), `nil pointer evaluating interface {}.${name}`);
      if (!isObject(current)) {
        const type = operand.type === 'pipe' ? goType(current) : 'interface {}';
        throw this.#error(operand.at, operandText(operand), `can't evaluate field ${name} in type ${type}`);
      }
      const present = Object.hasOwn(current, name);
      if (!present && this.#execution.missing === 'refused') {
        throw this.#error(operand.at, operandText(operand), `map has no entry for key ${JSON.stringify(name)}`);
      }
      current = present ? current[name] : this.#execution.missing === 'nil' ? null : undefined;
    }
    return current;
  }

  #error(at: number, shown: string, problem: string): ExecutionError {
    const { name, source } = this.#template;
    const before = source.text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - (before.lastIndexOf('\n') + 1);
    return new ExecutionError(
      `template: ${source.name}:${line}:${column}: executing ${JSON.stringify(name)} at <${shown}>: ${problem}`,
    );
  }
}
