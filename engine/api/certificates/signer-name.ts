import type { FieldError } from '../field-error.ts';
import { invalid, required, tooLong } from '../field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../names.ts';

const MAX_DOMAIN = 253;
/** A domain, a slash, a namespace's name, a dot and a resource's name. */
const MAX_LENGTH = MAX_DOMAIN + 1 + 63 + 1 + 253;

/** `example.com/signer-name`. After ValidateCertificateSigningRequestSignerName. */
export function validateSignerName(errors: FieldError[], name: string, field: string): void {
  if (name === '') {
    errors.push(required(field, 'signerName must be provided'));
    return;
  }
  const [domain = '', path = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(invalid(field, name, detail));
    return;
  }
  if (domain.length > MAX_DOMAIN) errors.push(tooLong(field, MAX_DOMAIN));
  validateParts(errors, domain, checkLabel1123, field);
  if (!domain.includes('.')) {
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  }
  validateParts(errors, path, checkSubdomain1123, field);
  if (name.length > MAX_LENGTH) errors.push(tooLong(field, MAX_LENGTH));
}

/** Only the first bad part is told of. */
function validateParts(
  errors: FieldError[],
  text: string,
  check: (part: string) => readonly string[],
  field: string,
): void {
  for (const part of text.split('.')) {
    const details = check(part);
    for (const detail of details) {
      errors.push(invalid(field, text, `validating label ${JSON.stringify(part)}: ${detail}`));
    }
    if (details.length > 0) return;
  }
}
