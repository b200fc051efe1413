import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import type { FieldError } from '../api/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../api/field-errors.ts';
import { compileRe2 } from '../api/re2.ts';
import { decodeCustomResource, isObject } from './decode.ts';
import { validateListTypes, validateValue } from './value-validation.ts';

// What a schema in a CustomResourceDefinition may say, after apiextensions-apiserver
// pkg/apis/apiextensions/validation/validation.go.

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

/** The schemas directly inside a schema, with their places. */
function childSchemas(schema: JsonSchema, path: string): (readonly [JsonSchema, string])[] {
  const children: (readonly [JsonSchema, string])[] = [];
  const { additionalProperties, properties = {}, items, not } = schema;
  if (typeof additionalProperties === 'object') children.push([additionalProperties, `${path}.additionalProperties`]);
  for (const key of Object.keys(properties).sort()) children.push([properties[key]!, `${path}.properties[${key}]`]);
  if (not !== undefined) children.push([not, `${path}.not`]);
  for (const keyword of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, each] of (schema[keyword] ?? []).entries())
      children.push([each, `${path}.${keyword}[${index}]`]);
  }
  if (items !== undefined) children.push([items, `${path}.items`]);
  return children;
}

/** Everything but the rules of structural schemas and CEL. */
export function validateSchema(errors: FieldError[], schema: JsonSchema, path: string): void {
  checkKeywords(errors, schema, path);
  checkListType(errors, schema, path);
  checkMapType(errors, schema, path);
  for (const [child, place] of childSchemas(schema, path)) validateSchema(errors, child, place);
}

function checkKeywords(errors: FieldError[], schema: JsonSchema, path: string): void {
  const { type, additionalProperties, properties, pattern } = schema;
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${path}.uniqueItems`, why));
  }
  if (additionalProperties === false) {
    errors.push(forbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'));
  }
  if (additionalProperties !== undefined && Object.keys(properties ?? {}).length > 0) {
    const why = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbidden(`${path}.additionalProperties`, why));
  }
  for (const keyword of UNSUPPORTED) {
    if (schema[keyword] !== undefined) errors.push(forbidden(`${path}.${keyword}`, `${keyword} is not supported`));
  }
  if (Array.isArray(schema.items)) {
    errors.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  }
  if (type === 'null') {
    errors.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  } else if (type !== undefined && type !== '' && !TYPES.includes(type)) {
    errors.push(notSupported(`${path}.type`, type, TYPES));
  }
  if (pattern !== undefined && pattern !== '' && compileRe2(pattern) === undefined) {
    errors.push(invalid(`${path}.pattern`, pattern, "must be a valid regular expression, but isn't"));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
}

function checkMapType(errors: FieldError[], schema: JsonSchema, path: string): void {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return;
  if ((schema.type ?? '') === '') {
    errors.push(required(`${path}.type`, 'must be object if x-kubernetes-map-type is specified'));
  } else if (schema.type !== 'object') {
    errors.push(invalid(`${path}.type`, schema.type, 'must be object if x-kubernetes-map-type is specified'));
  }
  if (mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
}

function checkListType(errors: FieldError[], schema: JsonSchema, path: string): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (listType !== undefined) {
    if ((schema.type ?? '') === '') {
      errors.push(required(`${path}.type`, 'must be array if x-kubernetes-list-type is specified'));
    } else if (schema.type !== 'array') {
      errors.push(invalid(`${path}.type`, schema.type, 'must be array if x-kubernetes-list-type is specified'));
    }
    if (!['atomic', 'set', 'map'].includes(listType)) {
      errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']));
    }
  }
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const place = `${path}.x-kubernetes-list-type`;
    errors.push(listType === undefined ? required(place, why) : invalid(place, listType, why));
  }
  if (listType === 'map') checkMapKeys(errors, schema, keys, path);
  if (listType === 'set') checkSetItems(errors, schema, path);
}

function checkMapKeys(errors: FieldError[], schema: JsonSchema, keys: readonly string[], path: string): void {
  const place = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) errors.push(required(place, 'must not be empty if x-kubernetes-list-type is map'));
  const { items } = schema;
  if (items === undefined) {
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
    return;
  }
  if (items.type !== 'object') {
    errors.push(
      invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"),
    );
  }
  keys.forEach((key, index) => {
    const property = items.properties?.[key];
    if (keys.indexOf(key) < index) errors.push(duplicate(`${place}[${index}]`, key));
    else if (property === undefined) {
      errors.push(invalid(`${place}[${index}]`, key, 'entries must all be names of item properties'));
    } else if (property.default === undefined && items.required?.includes(key) !== true) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(required(`${path}.items.properties[${key}].default`, why));
    } else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${path}.items.properties[${key}].type`, property.type, why));
    }
  });
}

function checkSetItems(errors: FieldError[], schema: JsonSchema, path: string): void {
  const { items } = schema;
  const when = 'x-kubernetes-list-type is set';
  if (items === undefined) {
    errors.push(required(`${path}.items`, `must have a schema if ${when}`));
    return;
  }
  if (items.nullable === true) errors.push(forbidden(`${path}.items.nullable`, `cannot be nullable when ${when}`));
  const isAtomicObject = items.type === 'object' && items['x-kubernetes-map-type'] === 'atomic';
  if (items.type === 'object' && !isAtomicObject) {
    const why = `must be atomic as item of a list with x-kubernetes-list-type=set`;
    errors.push(invalid(`${path}.items.x-kubernetes-map-type`, items['x-kubernetes-map-type'], why));
  }
  const isAtomicList = (items['x-kubernetes-list-type'] ?? 'atomic') === 'atomic';
  if (items.type === 'array' && !isAtomicList) {
    const why = `must be atomic as item of a list with x-kubernetes-list-type=set`;
    errors.push(invalid(`${path}.items.x-kubernetes-list-type`, items['x-kubernetes-list-type'], why));
  }
}

/** Defaults must be what their own schema allows. After pkg/apiserver/schema/defaulting/validation.go. */
export function validateDefaults(errors: FieldError[], schema: JsonSchema, path: string): void {
  if (schema.default !== undefined) {
    const place = `${path}.default`;
    const { unknownFields } = isObject(schema.default) ? decodeCustomResource(schema, schema.default) : NOTHING;
    if (unknownFields.length > 0) {
      errors.push(invalid(place, schema.default, 'must be a valid value: has unspecified fields'));
    }
    for (const error of [
      ...validateValue(schema, schema.default, ''),
      ...validateListTypes(schema, schema.default, ''),
    ]) {
      errors.push({ ...error, field: error.field === '' ? place : `${place}.${error.field}` });
    }
  }
  for (const [child, at] of childSchemas(schema, path)) validateDefaults(errors, child, at);
}

const NOTHING = { unknownFields: [] };
