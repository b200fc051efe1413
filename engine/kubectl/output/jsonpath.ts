import { CommandError } from '../command-error.ts';
import { isObject } from '../unstructured.ts';
import { numberText } from '../yaml/yaml-scalar.ts';
import { goSyntax } from './go-syntax.ts';
import { writeJson } from './json-writer.ts';
import { type JsonPathNode, type Operand, parseJsonPath, type Step } from './jsonpath-parser.ts';

/** A path that leads nowhere. */
class NotFound extends Error {
  override readonly name = 'NotFound';
}

export interface JsonPathOptions {
  /** Missing fields are left out instead of being an error; that is what `kubectl get` does. */
  readonly allowMissing: boolean;
}

/** A compiled template. */
export class JsonPath {
  readonly #template: string;
  readonly #nodes: readonly JsonPathNode[];

  /** @throws CommandError for a template that cannot be parsed */
  constructor(template: string) {
    this.#template = template;
    this.#nodes = parseJsonPath(template);
  }

  /** The template's text for a value. @throws CommandError */
  print(value: unknown, options: JsonPathOptions): string {
    try {
      return printNodes(this.#nodes, value, options);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(this.#template)}: Error executing template: ${error.message}. ` +
          'Printing more information for debugging the template:\n' +
          `\ttemplate was:\n\t\t${this.#template}\n` +
          `\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n`,
      );
    }
  }

  /** The values that the template's paths lead to, one list a path. */
  find(value: unknown, options: JsonPathOptions): readonly (readonly unknown[])[] {
    return this.#nodes.flatMap((node) => (node.type === 'path' ? [walk([value], node.steps, options)] : []));
  }
}

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` as a template. @throws CommandError */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{?\.?([^{}]+)\}?$/s.exec(expression);
  if (match === null) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return match[1]!.startsWith('[') ? `{${match[1]}}` : `{.${match[1]}}`;
}

function printNodes(nodes: readonly JsonPathNode[], value: unknown, options: JsonPathOptions): string {
  let text = '';
  for (const node of nodes) {
    if (node.type === 'text') text += node.text;
    else if (node.type === 'path') text += walk([value], node.steps, options).map(valueText).join(' ');
    else for (const item of walk([value], node.steps, options)) text += printNodes(node.body, item, options);
  }
  return text;
}

/** A value as kubectl prints it: text bare, the rest as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value === null || value === undefined) return '';
  return typeof value === 'boolean' ? String(value) : writeJson(value);
}

function walk(values: readonly unknown[], steps: readonly Step[], options: JsonPathOptions): readonly unknown[] {
  let current = values;
  for (const step of steps) current = current.flatMap((value) => take(value, step, options));
  return current;
}

function take(value: unknown, step: Step, options: JsonPathOptions): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return takeField(value, step.name, options);
    case 'wildcard':
      return children(value);
    case 'recursive':
      return descendants(value);
    case 'index':
      return takeIndex(value, step.index, options);
    case 'slice':
      return takeSlice(value, step);
    case 'union':
      return step.members.flatMap((member) => walk([value], member, options));
    case 'filter':
      return children(value).filter((item) => passes(item, step));
  }
}

function takeField(value: unknown, name: string, options: JsonPathOptions): readonly unknown[] {
  if (isObject(value) && Object.hasOwn(value, name)) return [value[name]];
  if (options.allowMissing) return [];
  throw new NotFound(`${name} is not found`);
}

function takeIndex(value: unknown, index: number, options: JsonPathOptions): readonly unknown[] {
  if (!Array.isArray(value)) {
    if (options.allowMissing && (value === undefined || value === null)) return [];
    throw new NotFound(`${isObject(value) ? 'map' : typeof value} is not array or slice`);
  }
  const position = index < 0 ? index + value.length : index;
  if (position >= 0 && position < value.length) return [value[position]];
  throw new NotFound(`array index out of bounds: index ${index}, length ${value.length}`);
}

function takeSlice(value: unknown, step: Step & { type: 'slice' }): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const by = Math.max(1, step.by ?? 1);
  return value.slice(step.from ?? 0, step.to ?? value.length).filter((_item, index) => index % by === 0);
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

/** The value and everything below it that may hold fields. */
function descendants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...children(value).flatMap(descendants)];
}

function passes(item: unknown, filter: Step & { type: 'filter' }): boolean {
  const left = operandValue(item, filter.left);
  if (filter.operator === 'exists') return left !== undefined;
  const right = operandValue(item, filter.right);
  if (left === undefined || right === undefined) return false;
  switch (filter.operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return (left as number) < (right as number);
    case '>':
      return (left as number) > (right as number);
    case '<=':
      return (left as number) <= (right as number);
    default:
      return (left as number) >= (right as number);
  }
}

function operandValue(item: unknown, operand: Operand): unknown {
  return operand.type === 'value' ? operand.value : walk([item], operand.steps, { allowMissing: true })[0];
}
