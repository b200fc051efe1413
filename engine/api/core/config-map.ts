import { sameValue } from '../copy-on-write.ts';
import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, tooLong } from '../field-errors.ts';
import type { ConfigMap } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkConfigMapKey } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';
import { base64Length, utf8Length } from './data-size.ts';

const MAX_BYTES = 1024 * 1024;

function validateData(errors: FieldError[], { data = {}, binaryData = {} }: ConfigMap): void {
  let size = 0;
  for (const key in data) {
    for (const detail of checkConfigMapKey(key)) errors.push(invalid(`data[${key}]`, key, detail));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    size += utf8Length(data[key]!);
  }
  for (const key in binaryData) {
    for (const detail of checkConfigMapKey(key)) errors.push(invalid(`binaryData[${key}]`, key, detail));
    size += base64Length(binaryData[key]!);
  }
  if (size > MAX_BYTES) errors.push(tooLong('', MAX_BYTES));
}

function validateImmutable(errors: FieldError[], next: ConfigMap, previous: ConfigMap): void {
  if (previous.immutable !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (next.immutable !== true) errors.push(forbidden('immutable', detail));
  if (!sameValue(next.data ?? {}, previous.data ?? {})) errors.push(forbidden('data', detail));
  if (!sameValue(next.binaryData ?? {}, previous.binaryData ?? {})) errors.push(forbidden('binaryData', detail));
}

export const configMap: KindDescriptor<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.core.v1.ConfigMap',
  subresources: [],
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateData(errors, object);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    validateImmutable(errors, next, previous);
    if (next.data !== previous.data || next.binaryData !== previous.binaryData) validateData(errors, next);
    return errors;
  },
  columns: [
    nameColumn,
    column(
      'Data',
      "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
      ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    ),
    ageColumn,
  ],
};
