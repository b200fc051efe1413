import type { FieldError } from '../field-error.ts';
import { invalid, invalidFor, required } from '../field-errors.ts';
import type { PodGroupSchedulingPolicy } from './workload-kinds.ts';

const POLICIES = ['basic', 'gang'] as const;

/** After the union rules of declarative validation, https://github.com/kubernetes/enhancements/issues/5073. */
export function validatePolicy(
  errors: FieldError[],
  policy: PodGroupSchedulingPolicy | undefined,
  field: string,
): void {
  const given = POLICIES.filter((name) => policy?.[name] !== undefined);
  if (given.length === 0) errors.push(invalid(field, '', 'must specify one of: `basic`, `gang`'));
  if (given.length > 1) {
    const both = `{${given.map((name) => `\`${name}\``).join(', ')}}`;
    errors.push(invalid(field, both, 'must specify exactly one of: `basic`, `gang`'));
  }
  if (given.length !== 1 || policy?.gang === undefined) return;
  const { minCount = 0 } = policy.gang;
  // Nought is taken for a field that was left out.
  if (minCount === 0) errors.push(required(`${field}.gang.minCount`));
  else if (minCount < 1) errors.push(invalid(`${field}.gang.minCount`, minCount, 'must be greater than or equal to 1'));
}

/** A name that has to be there and to have a certain form. */
export function validateReference(
  errors: FieldError[],
  field: string,
  name: string | undefined,
  check: (name: string) => readonly string[],
): void {
  if (name === undefined || name === '') errors.push(required(field));
  else invalidFor(errors, field, name, check(name));
}
