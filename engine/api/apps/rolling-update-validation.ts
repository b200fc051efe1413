import type { FieldError } from '../field-error.ts';
import { invalid, nonNegative } from '../field-errors.ts';
import { checkPercent, type IntOrString, percentOf } from '../int-or-string.ts';

// The limits of rolling updates: counts or percentages.

export function validateIntOrPercent(errors: FieldError[], field: string, value: IntOrString): void {
  if (typeof value === 'number') nonNegative(errors, field, value);
  const detail = typeof value === 'number' ? undefined : checkPercent(value);
  if (detail !== undefined) errors.push(invalid(field, value, detail));
}

export function atMostHundredPercent(errors: FieldError[], field: string, value: IntOrString): void {
  if ((percentOf(value) ?? 0) > 100) errors.push(invalid(field, value, 'must not be greater than 100%'));
}

export function isZero(value: IntOrString): boolean {
  return value === 0 || percentOf(value) === 0;
}
