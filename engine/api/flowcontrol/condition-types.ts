import type { FieldError } from '../field-error.ts';
import { duplicate, required } from '../field-errors.ts';

/** Conditions need a type, and no type twice. */
export function validateConditionTypes(errors: FieldError[], conditions: readonly { readonly type?: string }[]): void {
  conditions.forEach(({ type = '' }, index) => {
    const at = `status.conditions[${index}].type`;
    if (conditions.findIndex((each) => (each.type ?? '') === type) < index) errors.push(duplicate(at, type));
    if (type === '') errors.push(required(at, 'must not be empty'));
  });
}
