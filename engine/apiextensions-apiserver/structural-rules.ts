import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import type { FieldError } from '../api/field-error.ts';
import { forbidden, invalid, required } from '../api/field-errors.ts';

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
// after apiextensions-apiserver pkg/apiserver/schema/validation.go.

type Level = 'root' | 'field' | 'item';

const MISSING_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
};

/** What keeps a schema from being structural. */
export function validateStructural(errors: FieldError[], schema: JsonSchema, path: string): void {
  checkLevel(errors, schema, 'root', path);
}

function checkLevel(errors: FieldError[], schema: JsonSchema, level: Level, path: string): void {
  const { properties = {}, items, additionalProperties } = schema;
  checkCombinations(errors, schema, schema, path);
  checkType(errors, schema, level, path);
  if (level === 'root' || schema['x-kubernetes-embedded-resource'] === true) checkResource(errors, properties, path);
  checkEmbedded(errors, schema, path);
  if (items !== undefined) checkLevel(errors, items, 'item', `${path}.items`);
  if (typeof additionalProperties === 'object') {
    checkLevel(errors, additionalProperties, 'field', `${path}.additionalProperties`);
  }
  for (const key of Object.keys(properties).sort()) {
    checkLevel(errors, properties[key]!, 'field', `${path}.properties[${key}]`);
  }
}

function checkType(errors: FieldError[], schema: JsonSchema, level: Level, path: string): void {
  const { type = '' } = schema;
  const isEither = schema['x-kubernetes-int-or-string'] === true;
  if (isEither && type !== '') {
    errors.push(invalid(`${path}.type`, type, 'must be empty if x-kubernetes-int-or-string is true'));
  }
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(`${path}.type`, why) : invalid(`${path}.type`, type, why));
  } else if (type === '' && !isEither && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    errors.push(required(`${path}.type`, MISSING_TYPE[level]));
  }
  if (level !== 'root') return;
  if (type !== '' && type !== 'object') errors.push(invalid(`${path}.type`, type, 'must be object at the root'));
}

/** Of what every object has, a schema may say little. */
function checkResource(errors: FieldError[], properties: Readonly<Record<string, JsonSchema>>, path: string): void {
  for (const key of ['kind', 'apiVersion']) {
    const property = Object.hasOwn(properties, key) ? properties[key]! : undefined;
    if (property !== undefined && property.type !== 'string') {
      errors.push(invalid(`${path}.properties[${key}].type`, property.type ?? '', 'must be string'));
    }
  }
  const metadata = Object.hasOwn(properties, 'metadata') ? properties['metadata']! : undefined;
  if (metadata === undefined) return;
  const place = `${path}.properties[metadata]`;
  if (metadata.type !== 'object') errors.push(invalid(`${place}.type`, metadata.type ?? '', 'must be object'));
  const { type: _, description: __, properties: fields = {}, ...rest } = metadata;
  const others = Object.keys(fields).filter((name) => name !== 'name' && name !== 'generateName');
  if (others.length > 0 || Object.keys(rest).length > 0) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbidden(place, why));
  }
}

function checkEmbedded(errors: FieldError[], schema: JsonSchema, path: string): void {
  if (schema['x-kubernetes-embedded-resource'] !== true) return;
  if (schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(`${path}.additionalProperties`, why));
  }
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (!isOpen && Object.keys(schema.properties ?? {}).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${path}.properties`, why));
  }
}

/** Keywords of the shape, and what they must be where only values are judged. */
const FORBIDDEN_INSIDE = {
  description: 'empty',
  title: 'empty',
  default: 'undefined',
  nullable: 'false',
  additionalProperties: 'undefined',
  type: 'empty',
} as const;
const KEYWORDS_INSIDE = Object.keys(FORBIDDEN_INSIDE) as (keyof typeof FORBIDDEN_INSIDE)[];
const EXTENSIONS_INSIDE = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
] as const;

/** Inside `allOf` and its like only values are judged: the shape is given outside. */
function checkCombinations(errors: FieldError[], schema: JsonSchema, outside: JsonSchema, path: string): void {
  const nested: (readonly [JsonSchema, string])[] = [];
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (keyword === 'anyOf' && isIntOrStringPattern(outside, schema.anyOf)) continue;
    schema[keyword]?.forEach((each, index) => {
      const place = `${path}.${keyword}[${index}]`;
      if (keyword === 'allOf' && index === 0 && isIntOrStringPattern(outside, each.anyOf)) return;
      nested.push([each, place]);
    });
  }
  if (schema.not !== undefined) nested.push([schema.not, `${path}.not`]);
  for (const [each, place] of nested) {
    checkInside(errors, each, place);
    checkPresence(errors, each, outside, place);
    checkCombinations(errors, each, outside, place);
  }
}

function checkInside(errors: FieldError[], schema: JsonSchema, path: string): void {
  for (const keyword of KEYWORDS_INSIDE) {
    const value = schema[keyword];
    if (value === undefined || value === '') continue;
    errors.push(forbidden(`${path}.${keyword}`, `must be ${FORBIDDEN_INSIDE[keyword]} to be structural`));
  }
  for (const keyword of EXTENSIONS_INSIDE) {
    if (schema[keyword] !== undefined) errors.push(forbidden(`${path}.${keyword}`, 'must be false to be structural'));
  }
}

/** What is judged inside must be there outside. */
function checkPresence(errors: FieldError[], schema: JsonSchema, outside: JsonSchema, path: string): void {
  const structure = path.replace(/\.(?:allOf|anyOf|oneOf)\[\d+\]|\.not/g, '');
  for (const key of Object.keys(schema.properties ?? {}).sort()) {
    const inner = schema.properties![key]!;
    const place = `${path}.properties[${key}]`;
    const outer =
      outside.properties !== undefined && Object.hasOwn(outside.properties, key) ? outside.properties[key] : undefined;
    if (outer === undefined && typeof outside.additionalProperties !== 'object') {
      errors.push(required(`${structure}.properties[${key}]`, `because it is defined in ${place}`));
      continue;
    }
    checkInside(errors, inner, place);
    checkPresence(errors, inner, outer ?? (outside.additionalProperties as JsonSchema), place);
  }
  if (schema.items === undefined) return;
  const place = `${path}.items`;
  if (outside.items === undefined) {
    errors.push(required(`${structure}.items`, `because it is defined in ${place}`));
    return;
  }
  checkInside(errors, schema.items, place);
  checkPresence(errors, schema.items, outside.items, place);
}

/** The one place where types may stand in `anyOf`: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#intorstring */
function isIntOrStringPattern(outside: JsonSchema, anyOf: readonly JsonSchema[] | undefined): boolean {
  if (outside['x-kubernetes-int-or-string'] !== true || anyOf?.length !== 2) return false;
  return anyOf[0]?.type === 'integer' && anyOf[1]?.type === 'string';
}
