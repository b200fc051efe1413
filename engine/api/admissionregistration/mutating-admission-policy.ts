import type { MutatingAdmissionPolicy } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, notSupported, oneOf, required } from '../field-errors.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultPolicy, validatePolicySpec } from './policy.ts';
import { formatParamKind } from './policy-columns.ts';

type Spec = NonNullable<MutatingAdmissionPolicy['spec']>;
type Mutation = NonNullable<Spec['mutations']>[number];

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];

function validateMutations(errors: FieldError[], { mutations = [], reinvocationPolicy }: Partial<Spec>): void {
  if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  mutations.forEach((mutation, index) => {
    validateMutation(errors, mutation, `spec.mutations[${index}]`);
  });
  if ((reinvocationPolicy ?? '') === '') errors.push(required('spec.reinvocationPolicy'));
  else oneOf(errors, 'spec.reinvocationPolicy', reinvocationPolicy, REINVOCATION_POLICIES);
}

/** Each names its type and says in CEL, under that name, what to change. */
function validateMutation(errors: FieldError[], mutation: Mutation, at: string): void {
  const { patchType = '' } = mutation as { readonly patchType?: string };
  if (patchType === '') errors.push(required(`${at}.patchType`));
  else if (!PATCH_TYPES.includes(patchType)) errors.push(notSupported(`${at}.patchType`, patchType, PATCH_TYPES));
  else {
    const isJsonPatch = patchType === 'JSONPatch';
    const [own, other] = isJsonPatch
      ? (['jsonPatch', 'applyConfiguration'] as const)
      : (['applyConfiguration', 'jsonPatch'] as const);
    const { expression } = mutation[own] ?? {};
    if (mutation[own] === undefined) {
      errors.push(required(`${at}.${own}`, `must be specified when patchType is ${patchType}`));
    } else if ((expression ?? '').trim() === '') {
      errors.push(required(`${at}.${own}.expression`, `${patchType} expression is not specified`));
    }
    if (mutation[other] !== undefined) {
      const detail = `must not be specified when patchType is ${patchType}`;
      errors.push(invalid(`${at}.${other}`, `{${other}}`, detail));
    }
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export const mutatingAdmissionPolicy = storedKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  applyDefaults: defaultPolicy,
  ...COUNTED,
  ...validation<MutatingAdmissionPolicy>({
    namespaced: false,
    validate(errors, { spec = {} }: { readonly spec?: Partial<Spec> }) {
      validatePolicySpec(errors, spec);
      validateMutations(errors, spec);
    },
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Mutations',
      'Mutation indicates the number of mutations rules defined in this configuration',
      ({ spec }) => spec?.mutations?.length ?? 0,
    ),
    column('ParamKind', 'ParamKind specifies the kind of resources used to parameterize this policy', formatParamKind),
    ageColumn,
  ],
});
