import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, invalidFor, notSupported, oneOf, required } from '../field-errors.ts';
import { checkPathSegmentName } from '../names.ts';

// Which requests a webhook or a policy is about.
// After kubernetes/kubernetes pkg/apis/admissionregistration/validation, validateRuleWithOperations.

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** A rule is about both scopes unless it says otherwise. */
export function defaultRule(rule: Rule): Rule {
  return rule.scope === undefined ? { ...rule, scope: '*' } : rule;
}

export function validateRules(errors: FieldError[], rules: readonly Rule[], field: string): void {
  rules.forEach((rule, index) => {
    validateRule(errors, rule, `${field}[${index}]`);
  });
}

function validateRule(errors: FieldError[], rule: Rule, field: string): void {
  const { apiGroups = [], apiVersions = [], operations = [], resources = [], resourceNames = [], scope } = rule;
  resourceNames.forEach((name, index) => {
    const at = `${field}.resourceNames[${index}]`;
    invalidFor(errors, at, name, checkPathSegmentName(name));
    if (resourceNames.indexOf(name) < index) errors.push(duplicate(at, name));
  });
  validateWords(errors, operations, `${field}.operations`, 'operations');
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) {
      errors.push(notSupported(`${field}.operations[${index}]`, operation, OPERATIONS));
    }
  });
  validateWords(errors, apiGroups, `${field}.apiGroups`, 'API groups');
  validateWords(errors, apiVersions, `${field}.apiVersions`, 'API versions');
  apiVersions.forEach((version, index) => {
    if (version === '') errors.push(required(`${field}.apiVersions[${index}]`));
  });
  validateResources(errors, resources, `${field}.resources`);
  oneOf(errors, `${field}.scope`, scope, SCOPES);
}

/** There must be some, and a star stands alone. */
function validateWords(errors: FieldError[], words: readonly string[], field: string, what: string): void {
  if (words.length === 0) errors.push(required(field));
  if (words.length > 1 && words.includes('*')) {
    errors.push(invalid(field, words, `if '*' is present, must not specify other ${what}`));
  }
}

/** `pods`, `pods/status`, and stars for either half. */
function validateResources(errors: FieldError[], resources: readonly string[], field: string): void {
  if (resources.length === 0) errors.push(required(field));
  const allOf = new Set<string>();
  const everywhere = new Set<string>();
  let plain = false;
  resources.forEach((resource, index) => {
    const at = `${field}[${index}]`;
    if (resource === '') errors.push(required(at));
    const slash = resource.indexOf('/');
    if (resource === '' || slash < 0) {
      if (resource !== '') plain = resource !== '*';
      return;
    }
    const [whole, part] = [resource.slice(0, slash), resource.slice(slash + 1)];
    const covered = [...(allOf.has(whole) ? [`${whole}/*`] : []), ...(everywhere.has(part) ? [`*/${part}`] : [])];
    invalidFor(
      errors,
      at,
      resource,
      covered.map((star) => `if '${star}' is present, must not specify ${resource}`),
    );
    if (part === '*') allOf.add(whole);
    if (whole === '*') everywhere.add(part);
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (plain && resources.includes('*')) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(field, resources, detail));
  }
}
