import type { CustomResourceVersion } from '../api/apiextensions/custom-resource-definition.ts';
import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { sameValue } from '../api/copy-on-write.ts';
import type { FieldError } from '../api/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../api/field-errors.ts';
import { checkSimplePath, schemaAtPath } from './json-path.ts';
import type { CheckRules } from './rule-validation.ts';
import { validateDefaults, validateSchema } from './schema-validation.ts';
import { validateStructural } from './structural-rules.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;

/** The parts that versions may share. Each is judged once where all versions have the same. */
export function validateVersionParts(
  errors: FieldError[],
  versions: readonly CustomResourceVersion[],
  checkRules: CheckRules,
): void {
  const placesOf = (part: keyof CustomResourceVersion, shared: string) => places(versions, part, shared);
  for (const [{ schema, subresources }, path] of placesOf('schema', 'spec.validation')) {
    if (schema?.openAPIV3Schema === undefined) continue;
    const at = `${path === 'spec.validation' ? path : `${path}.schema`}.openAPIV3Schema`;
    validateRoot(errors, schema.openAPIV3Schema, subresources?.status !== undefined, at, checkRules);
  }
  for (const [{ subresources }, path] of placesOf('subresources', 'spec.subresources')) {
    validateScale(errors, subresources?.scale, path === 'spec.subresources' ? path : `${path}.subresources`);
  }
  for (const [{ additionalPrinterColumns = [] }, path] of placesOf('additionalPrinterColumns', 'spec')) {
    additionalPrinterColumns.forEach((column, index) => {
      validateColumn(errors, column, `${path}.additionalPrinterColumns[${index}]`);
    });
  }
  for (const [version, path] of placesOf('selectableFields', 'spec')) {
    validateSelectableFields(errors, version, `${path}.selectableFields`);
  }
}

function places(
  versions: readonly CustomResourceVersion[],
  part: keyof CustomResourceVersion,
  shared: string,
): readonly (readonly [CustomResourceVersion, string])[] {
  const [first] = versions;
  if (first === undefined) return [];
  if (versions.every((version) => sameValue(version[part], first[part]))) return [[first, shared]];
  return versions.map((version, index) => [version, `spec.versions[${index}]`]);
}

/** With a status of its own, the root of a schema may say no more than this. */
const ROOT_KEYWORDS = [
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'enum',
  'items',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'properties',
  'additionalProperties',
  'example',
  'externalDocs',
  'default',
  'nullable',
];

function validateRoot(
  errors: FieldError[],
  schema: JsonSchema,
  hasStatus: boolean,
  path: string,
  checkRules: CheckRules,
): void {
  for (const keyword of hasStatus ? Object.keys(schema) : []) {
    if (ROOT_KEYWORDS.includes(keyword) || keyword.startsWith('x-kubernetes-')) continue;
    errors.push(
      invalid(
        path,
        keyword,
        `only ${ROOT_KEYWORDS.join(' ')} fields are allowed at the root of the schema if the status subresource is enabled`,
      ),
    );
  }
  if (schema.nullable === true) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  const before = errors.length;
  validateSchema(errors, schema, path);
  if (errors.length === before) checkRules(errors, schema, path);
  const structural: FieldError[] = [];
  validateStructural(structural, schema, path);
  errors.push(...structural);
  if (structural.length === 0) validateDefaults(errors, schema, path);
}

type Scale = NonNullable<CustomResourceVersion['subresources']>['scale'];

function validateScale(errors: FieldError[], scale: Scale, path: string): void {
  if (scale === undefined) return;
  checkSimplePath(errors, scale.specReplicasPath, `${path}.scale.specReplicasPath`, ['.spec']);
  checkSimplePath(errors, scale.statusReplicasPath, `${path}.scale.statusReplicasPath`, ['.status']);
  if ((scale.labelSelectorPath ?? '') !== '') {
    checkSimplePath(errors, scale.labelSelectorPath, `${path}.scale.labelSelectorPath`, ['.spec', '.status']);
  }
}

type Column = NonNullable<CustomResourceVersion['additionalPrinterColumns']>[number];

function validateColumn(errors: FieldError[], column: Column, path: string): void {
  const { name = '', type = '', format = '' } = column;
  if (name === '') errors.push(required(`${path}.name`));
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (type === '') errors.push(required(`${path}.type`, types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${path}.type`, type, types));
  if (format !== '' && !COLUMN_FORMATS.includes(format)) {
    errors.push(invalid(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  }
  checkSimplePath(errors, column.jsonPath, `${path}.JSONPath`);
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#crd-selectable-fields */
function validateSelectableFields(errors: FieldError[], version: CustomResourceVersion, path: string): void {
  const { selectableFields = [], schema } = version;
  if (selectableFields.length === 0) return;
  const root = schema?.openAPIV3Schema;
  if (root === undefined) {
    errors.push(invalid(path, '', 'may only be set when validations.schema is included'));
    return;
  }
  if (selectableFields.length > MAX_SELECTABLE_FIELDS) {
    errors.push({
      type: 'FieldValueTooMany',
      field: path,
      message: `Too many: ${selectableFields.length}: must have at most ${MAX_SELECTABLE_FIELDS} items`,
    });
  }
  selectableFields.forEach(({ jsonPath }, index) => {
    const place = `${path}[${index}].jsonPath`;
    const before = errors.length;
    checkSimplePath(errors, jsonPath, place);
    if (errors.length > before) return;
    const field = schemaAtPath(root, jsonPath);
    if (field === undefined) {
      errors.push(invalid(place, jsonPath, 'is an invalid path: does not refer to a valid field'));
    } else if (!['string', 'boolean', 'integer'].includes(field.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(place, jsonPath, why));
    } else if (jsonPath.startsWith('.metadata')) {
      errors.push(invalid(place, jsonPath, 'must not point to fields in metadata'));
    } else if (selectableFields.findIndex((each) => each.jsonPath === jsonPath) < index) {
      errors.push(duplicate(place, jsonPath));
    }
  });
}
