import type { FieldError } from '../field-error.ts';
import { duplicate, invalidFor, required, tooMany } from '../field-errors.ts';
import { checkQualifiedName } from '../names.ts';

interface MatchCondition {
  readonly name?: string;
  readonly expression?: string;
}

const MAX_CONDITIONS = 64;

/** CEL that narrows down what a webhook or a policy is about. The expressions themselves are not compiled here. */
export function validateMatchConditions(
  errors: FieldError[],
  conditions: readonly MatchCondition[],
  field: string,
): void {
  if (conditions.length > MAX_CONDITIONS) errors.push(tooMany(field, conditions.length, MAX_CONDITIONS));
  const names = new Set<string>();
  conditions.forEach(({ name = '', expression = '' }, index) => {
    const at = `${field}[${index}]`;
    if (expression.trim() === '') errors.push(required(`${at}.expression`));
    if (name === '') errors.push(required(`${at}.name`));
    else {
      invalidFor(errors, `${at}.name`, name, checkQualifiedName(name));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
  });
}
