import { sameValue } from '../../api/copy-on-write.ts';
import { forbidden } from '../../api/errors.ts';
import type { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../api/extension-kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { applyJsonPatch } from '../../api/patch/json-patch.ts';
import { StatusError } from '../../api/status-error.ts';
import { mergeConfiguration } from '../managed-fields/merge-values.ts';
import { checkConfiguration } from '../managed-fields/typed-check.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { isExempt } from './match-resources.ts';
import { type Application, PolicyBindings } from './policy-bindings.ts';
import { type Invocations, Reinvocation } from './reinvocation.ts';
import type { AdmissionServices } from './services.ts';

type Applied = Application<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>;
type Mutation = NonNullable<NonNullable<MutatingAdmissionPolicy['spec']>['mutations']>[number];

const NAME = 'MutatingAdmissionPolicy';

/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export function mutatingAdmissionPolicy(services: AdmissionServices): AdmissionPlugin {
  const bindings = new PolicyBindings<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>(
    'mutatingadmissionpolicies',
    services,
  );
  return {
    name: NAME,
    everything: true,
    configuredBy: bindings.plural,
    admit(request, object, lookup) {
      if (object === undefined || request.operation === 'CONNECT' || isExempt(request)) return object;
      let mutated: KubeObject = object;
      let invocations: Invocations | undefined;
      // Each policy sees what those before it have made of the object.
      for (const applied of bindings.applications(request, () => mutated, lookup)) {
        request.reinvocation ??= new Reinvocation();
        if (invocations === undefined) {
          invocations = request.reinvocation.of(NAME);
          invocations.begin(object, sameValue);
        }
        const { policy, binding } = applied;
        const id = `${policy.metadata.name}/${binding.metadata.name}`;
        if (!invocations.mayCall(id)) continue;
        const next = mutate(request, applied, mutated);
        invocations.called(id, policy.spec?.reinvocationPolicy === 'IfNeeded', !sameValue(next, mutated));
        mutated = next;
      }
      invocations?.end(mutated);
      return mutated;
    },
  };
}

function mutate(request: AdmissionRequest, applied: Applied, object: KubeObject): KubeObject {
  const { policy, evaluate, problem } = applied;
  try {
    if (problem !== undefined) throw new Error(problem);
    let mutated = object;
    for (const mutation of policy.spec?.mutations ?? []) mutated = change(request, mutation, evaluate, mutated);
    return mutated;
  } catch (error) {
    if (policy.spec?.failurePolicy === 'Ignore') return object;
    throw refusal(
      request,
      applied,
      error instanceof StatusError ? (error.status.message ?? '') : (error as Error).message,
    );
  }
}

/** @throws Error when the expression cannot be evaluated or its result does not fit. */
function change(
  { kind }: AdmissionRequest,
  mutation: Mutation,
  evaluate: Applied['evaluate'],
  object: KubeObject,
): KubeObject {
  const isPatch = mutation.patchType === 'JSONPatch';
  const expression = (isPatch ? mutation.jsonPatch?.expression : mutation.applyConfiguration?.expression) ?? '';
  const outcome = evaluate(expression);
  if ('error' in outcome) throw new Error(`expression '${expression}' resulted in error: ${outcome.error}`);
  if (isPatch) return applyJsonPatch(object, outcome.value) as KubeObject;
  const configuration = outcome.value as object;
  const problem = checkConfiguration(kind, configuration);
  if (problem !== undefined) throw new Error(`error applying patch: ${problem}`);
  return mergeConfiguration(kind, object, configuration) as KubeObject;
}

function refusal({ kind, name }: AdmissionRequest, { policy, binding }: Applied, words: string): StatusError {
  const names = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  const { status } = forbidden(kind, name, `${names} denied request: ${words}`);
  return new StatusError({ ...status, reason: 'Invalid', code: 422 });
}
