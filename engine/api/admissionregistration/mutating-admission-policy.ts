import type { MutatingAdmissionPolicy } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { formatParamKind } from './policy-columns.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export const mutatingAdmissionPolicy = storedKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  ...COUNTED,
  ...validation<MutatingAdmissionPolicy>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Mutations',
      'Mutations indicates the number of mutation defined in this configuration',
      ({ spec }) => spec?.mutations?.length ?? 0,
    ),
    column('ParamKind', 'ParamKind specifies the kind of resources used to parameterize this policy', formatParamKind),
    ageColumn,
  ],
});
