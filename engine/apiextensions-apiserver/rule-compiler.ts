import { type Environment, Optional } from '@marcbachmann/cel-js';
import type { JsonSchema, ValidationRule } from '../api/apiextensions/json-schema.ts';
import { compileProgram, createEnvironment, type DeclaredType, type Program, TypeDeclarations } from '../cel/index.ts';

/** What the rules at one place of a schema may speak of: the value there, and the value before. */
export class RuleEnvironment {
  readonly #type: DeclaredType;
  readonly #plain: Environment;
  readonly #optional: Environment;

  /** @param isRoot whether the schema is that of a whole object, with apiVersion, kind and metadata. */
  constructor(schema: JsonSchema, isRoot: boolean) {
    const base = createEnvironment();
    this.#type = new TypeDeclarations(base).declare(schema, isRoot);
    base.registerVariable('self', this.#type.name);
    this.#plain = base.clone().registerVariable('oldSelf', this.#type.name);
    this.#optional = base.clone().registerVariable('oldSelf', `optional<${this.#type.name}>`);
  }

  compile(rule: ValidationRule, expression: string, result: string): Program {
    return compileProgram(rule.optionalOldSelf === true ? this.#optional : this.#plain, expression, result);
  }

  variables(value: unknown, old: unknown, isOptional: boolean): Readonly<Record<string, unknown>> {
    const self = this.#type.convert(value);
    if (isOptional)
      return { self, oldSelf: old === undefined ? Optional.none() : Optional.of(this.#type.convert(old)) };
    return old === undefined ? { self } : { self, oldSelf: this.#type.convert(old) };
  }
}

/** @throws CelCompileError */
export function compileRule(
  environment: RuleEnvironment,
  rule: ValidationRule,
  expression: string,
  result: string,
): Program {
  return environment.compile(rule, expression, result);
}

/** Whether an expression names a variable. */
export function mentions(expression: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name}\\b`).test(expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""'));
}
