import type { AdmissionPlugin } from '../admission.ts';
import type { AdmissionServices } from '../services.ts';
import { type Call, callOf, concerns } from './webhook-call.ts';

const CONFIGURATIONS = 'validatingwebhookconfigurations';

/**
 * Asks other servers whether a request may be. They are asked all at once, and the first in order that says no is heard.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export function validatingWebhooks(services: AdmissionServices): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    everything: true,
    configuredBy: CONFIGURATIONS,
    validate(request, object, lookup) {
      const concerned = concerns(services, CONFIGURATIONS, request, () => object, lookup);
      const calls: Call[] = [];
      for (const concern of concerned) calls.push(callOf(services, concern, request, object, false));
      if (calls.length === 0) return;
      const answers = services.ask(calls.map(({ question }) => question));
      for (const [index, { judge }] of calls.entries()) judge(answers[index]);
    },
  };
}
