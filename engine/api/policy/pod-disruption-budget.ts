import { sameValue, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, nonNegative, notSupported } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import { checkPercent, type IntOrString, percentOf } from '../int-or-string.ts';
import type { PodDisruptionBudget } from '../kinds.ts';
import { ageColumn, column, nameColumn, numberColumn } from '../printer-columns.ts';
import { validateSelector } from '../selector-validation.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<PodDisruptionBudget['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const NO_STATUS = Object.freeze({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 });
const UNHEALTHY = ['AlwaysAllow', 'IfHealthyBudget'];

function validateAmount(errors: FieldError[], field: string, amount: IntOrString | undefined): void {
  if (amount === undefined) return;
  if (typeof amount === 'number') {
    nonNegative(errors, field, amount);
    return;
  }
  const problem = checkPercent(amount);
  if (problem !== undefined) errors.push(invalid(field, amount, problem));
  else if (percentOf(amount)! > 100) errors.push(invalid(field, amount, 'must not be greater than 100%'));
}

// After kubernetes/kubernetes pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec.
export const podDisruptionBudget = storedKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', object.spec ?? NO_SPEC),
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: NO_STATUS }),
  prepareForUpdate(next, previous, context) {
    if (context.status) return nextGeneration(withField(next, 'spec', previous.spec), previous, false);
    const changed = !sameValue(next.spec, previous.spec);
    return nextGeneration(withField(next, 'status', previous.status), previous, changed);
  },
  ...validation<PodDisruptionBudget>({
    namespaced: true,
    validate(errors, { spec = NO_SPEC }) {
      const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
      if (minAvailable !== undefined && maxUnavailable !== undefined) {
        errors.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
      }
      validateAmount(errors, 'spec.minAvailable', minAvailable);
      validateAmount(errors, 'spec.maxUnavailable', maxUnavailable);
      if (selector !== undefined) validateSelector(errors, selector, 'spec.selector');
      if (policy !== undefined && !UNHEALTHY.includes(policy)) {
        errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, UNHEALTHY));
      }
    },
  }),
  columns: [
    nameColumn,
    column(
      'Min Available',
      'The minimum number of pods that must be available.',
      ({ spec }) => spec?.minAvailable ?? 'N/A',
    ),
    column(
      'Max Unavailable',
      'The maximum number of pods that may be unavailable.',
      ({ spec }) => spec?.maxUnavailable ?? 'N/A',
    ),
    numberColumn(
      'Allowed Disruptions',
      'Calculated number of pods that may be disrupted at this time.',
      ({ status }) => status?.disruptionsAllowed ?? 0,
    ),
    ageColumn,
  ],
});
