import { internalError } from '../../api/errors.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../api/extension-kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';
import { isExempt, type Matching, matchesRequest } from './match-resources.ts';
import { inputOf } from './policy-input.ts';
import type { AdmissionServices } from './services.ts';

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;
type Webhook = NonNullable<Configuration['webhooks']>[number];

/**
 * Admission webhooks: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 * A request is answered at once here, and a Pod could only answer later: so no webhook is ever reached. A request that
 * one is about fails, or goes through, as the webhook's failure policy says.
 */
export function mutatingWebhooks(services: AdmissionServices): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    everything: true,
    admit(request, object, lookup) {
      callWebhooks(services, 'mutatingwebhookconfigurations', request, object, lookup);
      return object;
    },
  };
}

export function validatingWebhooks(services: AdmissionServices): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    everything: true,
    validate: (request, object, lookup) =>
      callWebhooks(services, 'validatingwebhookconfigurations', request, object, lookup),
  };
}

/** @throws StatusError for the first webhook that is about the request and may not fail. */
function callWebhooks(
  services: AdmissionServices,
  plural: string,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): void {
  if (isExempt(request)) return;
  for (const { webhooks = [] } of lookup.all(plural) as readonly Configuration[]) {
    for (const webhook of webhooks as readonly Webhook[]) {
      if (webhook.failurePolicy === 'Ignore') continue;
      if (!matchesRequest(matching(webhook), request, object, lookup)) continue;
      if (!meetsConditions(services, webhook, request, object, lookup)) continue;
      throw internalError(
        `failed calling webhook ${JSON.stringify(webhook.name)}: failed to call webhook: ${whyNot(webhook, lookup)}`,
      );
    }
  }
}

function matching({ rules, namespaceSelector, objectSelector }: Webhook): Matching {
  return {
    rules: (rules ?? []) as Matching['rules'],
    namespaceSelector: namespaceSelector as Matching['namespaceSelector'],
    objectSelector: objectSelector as Matching['objectSelector'],
  };
}

/** A condition that cannot be judged lets the webhook be called; one that does not hold keeps it out. */
function meetsConditions(
  { compilePolicy }: AdmissionServices,
  { matchConditions = [] }: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): boolean {
  if (matchConditions.length === 0 || compilePolicy === undefined) return true;
  const evaluate = compilePolicy([]).bind(inputOf(request, object, null, lookup));
  return !matchConditions.some(({ expression }) => {
    const outcome = evaluate(expression, 'bool');
    return 'value' in outcome && outcome.value !== true;
  });
}

function whyNot({ clientConfig, timeoutSeconds = 10 }: Webhook, lookup: Lookup): string {
  const { service, url } = clientConfig ?? {};
  if (service === undefined) return `Post ${JSON.stringify(`${url}?timeout=${timeoutSeconds}s`)}: ${UNREACHED}`;
  const { name, namespace, port = 443, path = '/' } = service;
  const target = `https://${name}.${namespace}.svc:${port}${path}?timeout=${timeoutSeconds}s`;
  const isThere = lookup('services', namespace, name) !== undefined;
  return `Post ${JSON.stringify(target)}: ${isThere ? UNREACHED : `service ${JSON.stringify(name)} not found`}`;
}

const UNREACHED = 'webhooks are not reached in this simulated cluster';
