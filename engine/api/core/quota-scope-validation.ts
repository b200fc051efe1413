import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { ResourceQuota } from '../kinds.ts';

type Spec = NonNullable<ResourceQuota['spec']>;

/** What a quota can limit by a name of its own. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export const QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
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
/** CPU and memory, by all the names that a quota has for them. */
export const QUOTA_COMPUTE: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);

/** The scopes, and what a quota that has one can limit. */
const SCOPES: Readonly<Record<string, (resource: string) => boolean>> = {
  Terminating: isScopedToPods,
  NotTerminating: isScopedToPods,
  BestEffort: (resource) => resource === 'pods' || resource.startsWith('count/pods'),
  NotBestEffort: isScopedToPods,
  PriorityClass: isScopedToPods,
  CrossNamespacePodAffinity: isScopedToPods,
  VolumeAttributesClass: (resource) => resource.includes('storage') || resource === 'persistentvolumeclaims',
};

/** An object is in one of these or not; they have no values. */
const ONLY_EXISTS: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);

const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

function isScopedToPods(resource: string): boolean {
  return (
    resource === 'pods' ||
    QUOTA_COMPUTE.has(resource) ||
    resource.includes('ephemeral-storage') ||
    resource.startsWith('count/pods')
  );
}

function isScope(name: string): boolean {
  return Object.hasOwn(SCOPES, name);
}

function fits(scope: string, hard: object): boolean {
  return !isScope(scope) || Object.keys(hard).every((name) => !QUOTA_RESOURCES.has(name) || SCOPES[scope]!(name));
}

function haveConflict(scopes: readonly string[]): boolean {
  return CONFLICTS.some((pair) => pair.every((scope) => scopes.includes(scope)));
}

export function validateScopes(errors: FieldError[], { scopes, hard = {} }: Spec): void {
  if (scopes === undefined || scopes.length === 0) return;
  const field = 'spec.scopes';
  for (const scope of scopes) {
    if (!isScope(scope)) errors.push(invalid(field, scopes, 'unsupported scope'));
    else if (!fits(scope, hard)) errors.push(invalid(field, scopes, 'unsupported scope applied to resource'));
  }
  if (haveConflict(scopes)) errors.push(invalid(field, scopes, 'conflicting scopes'));
}

interface Requirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The real server shows a selector that does not fit in the names of its own Go types. */
function inGo(requirements: readonly Requirement[]): object {
  const MatchExpressions = requirements.map(({ scopeName, operator, values }) => {
    return { ScopeName: scopeName, Operator: operator, Values: values ?? null };
  });
  return { MatchExpressions };
}

/** After validateScopedResourceSelectorRequirement in pkg/apis/core/validation; its paths tell no index. */
export function validateScopeSelector(errors: FieldError[], { scopeSelector, scopes, hard = {} }: Spec): void {
  const requirements = (scopeSelector?.matchExpressions ?? []) as readonly Requirement[];
  const field = 'spec.scopeSelector.matchExpressions';
  for (const requirement of requirements) {
    const { scopeName } = requirement;
    if (!isScope(scopeName)) errors.push(invalid(`${field}.scopeName`, scopeName, 'unsupported scope'));
    if (!fits(scopeName, hard)) {
      errors.push(invalid(field, inGo(requirements), 'unsupported scope applied to resource'));
    }
    validateOperator(errors, field, requirement);
  }
  if (haveConflict(requirements.map(({ scopeName }) => scopeName))) {
    errors.push(invalid(field, scopes, 'conflicting scopes'));
  }
}

function validateOperator(errors: FieldError[], field: string, requirement: Requirement): void {
  const { scopeName, operator = '', values = [] } = requirement;
  if (ONLY_EXISTS.has(scopeName) && operator !== 'Exists') {
    const why =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    errors.push(invalid(`${field}.operator`, operator, why));
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return;
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    errors.push(required(`${field}.values`, why));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return;
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    errors.push(invalid(`${field}.values`, values, why));
  } else {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
}
