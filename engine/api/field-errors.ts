import type { FieldError } from './field-error.ts';

// One factory per kind of field error, worded as k8s.io/apimachinery/pkg/util/validation/field does since values in
// messages are JSON (1.33).

function value(of: unknown): string {
  if (of === undefined) return 'null';
  const text = JSON.stringify(of);
  // Go escapes in JSON what HTML would take for markup, but not in a plain string, which it quotes.
  return typeof of === 'object' ? text.replace(/[<>&]/g, escapeMarkup) : text;
}

function escapeMarkup(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function required(field: string, detail = ''): FieldError {
  const message = detail === '' ? 'Required value' : `Required value: ${detail}`;
  return { type: 'FieldValueRequired', field, message };
}

export function invalid(field: string, bad: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: `Invalid value: ${value(bad)}: ${detail}` };
}

/** A value of another JSON type than the schema says. */
export function typeInvalid(field: string, bad: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, message: `Invalid value: ${value(bad)}: ${detail}` };
}

export function duplicate(field: string, bad: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, message: `Duplicate value: ${value(bad)}` };
}

export function notFound(field: string, bad: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, message: `Not found: ${value(bad)}` };
}

/** The supported values are listed in the order given. */
export function notSupported(field: string, bad: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((each) => `"${each}"`).join(', ');
  return {
    type: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${value(bad)}${list === '' ? '' : `: supported values: ${list}`}`,
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, message: detail === '' ? 'Forbidden' : `Forbidden: ${detail}` };
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return { type: 'FieldValueTooLong', field, message: `Too long: may not be more than ${maxBytes} bytes` };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return { type: 'FieldValueTooMany', field, message: `Too many: ${actual}: must have at most ${max} items` };
}

/** The check that most counts and seconds share. */
export function nonNegative(errors: FieldError[], field: string, amount: number | undefined): void {
  if (amount !== undefined && amount < 0) errors.push(invalid(field, amount, 'must be greater than or equal to 0'));
}

/** The check of a field that, once set, may not be changed. */
export function immutable(field: string, next: unknown): FieldError {
  return invalid(field, next, 'field is immutable');
}

/** The check of a field that takes one of a few words; the words are listed in the order given. */
export function oneOf(errors: FieldError[], field: string, word: string | undefined, words: readonly string[]): void {
  if (word !== undefined && !words.includes(word)) errors.push(notSupported(field, word, words));
}

/** One error for each sentence of a check. */
export function invalidFor(errors: FieldError[], field: string, bad: unknown, details: readonly string[]): void {
  for (const detail of details) errors.push(invalid(field, bad, detail));
}
