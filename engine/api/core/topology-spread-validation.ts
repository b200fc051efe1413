import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, notSupported, required } from '../field-errors.ts';
import type { PodSpec } from '../kinds.ts';
import type { LabelSelectorFields } from '../label-selector.ts';
import { validateSelector } from '../selector-validation.ts';

type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];

/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
export function validateTopologySpread(errors: FieldError[], constraints: readonly Constraint[], field: string): void {
  const seen = new Set<string>();
  constraints.forEach((constraint, index) => {
    const at = `${field}[${index}]`;
    const { maxSkew = 0, topologyKey = '', minDomains } = constraint;
    const action = (constraint.whenUnsatisfiable ?? '') as string;
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.whenUnsatisfiable`, action, ACTIONS));
    const pair = `{${topologyKey}, ${action}}`;
    if (seen.has(pair)) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    seen.add(pair);
    if (minDomains !== undefined && minDomains <= 0) {
      errors.push(invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'));
    } else if (minDomains !== undefined && action !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
      errors.push(invalid(`${at}.minDomains`, minDomains, detail));
    }
    if (constraint.labelSelector !== undefined) {
      validateSelector(errors, constraint.labelSelector as LabelSelectorFields, `${at}.labelSelector`);
    }
  });
}
