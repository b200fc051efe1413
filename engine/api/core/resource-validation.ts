import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { ResourceRequirements } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { checkQuantity, compareQuantities, parseQuantity } from '../quantity.ts';
import type { ResourceList } from './resource-list.ts';

const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Known to quotas and nodes, though no container can ask for them. */
const OTHER_RESOURCES: ReadonlySet<string> = new Set([
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const HUGE_PAGES = 'hugepages-';
const NANOS = 1_000_000_000n;

function isContainerResource(name: string): boolean {
  return CONTAINER_RESOURCES.has(name) || name.startsWith(HUGE_PAGES);
}

/** Anything but CPU, memory and disk is there or not: it cannot be promised twice. */
function isOvercommitAllowed(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !name.startsWith(HUGE_PAGES);
}

/** After kubernetes/kubernetes pkg/apis/core/validation ValidateContainerResourceRequirements. */
export function validateResources(
  errors: FieldError[],
  { limits, requests }: ResourceRequirements,
  field: string,
): void {
  if (limits !== undefined) validateList(errors, limits, `${field}.limits`);
  if (requests === undefined) return;
  validateList(errors, requests, `${field}.requests`);
  for (const name in requests) {
    const request = requests[name] as string;
    const limit = limits?.[name] as string | undefined;
    if (limit === undefined) {
      if (isOvercommitAllowed(name)) continue;
      errors.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
    } else if (request !== limit && checkQuantity(request) === undefined && checkQuantity(limit) === undefined) {
      const order = compareQuantities(request, limit);
      if (order !== 0 && !isOvercommitAllowed(name)) {
        errors.push(invalid(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`));
      } else if (order > 0) {
        errors.push(invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`));
      }
    }
  }
}

function validateList(errors: FieldError[], list: ResourceList, field: string): void {
  for (const name in list) {
    const at = `${field}[${name}]`;
    if (!isContainerResource(name)) validateResourceName(errors, name, at);
    validateAmount(errors, name, list[name]!, at);
  }
}

function validateResourceName(errors: FieldError[], name: string, field: string): void {
  const details = checkQualifiedName(name);
  for (const detail of details) errors.push(invalid(field, name, detail));
  if (details.length > 0) return;
  if (name.includes('/')) {
    if (name.includes('kubernetes.io/')) return;
    if (name.startsWith('requests.'))
      errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
    return;
  }
  if (!OTHER_RESOURCES.has(name)) {
    errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'));
  }
  errors.push(invalid(field, name, 'must be a standard resource for containers'));
}

function validateAmount(errors: FieldError[], name: string, amount: string | number, field: string): void {
  const problem = checkQuantity(amount);
  if (problem !== undefined) {
    errors.push(invalid(field, amount, problem));
    return;
  }
  if (String(amount).startsWith('-')) {
    errors.push(invalid(field, amount, 'must be greater than or equal to 0'));
  }
  const counted = name.includes('/') && !name.includes('kubernetes.io/');
  if (counted && parseQuantity(amount).nanos % NANOS !== 0n) errors.push(invalid(field, amount, 'must be an integer'));
}
