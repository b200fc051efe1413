import type { FieldError } from '../field-error.ts';
import { invalidFor, required, tooLong } from '../field-errors.ts';
import { checkSubdomain1123 } from '../names.ts';

const MAX_LENGTH = 63;

/** The name a CSI driver gives itself, wherever it is referred to. After ValidateCSIDriverName. */
export function validateDriverName(errors: FieldError[], name: string, field: string): void {
  if (name === '') errors.push(required(field));
  if (name.length > MAX_LENGTH) errors.push(tooLong(field, MAX_LENGTH));
  invalidFor(errors, field, name, checkSubdomain1123(name.toLowerCase()));
}
