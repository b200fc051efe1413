import { changeItems, mapItems, withDefaults, withField } from '../copy-on-write.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, invalidFor, oneOf, required } from '../field-errors.ts';
import { checkLabel1035, checkSubdomain1123 } from '../names.ts';
import { validateSelector } from '../selector-validation.ts';
import { defaultWebhookService, validateWebhookClientConfig } from '../webhook-client-config.ts';
import { validateMatchConditions } from './match-condition.ts';
import { defaultRule, validateRules } from './rule-validation.ts';

// What validating and mutating webhooks have in common.
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/

type ValidatingWebhook = NonNullable<ValidatingWebhookConfiguration['webhooks']>[number];
type MutatingWebhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];
type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const MAX_TIMEOUT_SECONDS = 30;
const EMPTY = Object.freeze({});
const DEFAULTS: Partial<Webhook> = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: EMPTY,
  objectSelector: EMPTY,
  timeoutSeconds: 10,
};
const MUTATING: Partial<Webhook> = { ...DEFAULTS, reinvocationPolicy: 'Never' };

/** A configuration's webhooks with what was left out. */
export function defaultWebhooks<T extends { readonly webhooks?: Webhook[] }>(object: T, mutating: boolean): T {
  if (object.webhooks === undefined) return object;
  const webhooks = mapItems(object.webhooks, (given) => {
    const webhook = changeItems(withDefaults(given, mutating ? MUTATING : DEFAULTS), 'rules', defaultRule);
    if (webhook.clientConfig === undefined) return webhook;
    return withField(webhook, 'clientConfig', defaultWebhookService(webhook.clientConfig));
  });
  return withField(object, 'webhooks', webhooks as T['webhooks']);
}

/** After kubernetes/kubernetes pkg/apis/admissionregistration/validation, ValidateValidatingWebhookConfiguration. */
export function validateWebhooks(errors: FieldError[], webhooks: readonly Webhook[] = []): void {
  const names = new Set<string>();
  webhooks.forEach((webhook, index) => {
    const at = `webhooks[${index}]`;
    const { name = '' } = webhook;
    validateWebhook(errors, webhook, at);
    validateReviewVersions(errors, webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`);
    if (name !== '' && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
}

function validateWebhook(errors: FieldError[], webhook: Webhook, at: string): void {
  const { name = '', sideEffects, timeoutSeconds, namespaceSelector, objectSelector } = webhook;
  validateFullName(errors, name, `${at}.name`);
  validateRules(errors, webhook.rules ?? [], `${at}.rules`);
  oneOf(errors, `${at}.failurePolicy`, webhook.failurePolicy, FAILURE_POLICIES);
  oneOf(errors, `${at}.matchPolicy`, webhook.matchPolicy, MATCH_POLICIES);
  if ((sideEffects as string | undefined) === undefined) {
    errors.push(required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  } else oneOf(errors, `${at}.sideEffects`, sideEffects, SIDE_EFFECTS);
  if (timeoutSeconds !== undefined && (timeoutSeconds > MAX_TIMEOUT_SECONDS || timeoutSeconds < 1)) {
    const detail = 'the timeout value must be between 1 and 30 seconds';
    errors.push(invalid(`${at}.timeoutSeconds`, timeoutSeconds, detail));
  }
  if (namespaceSelector !== undefined) validateSelector(errors, namespaceSelector, `${at}.namespaceSelector`);
  if (objectSelector !== undefined) validateSelector(errors, objectSelector, `${at}.objectSelector`);
  oneOf(errors, `${at}.reinvocationPolicy`, webhook.reinvocationPolicy, REINVOCATION_POLICIES);
  validateWebhookClientConfig(errors, webhook.clientConfig ?? {}, `${at}.clientConfig`);
  validateMatchConditions(errors, webhook.matchConditions ?? [], `${at}.matchConditions`);
}

/** `name.example.com` */
function validateFullName(errors: FieldError[], name: string, field: string): void {
  if (name === '') {
    errors.push(required(field));
    return;
  }
  const problems = checkSubdomain1123(name);
  invalidFor(errors, field, name, problems);
  if (problems.length === 0 && name.split('.').length < 3) {
    errors.push(invalid(field, name, 'should be a domain with at least three segments separated by dots'));
  }
}

function validateReviewVersions(errors: FieldError[], versions: readonly string[], field: string): void {
  if (versions.length === 0) {
    errors.push(required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  versions.forEach((version, index) => {
    const at = `${field}[${index}]`;
    if (versions.indexOf(version) < index) errors.push(invalid(at, version, 'duplicate version'));
    else invalidFor(errors, at, version, checkLabel1035(version));
  });
  if (versions.some((version) => REVIEW_VERSIONS.includes(version))) return;
  errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}
