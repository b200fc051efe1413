import type { FieldError } from '../field-error.ts';
import { invalid, tooLong } from '../field-errors.ts';

const MAX_COUNT = 512;
const MAX_SIZE = 256 * 1024;

/** What a class tells its provisioner: any texts, within limits. */
export function validateParameters(
  errors: FieldError[],
  parameters: Readonly<Record<string, string>> | undefined,
): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > MAX_COUNT) {
    errors.push(tooLong('parameters', MAX_COUNT));
    return;
  }
  let size = 0;
  for (const [key, value] of entries) {
    if (key === '') errors.push(invalid('parameters', key, 'field can not be empty.'));
    size += key.length + value.length;
  }
  if (size > MAX_SIZE) errors.push(tooLong('parameters', MAX_SIZE));
}
