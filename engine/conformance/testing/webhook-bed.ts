import { Testbed } from '../../testing/scenarios/testbed.ts';
import { deployWebhookServer, type WebhookServer } from './webhook-server.ts';

/** A cluster with a webhook server, and a namespace whose label says that webhooks are to look at it. */
export interface Bed {
  readonly bed: Testbed;
  readonly server: WebhookServer;
}

export function start(): Bed {
  const bed = new Testbed({ workers: [{}] });
  const server = deployWebhookServer(bed, 'webhook');
  bed.kubectl('create', 'namespace', 'marked');
  bed.kubectl('label', 'namespace', 'marked', 'webhook=yes');
  // Its ServiceAccount is made by a controller.
  bed.pass(1);
  return { bed, server };
}

export type Rule = readonly [group: string, versions: string[], resource: string, operations: string[], scope?: string];

export const CONFIG_MAPS: Rule = ['', ['v1'], 'configmaps', ['CREATE', 'UPDATE', 'DELETE']];
export const PODS: Rule = ['', ['v1'], 'pods', ['CREATE']];

/** A webhook about a kind in the marked namespace. */
export function webhook(
  server: WebhookServer,
  path: string,
  [group, apiVersions, resource, operations, scope]: Rule,
  more: object = {},
) {
  return {
    name: `${path.slice(1).replaceAll('/', '-')}.k8s.io`,
    rules: [{ apiGroups: [group], apiVersions, operations, resources: [resource], ...(scope && { scope }) }],
    clientConfig: server.clientConfig(path),
    sideEffects: 'None',
    admissionReviewVersions: ['v1', 'v1beta1'],
    ...(scope === 'Cluster' ? {} : { namespaceSelector: { matchLabels: { webhook: 'yes' } } }),
    ...more,
  };
}

type Kind = 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';

export function register({ bed }: Bed, kind: Kind, name: string, ...webhooks: readonly object[]): void {
  const metadata = { name, labels: { e2e: 'webhooks' } };
  bed.apply(JSON.stringify({ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata, webhooks }));
}

/** Applies one object, whatever comes of it. */
export function create({ bed }: Bed, manifest: string) {
  return bed.applyAnyway(manifest, 'object.json');
}
