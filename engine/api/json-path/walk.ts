import type { JsonPathNode, Step } from './parser.ts';

/** A path that cannot be followed in this value. */
export class JsonPathFailure extends Error {
  override readonly name = 'JsonPathFailure';
}

export interface JsonPathOptions {
  /** Missing fields are left out instead of being an error; that is what `kubectl get` does. */
  readonly allowMissing: boolean;
}

/** What each piece of a template leads to, in order. Ranges repeat their pieces. @throws JsonPathFailure */
export function evaluateJsonPath(
  nodes: readonly JsonPathNode[],
  value: unknown,
  options: JsonPathOptions,
): readonly (readonly unknown[])[] {
  const results: (readonly unknown[])[] = [];
  new Evaluation(nodes, options).run(0, value, false, results);
  return results;
}

class Evaluation {
  readonly #nodes: readonly JsonPathNode[];
  readonly #options: JsonPathOptions;

  constructor(nodes: readonly JsonPathNode[], options: JsonPathOptions) {
    this.#nodes = nodes;
    this.#options = options;
  }

  /** Evaluates from a node on, up to the `end` of the range or of the template; returns where it ended. */
  run(begin: number, value: unknown, inRange: boolean, results: (readonly unknown[])[]): number {
    for (let index = begin; index < this.#nodes.length; index++) {
      const node = this.#nodes[index]!;
      if (node.type === 'text') {
        results.push([node.text]);
        continue;
      }
      const [first] = node.steps;
      const word = first?.type === 'word' ? first.word : undefined;
      if (word === 'end' && !inRange) throw new JsonPathFailure('not in range, nothing to end');
      if (word === 'end') return index;
      const steps = word === 'range' ? node.steps.slice(1) : node.steps;
      const found = walkJsonPath([value], steps, this.#options);
      if (word !== 'range') results.push(found);
      else index = this.#range(index + 1, found, results);
    }
    return this.#nodes.length;
  }

  /**
   * A range of nothing is gone through as well, to find its end. One that has none is followed by what it repeats, once more, as in
   * the real one: this returns the node before the next.
   */
  #range(begin: number, items: readonly unknown[], results: (readonly unknown[])[]): number {
    let end = begin;
    for (const item of items) end = this.run(begin, item, true, results);
    if (items.length === 0) end = this.run(begin, undefined, true, []);
    return end === this.#nodes.length ? begin - 1 : end;
  }
}

/** The values to which steps lead from some values. @throws JsonPathFailure */
export function walkJsonPath(
  values: readonly unknown[],
  steps: readonly Step[],
  options: JsonPathOptions,
): readonly unknown[] {
  let current = values;
  for (const step of steps) current = take(current, step, options);
  return current;
}

function take(values: readonly unknown[], step: Step, options: JsonPathOptions): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return takeField(values, step.name, options);
    case 'wildcard':
      return values.flatMap(children);
    case 'recursive':
      return values.flatMap(descendants);
    case 'index':
      return values.flatMap((value) => takeIndex(value, step.index));
    case 'slice':
      return values.flatMap((value) => takeSlice(value, step));
    case 'union':
      return step.members.flatMap((member) => walkJsonPath(values, member, options));
    case 'filter':
      return values.flatMap((value) => filtered(value, step, options));
    case 'value':
      return [step.value];
    case 'word':
      throw new JsonPathFailure(`unrecognized identifier ${step.word}`);
  }
}

function takeField(values: readonly unknown[], name: string, options: JsonPathOptions): readonly unknown[] {
  const found = values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
  if (found.length === 0 && !options.allowMissing) throw new JsonPathFailure(`${name} is not found`);
  return found;
}

function takeIndex(value: unknown, index: number): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw noList(value);
  const position = index < 0 ? index + value.length : index;
  if (position >= 0 && position < value.length) return [value[position]];
  throw outOfBounds(position, value.length);
}

function takeSlice(value: unknown, { from = 0, to, by = 1 }: Step & { type: 'slice' }): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw noList(value);
  const { length } = value;
  const begin = from < 0 ? from + length : from;
  const end = to === undefined ? length : to < 0 ? to + length : to;
  if (begin === end) return [];
  if (begin >= length || begin < 0) throw outOfBounds(begin, length);
  if (end > length || end < 0) throw outOfBounds(end - 1, length);
  if (begin > end) throw new JsonPathFailure(`starting index ${begin} is greater than ending index ${end}`);
  if (by <= 0) throw new JsonPathFailure('step must be > 0');
  return value.slice(begin, end).filter((_item, index) => index % by === 0);
}

function outOfBounds(index: number, length: number): JsonPathFailure {
  return new JsonPathFailure(`array index out of bounds: index ${index}, length ${length}`);
}

function noList(value: unknown): JsonPathFailure {
  return new JsonPathFailure(`${goType(value)} is not array or slice`);
}

function goType(value: unknown): string {
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

/** The value and everything below it that holds something. */
function descendants(value: unknown): readonly unknown[] {
  const below = children(value);
  return below.length === 0 ? [] : [value, ...below.flatMap(descendants)];
}

function filtered(value: unknown, filter: Step & { type: 'filter' }, options: JsonPathOptions): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    throw new JsonPathFailure(
      `${isObject(value) ? goType(value) : value} is not array or slice and cannot be filtered`,
    );
  return value.filter((item) => passes(item, filter, options));
}

function passes(item: unknown, filter: Step & { type: 'filter' }, options: JsonPathOptions): boolean {
  const { left: steps, operator } = filter;
  if (operator === 'exists') return walkJsonPath([item], steps, { allowMissing: true }).length > 0;
  const left = walkJsonPath([item], steps, options);
  const right = walkJsonPath([item], filter.right, options);
  if (left.length === 0 || right.length === 0) return false;
  if (left.length > 1 || right.length > 1) throw new JsonPathFailure('can only compare one element at a time');
  return compare(operator, left[0], right[0]);
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  const [a, b] = [comparable(left), comparable(right)];
  if (goType(left) !== goType(right)) throw new JsonPathFailure('incompatible types for comparison');
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      throw new JsonPathFailure(`unrecognized filter operator ${operator}`);
  }
}

function comparable(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new JsonPathFailure('invalid type for comparison');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
