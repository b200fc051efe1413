import type { ScalarType } from '../../api/schema/definitions.ts';
import {
  childType,
  type FieldType,
  isObject,
  itemElement,
  itemType,
  printPath,
  rootType,
  type TypedKind,
  topology,
} from './typed-value.ts';

/** More would help nobody. */
const MAX_ERRORS = 20;

/**
 * What is wrong with an applied configuration: unknown fields, wrong types, items without or with the same keys; in the
 * words of sigs.k8s.io/structured-merge-diff typed/validate.go. Undefined when nothing is.
 */
export function checkConfiguration(kind: TypedKind, configuration: object): string | undefined {
  const errors: string[] = [];
  const path: string[] = [];

  function report(words: string): void {
    if (errors.length < MAX_ERRORS) errors.push(`${printPath(path)}: ${words}`);
  }

  function checkValue(type: FieldType, value: unknown): void {
    const { schema } = type;
    if (value === null || value === undefined || schema.type === 'untyped') return;
    if (schema.type === 'object' || schema.type === 'map' || schema.type === 'struct') {
      if (isObject(value)) checkFields(type, value);
      else report(`expected map, got ${printUnstructured(value)}`);
    } else if (schema.type === 'list') {
      if (Array.isArray(value)) checkItems(type, value);
      else report(`expected list, got ${printUnstructured(value)}`);
    } else {
      const problem = describeScalar(schema.type, value);
      if (problem !== undefined) report(problem);
    }
  }

  function checkFields(type: FieldType, object: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(object)) {
      const child = childType(type, key);
      path.push(`f:${key}`);
      if (child === undefined) report('field not declared in schema');
      else checkValue(child, object[key]);
      path.pop();
    }
  }

  function checkItems(type: FieldType, items: readonly unknown[]): void {
    const keys = topology(type);
    const seen = new Set<string>();
    items.forEach((item, index) => {
      let element: string | undefined = `i:${index}`;
      if (typeof keys === 'object') {
        element = itemElement(keys, item);
        if (element === undefined) {
          reportWithoutKeys(keys, index);
          return;
        }
        if (seen.has(element)) report(`duplicate entries for key ${printPath([element])}`);
        seen.add(element);
      }
      path.push(element);
      checkValue(itemType(type), item);
      path.pop();
    });
  }

  function reportWithoutKeys(keys: readonly string[], index: number): void {
    const lacking = keys.map((key) => JSON.stringify(key)).join(', ');
    const why =
      keys.length === 0
        ? 'set item must be scalar'
        : `associative list with keys has an element that omits key field ${lacking} (and doesn't have default value)`;
    report(`element ${index}: ${why}`);
  }

  checkFields(rootType(kind), configuration as Readonly<Record<string, unknown>>);
  if (errors.length === 0) return undefined;
  return errors.length === 1 ? errors[0] : `errors:\n  ${errors.join('\n  ')}`;
}

function describeScalar(type: ScalarType, value: unknown): string | undefined {
  switch (type) {
    case 'int32':
    case 'int64':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${printUnstructured(value)}`;
    case 'string':
    case 'bytes':
    case 'time':
    case 'microTime':
      if (typeof value === 'string') return undefined;
      return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    default:
      return isObject(value) && type !== 'any' ? `expected scalar, got ${printUnstructured(value)}` : undefined;
  }
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goSyntax(value: unknown): string {
  return typeof value === 'object' ? `${goType(value)}{…}` : JSON.stringify(value);
}

function printUnstructured(value: unknown): string {
  return `&{${typeof value === 'object' ? JSON.stringify(value).slice(0, 100) : String(value)}}`;
}
