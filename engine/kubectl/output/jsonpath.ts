import { JsonPathError, type JsonPathNode, parseJsonPath } from '../../api/json-path/parser.ts';
import { evaluateJsonPath, JsonPathFailure, type JsonPathOptions } from '../../api/json-path/walk.ts';
import { CommandError } from '../command-error.ts';
import { numberText } from '../yaml/yaml-scalar.ts';
import { goSyntax } from './go-syntax.ts';
import { writeJson } from './json-writer.ts';

/** A compiled template. */
export class JsonPath {
  readonly #template: string;
  readonly #nodes: readonly JsonPathNode[];

  /** @throws CommandError for a template that cannot be parsed */
  constructor(template: string) {
    this.#template = template;
    try {
      this.#nodes = parseJsonPath(template);
    } catch (error) {
      if (error instanceof JsonPathError) throw new CommandError(error.message);
      throw error;
    }
  }

  /** The template's text for a value. @throws CommandError */
  print(value: unknown, options: JsonPathOptions): string {
    try {
      return evaluateJsonPath(this.#nodes, value, options)
        .map((found) => found.map(valueText).join(' '))
        .join('');
    } catch (error) {
      if (!(error instanceof JsonPathFailure)) throw error;
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(this.#template)}: Error executing template: ${error.message}. ` +
          'Printing more information for debugging the template:\n' +
          `\ttemplate was:\n\t\t${this.#template}\n` +
          `\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n\n`,
      );
    }
  }

  /** The values that the template's pieces lead to, one list a piece. @throws CommandError */
  find(value: unknown, options: JsonPathOptions): readonly (readonly unknown[])[] {
    try {
      return evaluateJsonPath(this.#nodes, value, options);
    } catch (error) {
      if (error instanceof JsonPathFailure) throw new CommandError(error.message);
      throw error;
    }
  }
}

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` as a template. @throws CommandError */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{\.?([^{}]+)\}$/s.exec(expression) ?? /^\.?([^{}]+)$/s.exec(expression);
  if (match === null) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return match[1]!.startsWith('[') ? `{${match[1]}}` : `{.${match[1]}}`;
}

/** A value as kubectl prints it: text bare, the rest as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value === null || value === undefined) return '';
  return typeof value === 'boolean' ? String(value) : writeJson(value);
}
