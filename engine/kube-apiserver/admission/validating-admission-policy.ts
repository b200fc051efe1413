import { forbidden } from '../../api/errors.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../api/extension-kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { isExempt } from './match-resources.ts';
import { type Application, PolicyBindings } from './policy-bindings.ts';
import type { AdmissionServices } from './services.ts';

type Judged = Application<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>;

const CODES: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

/** What is wrong by one policy, and what is to be done about it. */
interface Violation {
  readonly words: string;
  readonly reason: string;
  /** Of the validation that failed. */
  readonly index?: number;
}

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';
const MAX_ANNOTATION_LENGTH = 10 * 1024;

/**
 * Policies in CEL: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 * What is to be audited goes the way of `audit-annotations.ts`.
 */
export function validatingAdmissionPolicy(services: AdmissionServices): AdmissionPlugin {
  const bindings = new PolicyBindings<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>(
    'validatingadmissionpolicies',
    services,
  );
  return {
    name: 'ValidatingAdmissionPolicy',
    everything: true,
    configuredBy: bindings.plural,
    validate(request, object, lookup) {
      if (isExempt(request)) return;
      for (const judged of bindings.applications(request, () => object, lookup)) {
        const found = [...violations(judged), ...annotate(services, judged)];
        noteFailures(services, judged, found);
        for (const violation of found) act(request, judged, violation);
      }
    },
  };
}

function violations({ policy, evaluate, problem }: Judged): readonly Violation[] {
  const isStrict = policy.spec?.failurePolicy !== 'Ignore';
  if (problem !== undefined) return isStrict ? [{ words: problem, reason: 'Invalid' }] : [];
  const found: Violation[] = [];
  for (const [index, validation] of (policy.spec?.validations ?? []).entries()) {
    const { expression, message, messageExpression, reason = 'Invalid' } = validation;
    const outcome = evaluate(expression, 'bool');
    if ('error' in outcome) {
      if (isStrict)
        found.push({
          words: `expression '${expression}' resulted in error: ${outcome.error}`,
          reason: 'Invalid',
          index,
        });
    } else if (outcome.value !== true) {
      const told = messageExpression === undefined ? undefined : evaluate(messageExpression, 'string');
      const words = told !== undefined && 'value' in told && isSentence(told.value) ? told.value : message;
      found.push({ words: words ?? `failed expression: ${expression.trim()}`, reason, index });
    }
  }
  return found;
}

/** What the policy wants to be remembered; an expression that fails is a violation. */
function annotate({ audit }: AdmissionServices, { policy, evaluate, problem }: Judged): readonly Violation[] {
  if (problem !== undefined) return [];
  const failed: Violation[] = [];
  for (const { key, valueExpression } of policy.spec?.auditAnnotations ?? []) {
    const outcome = evaluate(valueExpression);
    if ('value' in outcome) {
      if (typeof outcome.value === 'string')
        audit(`${policy.metadata.name}/${key}`, outcome.value.slice(0, MAX_ANNOTATION_LENGTH));
    } else if (policy.spec?.failurePolicy !== 'Ignore') {
      const words = `valueExpression '${valueExpression}' resulted in error: ${outcome.error}`;
      failed.push({ words, reason: 'Invalid' });
    }
  }
  return failed;
}

/** The action `Audit`. After `pkg/admission/plugin/policy/validating/dispatcher.go` of k8s.io/apiserver. */
function noteFailures({ audit }: AdmissionServices, { policy, binding }: Judged, found: readonly Violation[]): void {
  const validationActions = binding.spec?.validationActions ?? [];
  if (!validationActions.includes('Audit')) return;
  for (const { words: message, index } of found) {
    if (index === undefined) continue;
    const names = { policy: policy.metadata.name, binding: binding.metadata.name };
    audit(FAILURE, JSON.stringify([{ message, ...names, expressionIndex: String(index), validationActions }]));
  }
}

function isSentence(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\n');
}

/** @throws StatusError where the binding denies. */
function act(request: AdmissionRequest, { policy, binding }: Judged, { words, reason }: Violation): void {
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  const actions = binding.spec?.validationActions ?? [];
  if (actions.includes('Warn')) request.warnings.push(`Validation failed for ${names}: ${words}`);
  if (!actions.includes('Deny')) return;
  const why = `${names} denied request: ${words}`;
  const { status } = forbidden(request.kind, request.name, why, { message: why } as never);
  throw new StatusError({ ...status, reason, code: CODES[reason] ?? 422 });
}
