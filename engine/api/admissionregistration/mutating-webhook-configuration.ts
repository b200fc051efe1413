import { sameValue } from '../copy-on-write.ts';
import type { MutatingWebhookConfiguration } from '../extension-kinds.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import { ageColumn, nameColumn, numberColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultWebhooks, validateWebhooks } from './webhook.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/ */
export const mutatingWebhookConfiguration = storedKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  schema: 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  applyDefaults: (object) => defaultWebhooks(object, true),
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) => nextGeneration(next, previous, !sameValue(next.webhooks, previous.webhooks)),
  ...validation<MutatingWebhookConfiguration>({
    namespaced: false,
    validate: (errors, { webhooks }) => validateWebhooks(errors, webhooks),
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Webhooks',
      'Webhooks indicates the number of webhooks registered in this configuration',
      ({ webhooks }) => webhooks?.length ?? 0,
    ),
    ageColumn,
  ],
});
