import { sameValue } from '../../../api/copy-on-write.ts';
import { internalError } from '../../../api/errors.ts';
import type { KubeObject } from '../../../api/object.ts';
import { applyJsonPatch } from '../../../api/patch/json-patch.ts';
import { StatusError } from '../../../api/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import { Reinvocation } from '../reinvocation.ts';
import type { AdmissionServices } from '../services.ts';
import { reviewForm } from './review-form.ts';
import { type Concern, callOf, concerns } from './webhook-call.ts';

const NAME = 'MutatingAdmissionWebhook';
const CONFIGURATIONS = 'mutatingwebhookconfigurations';

/**
 * Lets other servers change what comes in, one after the other.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function mutatingWebhooks(services: AdmissionServices): AdmissionPlugin {
  return {
    name: NAME,
    everything: true,
    configuredBy: CONFIGURATIONS,
    admit(request, object, lookup) {
      let current = object;
      let begun = false;
      for (const concern of concerns(services, CONFIGURATIONS, request, () => current, lookup)) {
        request.reinvocation ??= new Reinvocation();
        const invocations = request.reinvocation.of(NAME);
        if (!begun) invocations.begin(object, sameValue);
        begun = true;
        if (!invocations.mayCall(concern.id)) continue;
        const next = callMutating(services, concern, request, current);
        const changed = next !== current && !sameValue(next, current);
        invocations.called(concern.id, concern.webhook.reinvocationPolicy === 'IfNeeded', changed);
        if (changed) current = next;
      }
      if (begun) request.reinvocation?.of(NAME).end(current);
      return current;
    },
  };
}

function callMutating(
  services: AdmissionServices,
  concern: Concern,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): KubeObject | undefined {
  const { question, judge } = callOf(services, concern, request, object, true);
  const [answer] = services.ask([question]);
  const patch = judge(answer)?.patch;
  if (patch === undefined) return object;
  const operations = readPatch(patch);
  if (operations.length === 0) return object;
  if (object === undefined || request.operation === 'DELETE') {
    const why = 'attempted to modify the object, which is not supported for this operation';
    throw internalError(`admission webhook ${JSON.stringify(concern.webhook.name)} ${why}`);
  }
  const form = reviewForm(request, concern.kind);
  try {
    return form.take(applyJsonPatch(form.show(object), operations) as KubeObject, object);
  } catch (error) {
    throw error instanceof StatusError ? internalError(error.status.message ?? '') : error;
  }
}

/** @throws StatusError for what is no patch */
function readPatch(base64: string): readonly unknown[] {
  let patch: unknown;
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    patch = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw internalError((error as Error).message);
  }
  if (Array.isArray(patch)) return patch;
  throw internalError(`json: cannot unmarshal ${typeof patch} into Go value of type jsonpatch.Patch`);
}
