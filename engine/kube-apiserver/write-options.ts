import { invalidOptions } from '../api/errors.ts';
import type { FieldError } from '../api/field-error.ts';
import { forbidden, invalid, notSupported, required, tooLong } from '../api/field-errors.ts';
import type { Query } from './query.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The query parameters that writes share. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** What the client asked for; absent means it left the choice to the server. */
  readonly fieldValidation: FieldValidation | undefined;
}

const NO_OPTIONS: WriteOptions = { dryRun: false, fieldManager: '', fieldValidation: undefined };
const MAX_FIELD_MANAGER = 128;
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** @throws StatusError Invalid, in the name of the options' kind. */
export function readWriteOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: Query,
  isApply = false,
): WriteOptions {
  if (query.isEmpty && !isApply) return NO_OPTIONS;
  const errors: FieldError[] = [];
  const dryRun = query.all('dryRun');
  checkDryRun(errors, dryRun);
  const fieldManager = query.text('fieldManager');
  if (isApply && fieldManager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  else if (!isApply && query.has('force') && kind === 'PatchOptions') {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  checkFieldManager(errors, fieldManager);
  const fieldValidation = query.text('fieldValidation');
  if (!VALIDATIONS.includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, VALIDATIONS));
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: fieldValidation === '' ? undefined : (fieldValidation as FieldValidation),
  };
}

export function checkDryRun(errors: FieldError[], dryRun: readonly string[]): void {
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
}

function checkFieldManager(errors: FieldError[], name: string): void {
  if (name.length > MAX_FIELD_MANAGER) errors.push(tooLong('fieldManager', MAX_FIELD_MANAGER));
  const position = [...name].findIndex((letter) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(letter));
  if (position < 0) return;
  const code = name.codePointAt(position)!.toString(16).toUpperCase().padStart(4, '0');
  errors.push(invalid('fieldManager', name, `invalid character U+${code} (at position ${position})`));
}
