import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { sameValue } from '../api/copy-on-write.ts';
import type { FieldError } from '../api/field-error.ts';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../api/field-errors.ts';
import { compileRe2 } from '../api/re2.ts';
import { define, fieldSchema, isObject } from './decode.ts';
import { hasFormat } from './formats.ts';

/** Errors that name no field. */
const NO_FIELD = '<nil>';
const KEYWORDS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * What a value lacks to be what its schema says, in the words of k8s.io/kube-openapi pkg/validation/validate.
 *
 * @param path where the value stands: `spec.ports[0]`; empty for the whole object.
 */
export function validateValue(schema: JsonSchema, value: unknown, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkValue(errors, schema, value, path);
  return errors;
}

function checkValue(errors: FieldError[], schema: JsonSchema, value: unknown, path: string): void {
  if (value === null && schema.nullable === true) return;
  checkType(errors, schema, value, path);
  checkCombinations(errors, schema, value, path);
  if (typeof value === 'string') checkString(errors, schema, value, path);
  else if (typeof value === 'number') checkNumber(errors, schema, value, path);
  else if (Array.isArray(value)) checkList(errors, schema, value, path);
  else if (isObject(value)) checkObject(errors, schema, value, path);
  checkEnum(errors, schema, value, path);
}

function inBody(path: string, words: string): string {
  return `${path} in body ${words}`;
}

function checkType(errors: FieldError[], schema: JsonSchema, value: unknown, path: string): void {
  const wanted = wantedTypes(schema);
  const found = typeName(value);
  if (wanted.length > 0 && !wanted.includes(found) && !(found === 'integer' && wanted.includes('number'))) {
    errors.push(typeInvalid(path, found, inBody(path, `must be of type ${wanted.join(',')}: "${found}"`)));
  } else if (typeof value === 'string' && schema.format !== undefined && !hasFormat(schema.format, value)) {
    errors.push(typeInvalid(path, value, inBody(path, `must be of type ${schema.format}: ${JSON.stringify(value)}`)));
  }
}

function wantedTypes(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The first thing wrong with a text: longer texts are not matched at all. */
function checkString(errors: FieldError[], schema: JsonSchema, text: string, path: string): void {
  const { maxLength, minLength, pattern } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...text].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, text, inBody(path, `should be at least ${minLength} chars long`)));
  } else if (pattern !== undefined && compileRe2(pattern)?.test(text) === false) {
    errors.push(invalid(path, text, inBody(path, `should match '${pattern}'`)));
  }
}

function checkNumber(errors: FieldError[], schema: JsonSchema, value: number, path: string): void {
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  if (schema.type === 'integer' && !Number.isInteger(value)) {
    const why = `Checked value must be of type integer (default format) in ${path}`;
    errors.push(invalid(NO_FIELD, '', why));
    return;
  }
  const refuse = (words: string) => errors.push(invalid(path, value, inBody(path, `should be ${words}`)));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) refuse(`a multiple of ${multipleOf}`);
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    refuse(exclusiveMaximum === true ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    refuse(exclusiveMinimum === true ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  }
}

function checkList(errors: FieldError[], schema: JsonSchema, items: readonly unknown[], path: string): void {
  const { minItems, maxItems } = schema;
  if (schema.items !== undefined) {
    for (let index = 0; index < items.length; index++) {
      checkValue(errors, schema.items, items[index], `${path}[${index}]`);
    }
  }
  if (minItems !== undefined && items.length < minItems) {
    errors.push(invalid(path, items.length, inBody(path, `should have at least ${minItems} items`)));
  }
  if (maxItems !== undefined && items.length > maxItems) errors.push(tooMany(path, items.length, maxItems));
}

