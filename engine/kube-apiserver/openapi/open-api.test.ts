import { expect, test } from 'vitest';
import { type Body, startTestServer } from '../testing/test-server.ts';

const descriptions = { 'io.k8s.api.core.v1.PodSpec': { containers: 'The containers.' } };
const server = startTestServer({ descriptions });
const index: Body = server.request('GET', '/openapi/v3').body;

function document(path: string): Body {
  return server.request('GET', index.paths[path].serverRelativeURL).body;
}

const APPS = document('apis/apps/v1');
const CORE = document('api/v1');

function schemaOf(doc: Body, name: string): Body {
  return doc.components.schemas[name];
}

test('the index names a document for each group version, by its hash', () => {
  expect(Object.keys(index.paths)).toContain('api/v1');
  expect(index.paths['apis/apps/v1'].serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{8}$/);
});

test('a document is cached by its hash, and an old hash leads to the present one', () => {
  const url = index.paths['api/v1'].serverRelativeURL;
  const first = server.request('GET', url);
  expect(first.headers['cache-control']).toBe('public, immutable');
  const again = server.request('GET', '/openapi/v3/api/v1', undefined, { 'if-none-match': first.headers['etag']! });
  expect(again).toMatchObject({ status: 304 });
  expect(again.body).toBeUndefined();
  const old = server.request('GET', '/openapi/v3/api/v1?hash=00000000');
  expect(old).toMatchObject({ status: 301, headers: { location: url } });
  expect(server.request('GET', '/openapi/v3/apis/nothing/v1').status).toBe(404);
  expect(server.request('GET', '/openapi/v2').status).toBe(404);
});

test('kubectl finds what it looks for before it validates and merges', () => {
  const { patch } = APPS.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
  expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' });
  expect(patch.parameters.map(({ name }: Body) => name)).toContain('fieldValidation');
  expect(Object.keys(patch.requestBody.content)).toContain('application/strategic-merge-patch+json');
  const deployment = schemaOf(APPS, 'io.k8s.api.apps.v1.Deployment');
  expect(deployment['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', kind: 'Deployment', version: 'v1' }]);
});

test('schemas tell types, references, enums and what is required', () => {
  const spec = schemaOf(APPS, 'io.k8s.api.apps.v1.DeploymentSpec');
  expect(spec.required).toEqual(['selector', 'template']);
  expect(spec.properties.replicas).toEqual({ type: 'integer', format: 'int32' });
  expect(spec.properties.template).toEqual({ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' });
  const pod = schemaOf(CORE, 'io.k8s.api.core.v1.PodSpec');
  expect(pod.properties.restartPolicy.enum).toEqual(['Always', 'Never', 'OnFailure']);
  expect(pod.properties.nodeSelector).toMatchObject({ type: 'object', additionalProperties: { type: 'string' } });
});

test('lists say how they merge', () => {
  const { properties } = schemaOf(CORE, 'io.k8s.api.core.v1.PodSpec');
  expect(properties.containers).toEqual({
    description: 'The containers.',
    type: 'array',
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  });
  expect(properties.volumes['x-kubernetes-patch-strategy']).toBe('merge,retainKeys');
  expect(properties.tolerations['x-kubernetes-list-type']).toBe('atomic');
});

test('every reference leads somewhere', () => {
  for (const path of Object.keys(index.paths)) {
    const doc = document(path);
    const references = JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name] of references) expect(Object.hasOwn(doc.components.schemas, name!), name).toBe(true);
  }
});
