import type { ValidatingAdmissionPolicy } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, invalidFor, oneOf, required } from '../field-errors.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultPolicy, validatePolicySpec } from './policy.ts';
import { formatParamKind } from './policy-columns.ts';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type Check = NonNullable<Spec['validations']>[number];

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const MAX_ANNOTATIONS = 20;
const NOTHING = 'validations or auditAnnotations must contain at least one item';

function validateChecks(errors: FieldError[], name: string, spec: Partial<Spec>): void {
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    errors.push(required('spec.validations', NOTHING), required('spec.auditAnnotations', NOTHING));
    return;
  }
  validations.forEach((check, index) => {
    validateCheck(errors, check, `spec.validations[${index}]`);
  });
  if (auditAnnotations.length > MAX_ANNOTATIONS) {
    const detail = `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`;
    errors.push(invalid('spec.auditAnnotations', auditAnnotations, detail));
  }
  auditAnnotations.forEach(({ key = '', valueExpression = '' }, index) => {
    const at = `spec.auditAnnotations[${index}]`;
    invalidFor(errors, `${at}.key`, key, checkQualifiedName(`${name}/${key}`));
    if (valueExpression.trim() === '')
      errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
    if (auditAnnotations.findIndex((each) => each.key === key) < index) errors.push(duplicate(`${at}.key`, key));
  });
}

function validateCheck(errors: FieldError[], check: Check, at: string): void {
  const { expression = '', message = '', messageExpression = '', reason } = check;
  if (expression.trim() === '') errors.push(required(`${at}.expression`, 'expression is not specified'));
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(invalid(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  }
  if (message !== '' && message.trim() === '') {
    errors.push(invalid(`${at}.message`, message, 'message must be non-empty if specified'));
  } else if (message.trim().includes('\n')) {
    errors.push(invalid(`${at}.message`, message, 'message must not contain line breaks'));
  }
  oneOf(errors, `${at}.reason`, reason, REASONS);
}

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
export const validatingAdmissionPolicy = storedKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  subresources: ['status'],
  applyDefaults: defaultPolicy,
  ...specAndStatus<ValidatingAdmissionPolicy>({ status: {} }),
  ...validation<ValidatingAdmissionPolicy>({
    namespaced: false,
    validate(
      errors,
      { metadata, spec = {} }: { readonly metadata: { readonly name?: string }; readonly spec?: Partial<Spec> },
    ) {
      validatePolicySpec(errors, spec);
      validateChecks(errors, metadata.name ?? '', spec);
    },
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Validations',
      'Validations indicates the number of validation rules defined in this configuration',
      ({ spec }) => spec?.validations?.length ?? 0,
    ),
    column('ParamKind', 'ParamKind specifies the kind of resources used to parameterize this policy', formatParamKind),
    ageColumn,
  ],
});
