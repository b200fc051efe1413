import type { ValidatingAdmissionPolicy } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { formatParamKind } from './policy-columns.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
export const validatingAdmissionPolicy = storedKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  subresources: ['status'],
  ...specAndStatus<ValidatingAdmissionPolicy>(),
  ...validation<ValidatingAdmissionPolicy>({
    namespaced: false,
    validate: () => {},
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
