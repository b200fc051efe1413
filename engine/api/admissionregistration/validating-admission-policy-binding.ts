import type { ValidatingAdmissionPolicyBinding } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, oneOf, required } from '../field-errors.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultBinding, validateBindingSpec } from './policy.ts';
import { formatParamRef } from './policy-columns.ts';

type Spec = NonNullable<ValidatingAdmissionPolicyBinding['spec']>;

const ACTIONS = ['Audit', 'Deny', 'Warn'];

function validateActions(errors: FieldError[], actions: readonly string[]): void {
  const field = 'spec.validationActions';
  actions.forEach((action, index) => {
    const at = `${field}[${index}]`;
    oneOf(errors, at, action, ACTIONS);
    if (actions.indexOf(action) < index) errors.push(duplicate(at, action));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const detail =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(invalid(field, actions, detail));
  }
  if (actions.length === 0) errors.push(required(field, 'at least one validation action is required'));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
export const validatingAdmissionPolicyBinding = storedKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  applyDefaults: defaultBinding,
  ...COUNTED,
  ...validation<ValidatingAdmissionPolicyBinding>({
    namespaced: false,
    validate(errors, { spec = {} }: { readonly spec?: Partial<Spec> }) {
      validateBindingSpec(errors, spec);
      validateActions(errors, spec.validationActions ?? []);
    },
  }),
  columns: [
    nameColumn,
    column(
      'PolicyName',
      'PolicyName indicates the policy definition which the policy binding binded to',
      ({ spec }) => spec?.policyName ?? '',
    ),
    column('ParamRef', 'ParamRef indicates the param resource which sets the configration param', formatParamRef),
    ageColumn,
  ],
});
