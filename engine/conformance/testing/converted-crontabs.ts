import type { KubeObject } from '../../api/object.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';
import { deployWebhookServer, type WebhookServer } from './webhook-server.ts';

// After test/e2e/apimachinery/crd_conversion_webhook.go: v1 says `hostPort`, v2 has a host and a port.

export type CronTab = KubeObject & { readonly hostPort?: string; readonly host?: string; readonly port?: string };

const TEXT = { type: 'string' };

export function definition({ clientConfig }: WebhookServer, stored: 'v1' | 'v2') {
  const version = (name: string, properties: object) => ({
    name,
    served: true,
    storage: name === stored,
    schema: { openAPIV3Schema: { type: 'object', properties } },
    selectableFields: Object.keys(properties).map((field) => ({ jsonPath: `.${field}` })),
  });
  const names = { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' };
  const webhook = { clientConfig: clientConfig('/crdconvert'), conversionReviewVersions: ['v1', 'v1beta1'] };
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names,
      versions: [version('v1', { hostPort: TEXT }), version('v2', { host: TEXT, port: TEXT })],
      conversion: { strategy: 'Webhook', webhook },
    },
  });
}

export function cronTab(version: string, name: string, more: object) {
  return JSON.stringify({ apiVersion: `stable.example.com/${version}`, kind: 'CronTab', metadata: { name }, ...more });
}

/** A cluster that keeps CronTabs as v1, and a webhook that knows both versions. */
export function startWithCronTabs() {
  const bed = new Testbed({ workers: [{}] });
  const server = deployWebhookServer(bed, 'crd-conversion-webhook');
  bed.apply(definition(server, 'v1'));
  bed.pass(1);
  return { bed, server };
}

export const V1 = 'crontabs.v1.stable.example.com';
export const V2 = 'crontabs.v2.stable.example.com';
