import type { MutatingAdmissionPolicyBinding } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultBinding, validateBindingSpec } from './policy.ts';
import { formatParamRef } from './policy-columns.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export const mutatingAdmissionPolicyBinding = storedKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  applyDefaults: defaultBinding,
  ...COUNTED,
  ...validation<MutatingAdmissionPolicyBinding>({
    namespaced: false,
    validate: (errors, { spec = {} }) => validateBindingSpec(errors, spec),
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
