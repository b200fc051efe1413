import type { Operand, Step } from './parser.ts';

/** A path that leads nowhere. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

export interface JsonPathOptions {
  /** Missing fields are left out instead of being an error; that is what `kubectl get` does. */
  readonly allowMissing: boolean;
}

/** The values to which steps lead from some values. @throws NotFound */
export function walkJsonPath(
  values: readonly unknown[],
  steps: readonly Step[],
  options: JsonPathOptions,
): readonly unknown[] {
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
      return step.members.flatMap((member) => walkJsonPath([value], member, options));
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
  return operand.type === 'value' ? operand.value : walkJsonPath([item], operand.steps, { allowMissing: true })[0];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
