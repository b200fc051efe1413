import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported } from '../field-errors.ts';
import type { PodSpec } from '../kinds.ts';
import { canonicalQuantity, checkQuantity, compareQuantities } from '../quantity.ts';
import type { Amounts } from './amounts.ts';
import { containerAmounts } from './pod-resources.ts';
import { validateResources } from './resource-validation.ts';

// What is said for a Pod as a whole: https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/

const HUGE_PAGES = 'hugepages-';
const SUPPORTED = ['cpu', HUGE_PAGES, 'memory'];

function isSupported(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith(HUGE_PAGES);
}

/** What a Pod that is limited requests: what its containers do, else as much as its limit. Done for Pods, not for templates. */
export function defaultPodResources(spec: PodSpec): PodSpec {
  const { limits = {}, requests = {} } = (spec.resources ?? {}) as { limits?: Amounts; requests?: Amounts };
  if (Object.keys(limits).length === 0 || !areQuantities(spec)) return spec;
  const wanted = { ...supported(limits), ...supported(containerAmounts(spec, 'requests')) };
  if (Object.keys(wanted).every((name) => Object.hasOwn(requests, name))) return spec;
  return { ...spec, resources: { ...spec.resources, requests: { ...wanted, ...requests } } };
}

function supported(amounts: Readonly<Record<string, string | number>>): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => isSupported(name))) as Amounts;
}

/** After validatePodResources in pkg/apis/core/validation. @param field of the Pod's resources */
export function validatePodResources(errors: FieldError[], spec: PodSpec, field: string): void {
  if (spec.resources === undefined) return;
  if (spec.os?.name === 'windows') {
    errors.push(forbidden(field, 'may not be set for a windows pod'));
    return;
  }
  const { limits = {}, requests = {} } = spec.resources;
  for (const [list, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const name in amounts) {
      if (!isSupported(name)) errors.push(notSupported(`${field}.${list}[${name}]`, name, SUPPORTED));
    }
  }
  validateResources(errors, { limits: supported(limits), requests: supported(requests) }, field);
  if (areQuantities(spec)) validateAgainstContainers(errors, spec, field);
}

function areQuantities({ resources, containers, initContainers = [] }: PodSpec): boolean {
  const all = [resources, ...[...(containers ?? []), ...initContainers].map((container) => container.resources)];
  return all.every((one) =>
    [one?.requests, one?.limits].every((list) =>
      Object.values((list ?? {}) as Amounts).every((amount) => checkQuantity(amount) === undefined),
    ),
  );
}

/** A Pod requests at least what its containers do, and none of them may have more than it. */
function validateAgainstContainers(errors: FieldError[], spec: PodSpec, field: string): void {
  const { limits = {}, requests = {} } = spec.resources as { limits?: Amounts; requests?: Amounts };
  const covers = (list: 'requests' | 'limits', own: Amounts, isCovered: (name: string) => boolean) => {
    for (const [name, amount] of inOrder(containerAmounts(spec, list))) {
      if (own[name] === undefined || !isCovered(name) || compareQuantities(amount, own[name]) <= 0) continue;
      const why = `must be greater than or equal to aggregate container ${list} of ${canonicalQuantity(amount)}`;
      errors.push(invalid(`${field}.${list}[${name}]`, own[name], why));
    }
  };
  covers('requests', requests, () => true);
  // Other limits are shared: containers may count on what their neighbours leave.
  covers('limits', limits, (name) => name.startsWith(HUGE_PAGES));
  for (const [index, { resources }] of (spec.containers ?? []).entries()) {
    for (const [name, amount] of inOrder((resources?.limits ?? {}) as Amounts)) {
      if (limits[name] === undefined || compareQuantities(amount, limits[name]) <= 0) continue;
      // The real path is made from the Pod's resources, too.
      const at = `${field}.containers[${index}][${name}].limits`;
      errors.push(invalid(at, amount, `must be less than or equal to pod limits of ${limits[name]}`));
    }
  }
}

function inOrder(amounts: Amounts): readonly (readonly [string, string])[] {
  return Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1));
}
