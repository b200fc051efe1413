import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, required } from '../field-errors.ts';
import type { Volume } from '../kinds.ts';
import type { FieldRef, ResourceFieldRef } from './container-defaults.ts';
import { VOLUME_FIELDS, validateFieldRef, validateResourceFieldRef } from './downward-validation.ts';
import { checkFilePath } from './path-check.ts';

type Projected = NonNullable<Volume['projected']>;
type Projection = NonNullable<Projected['sources']>[number];
export type Items = readonly { readonly key?: string; readonly path?: string; readonly mode?: number }[] | undefined;
type DownwardItems =
  | readonly { path: string; mode?: number; fieldRef?: FieldRef; resourceFieldRef?: ResourceFieldRef }[]
  | undefined;

const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';
const MIN_TOKEN_SECONDS = 600;

export function validateMode(errors: FieldError[], mode: number | undefined, field: string): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.push(invalid(field, mode, MODE_RANGE));
}

/** Which keys of a ConfigMap or Secret become which files. */
export function validateItems(errors: FieldError[], items: Items, field: string): void {
  items?.forEach(({ key = '', path = '', mode }, index) => {
    const at = `${field}[${index}]`;
    if (key === '') errors.push(required(`${at}.key`));
    validateFilePath(errors, path, `${at}.path`);
    validateMode(errors, mode, `${at}.mode`);
  });
}

function validateFilePath(errors: FieldError[], path: string, field: string): void {
  if (path === '') errors.push(required(field));
  else for (const detail of checkFilePath(path)) errors.push(invalid(field, path, detail));
}

/** Items of the downward API are reported without their index: so does the real server. */
export function validateDownwardItems(errors: FieldError[], items: DownwardItems, field: string): void {
  for (const { path = '', mode, fieldRef, resourceFieldRef } of items ?? []) {
    validateFilePath(errors, path, `${field}.path`);
    if (fieldRef !== undefined) {
      validateFieldRef(errors, fieldRef, VOLUME_FIELDS, `${field}.fieldRef`);
      if (resourceFieldRef !== undefined) {
        errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
      }
    } else if (resourceFieldRef !== undefined) {
      validateResourceFieldRef(errors, resourceFieldRef, true, `${field}.resourceFieldRef`);
    } else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
    validateMode(errors, mode, `${field}.mode`);
  }
}

const SOURCES = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
] as const;

export function validateProjected(errors: FieldError[], projected: Projected, field: string): void {
  validateMode(errors, projected.defaultMode, `${field}.defaultMode`);
  projected.sources?.forEach((source, index) => {
    validateProjection(errors, source, `${field}.sources[${index}]`);
  });
}

function validateProjection(errors: FieldError[], source: Projection, field: string): void {
  let count = 0;
  for (const name of SOURCES) {
    if (source[name] === undefined) continue;
    if (count++ > 0) errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 volume type'));
  }
  if (count === 0) errors.push(required(field, 'must specify a volume type'));
  for (const name of ['secret', 'configMap'] as const) {
    const named = source[name];
    if (named === undefined) continue;
    if ((named.name ?? '') === '') errors.push(required(`${field}.${name}.name`));
    validateItems(errors, named.items as Items, `${field}.${name}.items`);
  }
  if (source.downwardAPI !== undefined) {
    validateDownwardItems(errors, source.downwardAPI.items as DownwardItems, `${field}.downwardAPI`);
  }
  const token = source.serviceAccountToken;
  if (token === undefined) return;
  const at = `${field}.serviceAccountToken`;
  validateFilePath(errors, token.path ?? '', `${at}.path`);
  const seconds = token.expirationSeconds ?? MIN_TOKEN_SECONDS;
  if (seconds < MIN_TOKEN_SECONDS) {
    errors.push(invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'));
  }
}
