import { expect, test } from 'vitest';
import type { KubeObject } from '../../api/object.ts';
import { type Bed, create, type Rule, register, start, webhook } from '../testing/webhook-bed.ts';

// After test/e2e/apimachinery/webhook.go: webhooks about custom resources and about their definitions.

type Thing = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function definition(schema: object = ANYTHING, stored = 'v1', served: readonly string[] = ['v1'], labels: object = {}) {
  const versions = served.map((name) => ({
    name,
    served: true,
    storage: name === stored,
    schema: { openAPIV3Schema: { type: 'object', properties: { data: schema } } },
  }));
  const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' };
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com', labels },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
  });
}

function thing(name: string, data: object) {
  const metadata = { name, namespace: 'marked' };
  return JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Thing', metadata, data });
}

function things(operations: string[]): Rule {
  return ['example.com', ['v1'], 'things', operations];
}

function define(all: Bed, text: string): void {
  expect(create(all, text).stderr).toBe('');
  all.bed.pass(1);
}

function dataOf({ bed }: Bed, name: string) {
  return bed.get<Thing>('things', name, 'marked').data;
}

test('Admission webhook, deny custom resource create and delete', () => {
  const all = start();
  const { bed, server } = all;
  define(all, definition());
  register(
    all,
    'ValidatingWebhookConfiguration',
    'things',
    webhook(server, '/custom-resource', things(['CREATE', 'UPDATE', 'DELETE'])),
  );
  const refused = create(all, thing('bad', { 'webhook-e2e-test': 'webhook-disallow' }));
  expect(refused.stderr).toContain('the custom resource contains unwanted data');
  create(all, thing('kept', { 'webhook-e2e-test': 'webhook-nondeletable' }));
  expect(bed.kubectlAnyway('delete', 'thing', 'kept', '-n', 'marked').stderr).toContain(
    'the custom resource cannot be deleted because it contains unwanted key and value',
  );
  const change = JSON.stringify({ data: { 'webhook-e2e-test': 'webhook-allow' } });
  bed.kubectl('patch', 'thing', 'kept', '-n', 'marked', '--type=merge', '-p', change);
  expect(bed.kubectl('delete', 'thing', 'kept', '-n', 'marked')).toContain('deleted');
});

test('Admission webhook, deny custom resource definition', () => {
  const all = start();
  const { bed, server } = all;
  const rule: Rule = ['apiextensions.k8s.io', ['v1'], 'customresourcedefinitions', ['CREATE'], 'Cluster'];
  register(all, 'ValidatingWebhookConfiguration', 'definitions', webhook(server, '/crd', rule));
  const labelled = definition(ANYTHING, 'v1', ['v1'], { 'webhook-e2e-test': 'webhook-disallow' });
  expect(create(all, labelled).stderr).toContain('the crd contains unwanted label');
  expect(bed.kubectlAnyway('get', 'crd', 'things.example.com').exitCode).toBe(1);
});

test('Admission webhook, mutate custom resource', () => {
  const all = start();
  define(all, definition());
  const mutating = webhook(all.server, '/mutating-custom-resource', things(['CREATE', 'UPDATE']));
  register(all, 'MutatingWebhookConfiguration', 'things', mutating, { ...mutating, name: 'second.k8s.io' });
  create(all, thing('a', { 'mutation-start': 'yes' }));
  expect(dataOf(all, 'a')).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
});

test('Admission webhook, mutate custom resource with pruning', () => {
  const all = start();
  const known = { type: 'string' };
  // The second stage is no field of the schema.
  define(all, definition({ type: 'object', properties: { 'mutation-start': known, 'mutation-stage-1': known } }));
  const mutating = webhook(all.server, '/mutating-custom-resource', things(['CREATE', 'UPDATE']));
  register(all, 'MutatingWebhookConfiguration', 'things', mutating, { ...mutating, name: 'second.k8s.io' });
  create(all, thing('a', { 'mutation-start': 'yes' }));
  expect(dataOf(all, 'a')).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
});

test('Admission webhook, mutate custom resource with different stored version', () => {
  const all = start();
  const { bed, server } = all;
  define(all, definition(ANYTHING, 'v1', ['v1', 'v2']));
  register(
    all,
    'MutatingWebhookConfiguration',
    'things',
    webhook(server, '/mutating-custom-resource', things(['CREATE', 'UPDATE'])),
  );
  create(all, thing('a', { a: 'b' }));
  // Stored as v2 from now on; the webhook is about v1, and is asked all the same.
  define(all, definition(ANYTHING, 'v2', ['v1', 'v2']));
  const change = JSON.stringify({ data: { 'mutation-start': 'yes' } });
  bed.kubectl('patch', 'things.v1.example.com', 'a', '-n', 'marked', '--type=merge', '-p', change);
  expect(dataOf(all, 'a')).toEqual({ a: 'b', 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
});
