import { DEFINITIONS, type ValueSchema } from '../../api/schema/definitions.ts';
import { isObject } from '../unstructured.ts';
import { FIELD_ORDER } from './field-order.ts';

/**
 * An object with its keys as Go's structures have them, all the way down; what a map holds stays in the order of the
 * alphabet. Commands that make or decode an object of a known kind print such JSON, the others that of a map.
 */
export function inTypedOrder(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { apiVersion, kind, items } = object;
  if (String(kind).endsWith('List') && items === null) return { kind, apiVersion, metadata: object['metadata'], items };
  if (String(kind).endsWith('List') && Array.isArray(items)) {
    // Items of a list of one kind need not say what they are.
    const of = definitionOf(apiVersion, String(kind).slice(0, -'List'.length));
    const inOrder = (item: Readonly<Record<string, unknown>>) =>
      item['kind'] === undefined ? structure(item, of) : inTypedOrder(item);
    return { kind, apiVersion, metadata: object['metadata'], items: items.map(inOrder) };
  }
  return structure(object, definitionOf(apiVersion, kind));
}

function definitionOf(apiVersion: unknown, kind: unknown): string {
  const [version = '', group = 'core'] = String(apiVersion).split('/').reverse();
  return `io.k8s.api.${group.split('.')[0]}.${version}.${String(kind)}`;
}

function structure(value: Readonly<Record<string, unknown>>, definition: string): Readonly<Record<string, unknown>> {
  const fields = DEFINITIONS.get(definition);
  const order = orderOf(definition);
  const position = (key: string) => {
    const at = order.indexOf(key);
    return at < 0 ? order.length : at;
  };
  const keys = Object.keys(value).sort((left, right) => position(left) - position(right) || (left < right ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key], fields?.get(key))]));
}

function ordered(value: unknown, schema: ValueSchema | undefined): unknown {
  if (Array.isArray(value)) {
    const of = schema?.type === 'list' ? schema.of : undefined;
    return value.map((item) => ordered(item, of));
  }
  if (!isObject(value)) return value;
  if (schema?.type === 'object') return structure(value, schema.definition);
  const of = schema?.type === 'map' ? schema.of : undefined;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key], of)]));
}

function orderOf(definition: string): readonly string[] {
  const name = definition.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '');
  const at = `\n${FIELD_ORDER}`.indexOf(`\n${name} `);
  if (at < 0) return [];
  const end = FIELD_ORDER.indexOf('\n', at);
  return FIELD_ORDER.slice(at, end < 0 ? undefined : end)
    .split(' ')
    .slice(1);
}
