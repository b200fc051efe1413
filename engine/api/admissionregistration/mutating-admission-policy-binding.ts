import type { MutatingAdmissionPolicyBinding } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { formatParamRef } from './policy-columns.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export const mutatingAdmissionPolicyBinding = storedKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  ...COUNTED,
  ...validation<MutatingAdmissionPolicyBinding>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'PolicyName',
      'PolicyName indicates the policy definition which the policy binding binded to',
      ({ spec }) => spec?.policyName ?? '',
    ),
    column('ParamRef', 'ParamRef indicates the param reference which sets the configration param', formatParamRef),
    ageColumn,
  ],
});
