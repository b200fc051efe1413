import { changeItems, withDefaults, withField } from '../copy-on-write.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, invalidFor, oneOf, required } from '../field-errors.ts';
import { checkLabel1035, checkPathSegmentName, checkSubdomain1123 } from '../names.ts';
import { validateSelector } from '../selector-validation.ts';
import { validateMatchConditions } from './match-condition.ts';
import { defaultRule, validateRules } from './rule-validation.ts';

// What validating and mutating admission policies have in common.
// After kubernetes/kubernetes pkg/apis/admissionregistration/validation. CEL is not compiled here.

type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']> | NonNullable<MutatingAdmissionPolicy['spec']>;
type BindingSpec =
  | NonNullable<ValidatingAdmissionPolicyBinding['spec']>
  | NonNullable<MutatingAdmissionPolicyBinding['spec']>;
type MatchResources = NonNullable<PolicySpec['matchConstraints']>;
type ParamKind = NonNullable<PolicySpec['paramKind']>;
type ParamRef = NonNullable<BindingSpec['paramRef']>;
type Variable = NonNullable<PolicySpec['variables']>[number];

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const NOT_FOUND_ACTIONS = ['Deny', 'Allow'];
const EMPTY = Object.freeze({});
const MATCH: Partial<MatchResources> = {
  matchPolicy: 'Equivalent',
  namespaceSelector: EMPTY,
  objectSelector: EMPTY,
};
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function defaultMatch(match: MatchResources): MatchResources {
  const ruled = changeItems(withDefaults(match, MATCH), 'resourceRules', defaultRule);
  return changeItems(ruled, 'excludeResourceRules', defaultRule);
}

/** A policy's spec with what was left out. */
export function defaultPolicy<T extends { readonly spec?: PolicySpec }>(object: T): T {
  const { spec } = object;
  if (spec === undefined) return object;
  const filled = withDefaults(spec, { failurePolicy: 'Fail' } as Partial<PolicySpec>);
  const match = filled.matchConstraints;
  const next = match === undefined ? filled : withField(filled, 'matchConstraints', defaultMatch(match));
  return withField(object, 'spec', next as T['spec']);
}

/** A binding's spec with what was left out. */
export function defaultBinding<T extends { readonly spec?: BindingSpec }>(object: T): T {
  const { spec } = object;
  if (spec?.matchResources === undefined) return object;
  return withField(object, 'spec', withField(spec, 'matchResources', defaultMatch(spec.matchResources)) as T['spec']);
}

/** What holds for policies of both kinds. */
export function validatePolicySpec(errors: FieldError[], spec: Partial<PolicySpec>): void {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [] } = spec;
  if (failurePolicy === undefined) errors.push(required('spec.failurePolicy'));
  oneOf(errors, 'spec.failurePolicy', failurePolicy, FAILURE_POLICIES);
  if (paramKind !== undefined) validateParamKind(errors, paramKind, 'spec.paramKind');
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    validateMatch(errors, matchConstraints, 'spec.matchConstraints');
    if ((matchConstraints.resourceRules?.length ?? 0) === 0) {
      errors.push(required('spec.matchConstraints.resourceRules'));
    }
  }
  validateMatchConditions(errors, matchConditions, 'spec.matchConditions');
  variables.forEach((variable, index) => {
    validateVariable(errors, variable, `spec.variables[${index}]`);
  });
}

/** What holds for bindings of both kinds. */
export function validateBindingSpec(errors: FieldError[], spec: Partial<BindingSpec>): void {
  const { policyName = '', paramRef, matchResources } = spec;
  if (policyName === '') errors.push(required('spec.policyName'));
  else invalidFor(errors, 'spec.policyName', policyName, checkSubdomain1123(policyName));
  if (paramRef !== undefined) validateParamRef(errors, paramRef, 'spec.paramRef');
  if (matchResources !== undefined) validateMatch(errors, matchResources, 'spec.matchResources');
}

function validateMatch(errors: FieldError[], match: MatchResources, field: string): void {
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  oneOf(errors, `${field}.matchPolicy`, matchPolicy, MATCH_POLICIES);
  if (namespaceSelector !== undefined) validateSelector(errors, namespaceSelector, `${field}.namespaceSelector`);
  if (objectSelector !== undefined) validateSelector(errors, objectSelector, `${field}.objectSelector`);
  validateRules(errors, resourceRules, `${field}.resourceRules`);
  validateRules(errors, excludeResourceRules, `${field}.excludeResourceRules`);
}

function validateParamKind(errors: FieldError[], { apiVersion = '', kind = '' }: ParamKind, field: string): void {
  const parts = apiVersion.split('/');
  const at = `${field}.apiVersion`;
  if (apiVersion === '') errors.push(required(at));
  else if (parts.length > 2) errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const version = parts.at(-1)!;
    const group = parts.length === 2 ? parts[0]! : '';
    if (group !== '') validateJoined(errors, at, group, checkSubdomain1123(group));
    if (version === '') errors.push(invalid(at, apiVersion, 'version must be specified'));
    else validateJoined(errors, at, version, checkLabel1035(version));
  }
  if (kind === '') errors.push(required(`${field}.kind`));
  else {
    const prefix = 'may have mixed case, but should otherwise match: ';
    validateJoined(errors, `${field}.kind`, kind, checkLabel1035(kind.toLowerCase()), prefix);
  }
}

/** Sentences about one value, in one error. */
function validateJoined(
  errors: FieldError[],
  field: string,
  bad: string,
  details: readonly string[],
  prefix = '',
): void {
  if (details.length > 0) errors.push(invalid(field, bad, prefix + details.join(',')));
}

function validateParamRef(errors: FieldError[], ref: ParamRef, field: string): void {
  const { name = '', selector, parameterNotFoundAction: action } = ref;
  if (name !== '') invalidFor(errors, `${field}.name`, name, checkPathSegmentName(name));
  if (selector !== undefined) validateSelector(errors, selector, `${field}.selector`);
  if (name !== '' && selector !== undefined) {
    for (const key of ['name', 'selector']) {
      errors.push(forbidden(`${field}.${key}`, 'name and selector are mutually exclusive'));
    }
  }
  if (name === '' && selector === undefined) errors.push(required(field, 'one of name or selector must be specified'));
  if ((action ?? '') === '') errors.push(required(`${field}.parameterNotFoundAction`));
  else oneOf(errors, `${field}.parameterNotFoundAction`, action, NOT_FOUND_ACTIONS);
}

function validateVariable(errors: FieldError[], { name = '', expression = '' }: Variable, field: string): void {
  if (name.trim() === '') errors.push(required(`${field}.name`, 'name is not specified'));
  else if (!IDENTIFIER.test(name) || RESERVED.has(name)) {
    errors.push(invalid(`${field}.name`, name, 'name is not a valid CEL identifier'));
  }
  if (expression.trim() === '') errors.push(required(`${field}.expression`, 'expression is not specified'));
}
