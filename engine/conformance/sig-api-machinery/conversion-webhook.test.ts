import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../../api/object.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';
import { deployWebhookServer, type WebhookServer } from '../testing/webhook-server.ts';

// After test/e2e/apimachinery/crd_conversion_webhook.go: v1 says `hostPort`, v2 has a host and a port.

vi.setConfig({ testTimeout: 60_000 });

type CronTab = KubeObject & { readonly hostPort?: string; readonly host?: string; readonly port?: string };

const TEXT = { type: 'string' };

function definition({ clientConfig }: WebhookServer, stored: 'v1' | 'v2') {
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

function cronTab(version: string, name: string, more: object) {
  return JSON.stringify({ apiVersion: `stable.example.com/${version}`, kind: 'CronTab', metadata: { name }, ...more });
}

function start() {
  const bed = new Testbed({ workers: [{}] });
  const server = deployWebhookServer(bed, 'crd-conversion-webhook');
  bed.apply(definition(server, 'v1'));
  bed.pass(1);
  return { bed, server };
}

const V1 = 'crontabs.v1.stable.example.com';
const V2 = 'crontabs.v2.stable.example.com';

test('Custom Resource Definition Conversion Webhook, conversion custom resource', () => {
  const { bed } = start();
  bed.apply(cronTab('v1', 'local', { hostPort: 'localhost:8080' }));
  expect(bed.get<CronTab>(V2, 'local')).toMatchObject({
    apiVersion: 'stable.example.com/v2',
    host: 'localhost',
    port: '8080',
  });
  expect(bed.get<CronTab>(V2, 'local')).not.toHaveProperty('hostPort');
  // What is written in one version is read in the other.
  bed.kubectl('patch', V2, 'local', '--type=merge', '-p', '{"port":"9090"}');
  expect(bed.get<CronTab>(V1, 'local').hostPort).toBe('localhost:9090');
  // A watch tells of changes in its own version.
  bed.cluster.submit({
    kind: 'file.write',
    path: 'watch.sh',
    text: `timeout 5 kubectl get ${V2} -w -o jsonpath='{.port} '`,
  });
  bed.cluster.submit({
    kind: 'file.write',
    path: 'change.sh',
    text: `sleep 2; kubectl patch ${V1} local --type=merge -p '{"hostPort":"a:1"}'`,
  });
  expect(bed.sh('bash change.sh >/dev/null & bash watch.sh; wait').stdout).toBe('9090 1 ');
  // Why something cannot be converted is said by the webhook.
  bed.apply(cronTab('v1', 'odd', { hostPort: 'nonsense' }));
  expect(bed.kubectlAnyway('get', V2, 'odd').stderr).toContain(
    'conversion webhook for stable.example.com/v1, Kind=CronTab failed: invalid hostPort value `nonsense`',
  );
});

test('Custom Resource Definition Conversion Webhook, convert mixed version list', () => {
  const { bed, server } = start();
  bed.apply(cronTab('v1', 'a-first', { hostPort: 'localhost:8080' }));
  bed.apply(definition(server, 'v2'));
  bed.pass(1);
  bed.apply(cronTab('v1', 'b-second', { hostPort: 'localhost:8081' }));
  const stored = bed.cluster
    .stored('/registry/stable.example.com/crontabs/')
    .map(({ value }) => (value as KubeObject).apiVersion);
  expect(stored).toEqual(['stable.example.com/v1', 'stable.example.com/v2']);
  expect(bed.list<CronTab>(V1).map(({ hostPort }) => hostPort)).toEqual(['localhost:8080', 'localhost:8081']);
  expect(bed.list<CronTab>(V2).map(({ host, port }) => [host, port])).toEqual([
    ['localhost', '8080'],
    ['localhost', '8081'],
  ]);
  // And once more with nobody to convert.
  bed.kubectl('delete', 'deployment', 'sample-webhook-deployment');
  bed.pass(5);
  bed.apply(definition(server, 'v1').replace('"type":"string"', '"type":"string","description":"changed"'));
  bed.pass(1);
  expect(bed.kubectlAnyway('get', V1).stderr).toContain(
    'Error from server: conversion webhook for stable.example.com/v2, Kind=CronTab failed: Post "https://e2e-test-webhook.default.svc:8443/crdconvert?timeout=30s": dial tcp',
  );
});

test('selectors of fields go by the version that is asked for, in lists and in watches', () => {
  const { bed } = start();
  bed.apply(cronTab('v1', 'here', { hostPort: 'localhost:8080' }));
  bed.apply(cronTab('v1', 'there', { hostPort: 'elsewhere:8080' }));
  expect(bed.kubectl('get', V2, '--field-selector=host=elsewhere', '-o', 'name')).toBe(
    'crontab.stable.example.com/there\n',
  );
  expect(bed.kubectlAnyway('get', V1, '--field-selector=host=elsewhere').stderr).toContain(
    'field label not supported: host',
  );
  const seen: string[] = [];
  const { watch } = bed.cluster.read({
    method: 'GET',
    path: '/apis/stable.example.com/v2/namespaces/default/crontabs',
    query: { watch: 'true', fieldSelector: 'host=elsewhere,port!=1' },
  });
  watch!({
    outside: true,
    event: ({ type, object }) => {
      const { metadata, host, port } = object as CronTab;
      seen.push(`${type} ${metadata.name} ${host}:${port}`);
    },
    end: () => seen.push('end'),
  });
  bed.kubectl('patch', V1, 'here', '--type=merge', '-p', '{"hostPort":"elsewhere:2"}');
  bed.kubectl('patch', V1, 'there', '--type=merge', '-p', '{"hostPort":"elsewhere:1"}');
  bed.kubectl('patch', V2, 'here', '--type=merge', '-p', '{"host":"localhost"}');
  bed.pass(1);
  expect(seen).toEqual([
    'ADDED there elsewhere:8080',
    'ADDED here elsewhere:2',
    'DELETED there elsewhere:8080',
    'DELETED here elsewhere:2',
  ]);
});
