import { sameValue } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, immutable, invalid, required, tooLong } from '../field-errors.ts';
import { describeJsonError } from '../json-syntax.ts';
import type { Secret } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkConfigMapKey } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { base64Length } from './data-size.ts';

// https://kubernetes.io/docs/concepts/configuration/secret/

const MAX_BYTES = 1024 * 1024;
const OPAQUE = 'Opaque';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const REDACTED = '<secret contents redacted>';

function encode(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** What is written as plain text is stored as base64; it wins over `data`. */
function mergeStringData(secret: Secret): Secret {
  if (secret.stringData === undefined) return secret;
  const { stringData, ...rest } = secret;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, encode(text)]);
  return encoded.length === 0 ? rest : { ...rest, data: { ...secret.data, ...Object.fromEntries(encoded) } };
}

function applyDefaults(given: Secret): Secret {
  const secret = mergeStringData(given);
  return (secret.type ?? '') === '' ? { ...secret, type: OPAQUE } : secret;
}

/** The keys a type needs, all of them. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
};
const JSON_TYPES: readonly string[] = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

function validateType(errors: FieldError[], { type = '', data = {}, metadata }: Secret): void {
  for (const key of Object.hasOwn(NEEDED, type) ? NEEDED[type]! : []) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined;
    if (value === undefined) errors.push(required(`data[${key}]`));
    else if (JSON_TYPES.includes(type)) validateJson(errors, `data[${key}]`, value);
  }
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined) {
    // The real server's format string was never filled in.
    errors.push(required('data[%s][username]'), required('data[%s][password]'));
  }
  if (type === 'kubernetes.io/service-account-token' && (metadata.annotations?.[ACCOUNT_NAME] ?? '') === '') {
    errors.push(required(`metadata.annotations[${ACCOUNT_NAME}]`));
  }
}

function validateJson(errors: FieldError[], field: string, value: string): void {
  const text = atob(value.replace(/[\r\n]/g, ''));
  try {
    JSON.parse(text);
  } catch {
    errors.push(invalid(field, REDACTED, describeJsonError(text)));
  }
}

function validateSecret(errors: FieldError[], secret: Secret): void {
  let size = 0;
  for (const key in secret.data) {
    for (const detail of checkConfigMapKey(key)) errors.push(invalid(`data[${key}]`, key, detail));
    size += base64Length(secret.data[key]!);
  }
  if (size > MAX_BYTES) errors.push(tooLong('data', MAX_BYTES));
  validateType(errors, secret);
}

// After kubernetes/kubernetes pkg/apis/core/validation ValidateSecret and ValidateSecretUpdate.
export const secret = storedKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Secret',
  applyDefaults,
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateSecret(errors, object);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (next.type !== previous.type) errors.push(immutable('type', next.type));
    if (previous.immutable === true) {
      const detail = 'field is immutable when `immutable` is set';
      if (next.immutable !== true) errors.push(forbidden('immutable', detail));
      if (!sameValue(next.data ?? {}, previous.data ?? {})) errors.push(forbidden('data', detail));
    }
    if (next.data !== previous.data || next.type !== previous.type) validateSecret(errors, next);
    return errors;
  },
  selectableFields: (object) => ({ type: object.type ?? '' }),
  columns: [
    nameColumn,
    column('Type', 'Used to facilitate programmatic handling of secret data.', (object) => object.type ?? ''),
    column(
      'Data',
      "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ({ data = {} }) => Object.keys(data).length,
    ),
    ageColumn,
  ],
});
