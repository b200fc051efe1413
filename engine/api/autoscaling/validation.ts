import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { HorizontalPodAutoscaler } from '../kinds.ts';
import { checkQuantity, milliValue } from '../quantity.ts';
import { validateMetric } from './metric-validation.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;
const NO_SPEC = Object.freeze({}) as Spec;

/** After kubernetes/kubernetes pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscaler. */
export function validateAutoscaler(errors: FieldError[], { spec = NO_SPEC }: HorizontalPodAutoscaler): void {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec;
  if (minReplicas < 1) errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  for (const key of ['kind', 'name'] as const) {
    if ((scaleTargetRef?.[key] ?? '') === '') errors.push(required(`spec.scaleTargetRef.${key}`));
  }
  metrics.forEach((metric, index) => {
    validateMetric(errors, metric, `spec.metrics[${index}]`);
  });
  const scalesToZero = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !scalesToZero) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden('spec.metrics', detail));
  }
  if (behavior?.scaleUp !== undefined) validateRules(errors, behavior.scaleUp, 'spec.behavior.scaleUp');
  if (behavior?.scaleDown !== undefined) validateRules(errors, behavior.scaleDown, 'spec.behavior.scaleDown');
}

function validateRules(errors: FieldError[], rules: Rules, at: string): void {
  const { selectPolicy = '', stabilizationWindowSeconds: window, policies = [] } = rules;
  if (window !== undefined && (window < 0 || window > MAX_WINDOW_SECONDS)) {
    const detail =
      window < 0 ? 'must be greater than or equal to zero' : `must be less than or equal to ${MAX_WINDOW_SECONDS}`;
    errors.push(invalid(`${at}.stabilizationWindowSeconds`, window, detail));
  }
  if (!SELECT_POLICIES.includes(selectPolicy)) {
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  }
  const { tolerance } = rules as { readonly tolerance?: string | number };
  if (tolerance !== undefined && checkQuantity(tolerance) === undefined && milliValue(tolerance) < 0)
    errors.push(invalid(`${at}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  if (policies.length === 0) errors.push(required(`${at}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, index) => {
    const field = `${at}.policies[${index}]`;
    if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, POLICY_TYPES));
    if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) errors.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    else if (periodSeconds > MAX_PERIOD_SECONDS) {
      const detail = `must be less than or equal to ${MAX_PERIOD_SECONDS}`;
      errors.push(invalid(`${field}.periodSeconds`, periodSeconds, detail));
    }
  });
}
