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
}

/**
 * Policies in CEL: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 * (There is no audit log here: the action Audit and audit annotations leave no trace.)
 */
export function validatingAdmissionPolicy(services: AdmissionServices): AdmissionPlugin {
  const bindings = new PolicyBindings<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>(
    'validatingadmissionpolicies',
    services,
  );
  return {
    name: 'ValidatingAdmissionPolicy',
    everything: true,
    validate(request, object, lookup) {
      if (isExempt(request)) return;
      for (const judged of bindings.applications(request, () => object, lookup)) {
        for (const violation of violations(judged)) act(request, judged, violation);
      }
    },
  };
}

function violations({ policy, evaluate, problem }: Judged): readonly Violation[] {
  const isStrict = policy.spec?.failurePolicy !== 'Ignore';
  if (problem !== undefined) return isStrict ? [{ words: problem, reason: 'Invalid' }] : [];
  const found: Violation[] = [];
  for (const { expression, message, messageExpression, reason = 'Invalid' } of policy.spec?.validations ?? []) {
    const outcome = evaluate(expression, 'bool');
    if ('error' in outcome) {
      if (isStrict)
        found.push({ words: `expression '${expression}' resulted in error: ${outcome.error}`, reason: 'Invalid' });
    } else if (outcome.value !== true) {
      const told = messageExpression === undefined ? undefined : evaluate(messageExpression, 'string');
      const words = told !== undefined && 'value' in told && isSentence(told.value) ? told.value : message;
      found.push({ words: words ?? `failed expression: ${expression.trim()}`, reason });
    }
  }
  return found;
}

function isSentence(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\n');
}

/** @throws StatusError where the binding denies. */
function act(request: AdmissionRequest, { policy, binding }: Judged, { words, reason }: Violation): void {
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  const actions = binding.spec?.validationActions ?? [];
  if (actions.includes('Warn')) request.warn(`Validation failed for ${names}: ${words}`);
  if (!actions.includes('Deny')) return;
  const why = `${names} denied request: ${words}`;
  const { status } = forbidden(request.kind, request.name, why, { message: why } as never);
  throw new StatusError({ ...status, reason, code: CODES[reason] ?? 422 });
}