function checkObject(
  errors: FieldError[],
  schema: JsonSchema,
  object: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const { minProperties, maxProperties, required: needed = [] } = schema;
  const keys = Object.keys(object);
  if (minProperties !== undefined && keys.length < minProperties) {
    errors.push(invalid(path, keys.length, inBody(path, `should have at least ${minProperties} properties`)));
    return;
  }
  if (maxProperties !== undefined && keys.length > maxProperties) {
    errors.push(tooMany(path, keys.length, maxProperties));
    return;
  }
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const key of keys) {
    const type = fieldSchema(schema, key);
    if (type !== undefined && type !== true) checkValue(errors, type, object[key], at(key));
  }
  for (const key of needed) if (!Object.hasOwn(object, key)) errors.push(required(at(key)));
  if (schema['x-kubernetes-embedded-resource'] === true) checkEmbedded(errors, object, at);
}

function checkEmbedded(
  errors: FieldError[],
  object: Readonly<Record<string, unknown>>,
  at: (key: string) => string,
): void {
  for (const key of ['apiVersion', 'kind']) {
    if ((object[key] ?? '') === '') errors.push(required(at(key), 'must not be empty'));
  }
}

function checkEnum(errors: FieldError[], schema: JsonSchema, value: unknown, path: string): void {
  if (schema.enum === undefined || schema.enum.some((each) => sameValue(each, value))) return;
  const supported = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  errors.push(notSupported(path, value, supported));
}

/** `allOf` and its like judge; the value's own place is only named in the words. */
function checkCombinations(errors: FieldError[], schema: JsonSchema, value: unknown, path: string): void {
  const refuse = (words: string) => errors.push(invalid(NO_FIELD, '', `"${path}" ${words}`));
  const passing: Partial<Record<(typeof KEYWORDS_OF_SCHEMAS)[number], number>> = {};
  for (const keyword of KEYWORDS_OF_SCHEMAS) {
    const schemas = schema[keyword];
    if (schemas === undefined || schemas.length === 0) continue;
    const results = schemas.map((each) => validateValue(each, value, path));
    passing[keyword] = results.filter((result) => result.length === 0).length;
    if (keyword === 'allOf' && passing.allOf! < schemas.length) {
      refuse(`must validate all the schemas (allOf)${passing.allOf === 0 ? '. None validated' : ''}`);
      errors.push(...results.flat());
    } else if (keyword === 'anyOf' && passing.anyOf === 0) {
      refuse('must validate at least one schema (anyOf)');
      errors.push(...closest(results));
    } else if (keyword === 'oneOf' && passing.oneOf !== 1) {
      const count = passing.oneOf === 0 ? 'Found none valid' : `Found ${passing.oneOf} valid alternatives`;
      refuse(`must validate one and only one schema (oneOf). ${count}`);
      if (passing.oneOf === 0) errors.push(...closest(results));
    }
  }
  if (schema.not !== undefined && validateValue(schema.not, value, path).length === 0) {
    refuse('must not validate the schema (not)');
  }
}

/** What speaks against the alternative that comes nearest. */
function closest(results: readonly (readonly FieldError[])[]): readonly FieldError[] {
  return results.reduce((best, each) => (each.length < best.length ? each : best));
}

/** Items of sets and of lists that are maps must differ. After apiextensions-apiserver pkg/apiserver/schema/listtype. */
export function validateListTypes(schema: JsonSchema, value: unknown, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkListTypes(errors, schema, value, path);
  return errors;
}

function checkListTypes(errors: FieldError[], schema: JsonSchema, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    checkDuplicates(errors, schema, value, path);
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) checkListTypes(errors, items, item, `${path}[${index}]`);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const type = fieldSchema(schema, key);
    if (type !== undefined && type !== true) {
      checkListTypes(errors, type, value[key], path === '' ? key : `${path}.${key}`);
    }
  }
}

function checkDuplicates(errors: FieldError[], schema: JsonSchema, items: readonly unknown[], path: string): void {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return;
  const keys = type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    const identity = keys === undefined ? item : identityOf(keys, item);
    const text = JSON.stringify(identity);
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    if (count === 2)
      errors.push({ type: 'FieldValueDuplicate', field: `${path}[${index}]`, message: `Duplicate value: ${text}` });
  });
}

function identityOf(keys: readonly string[], item: unknown): unknown {
  const identity: Record<string, unknown> = {};
  for (const key of [...keys].sort()) {
    if (isObject(item) && Object.hasOwn(item, key)) define(identity, key, item[key]);
  }
  return identity;
}
