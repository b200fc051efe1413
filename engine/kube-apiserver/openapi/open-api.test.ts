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

test('operations have the names that client libraries make methods of', () => {
  const ids = Object.values(CORE.paths as Body).flatMap((item: Body) =>
    Object.values(item).map((operation: Body) => operation.operationId),
  );
  expect(ids).toEqual(
    expect.arrayContaining([
      'listCoreV1PodForAllNamespaces',
      'createCoreV1NamespacedPod',
      'deleteCoreV1CollectionNamespacedPod',
      'readCoreV1NamespacedPodLog',
      'connectCoreV1PostNamespacedPodExec',
      'createCoreV1NamespacedPodEviction',
      'replaceCoreV1NamespaceFinalize',
      'readCoreV1Node',
    ]),
  );
  const { get } = document('apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale'];
  expect(get).toMatchObject({
    operationId: 'readAppsV1NamespacedDeploymentScale',
    'x-kubernetes-group-version-kind': { group: 'autoscaling', kind: 'Scale', version: 'v1' },
  });
});

test('lists have schemas too', () => {
  const { get } = CORE.paths['/api/v1/pods'];
  const { $ref } = get.responses[200].content['application/json'].schema;
  expect(schemaOf(CORE, $ref.split('/').pop())).toMatchObject({
    required: ['items'],
    properties: { items: { items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Pod' } } },
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'PodList', version: 'v1' }],
  });
});

test('version 2 is one document of everything', () => {
  const { headers, body } = server.request('GET', '/openapi/v2');
  expect(body).toMatchObject({ swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.36.2' } });
  const { properties } = body.definitions['io.k8s.api.apps.v1.DeploymentSpec'];
  expect(properties.template).toEqual({ $ref: '#/definitions/io.k8s.api.core.v1.PodTemplateSpec' });
  expect(body.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
    type: 'string',
    format: 'int-or-string',
  });
  const { post, parameters } = body.paths['/apis/apps/v1/namespaces/{namespace}/deployments'];
  expect(parameters[0]).toEqual({ name: 'namespace', in: 'path', required: true, type: 'string', uniqueItems: true });
  expect(post.parameters[0]).toEqual({
    name: 'body',
    in: 'body',
    required: true,
    schema: { $ref: '#/definitions/io.k8s.api.apps.v1.Deployment' },
  });
  expect(post.responses[200].schema).toEqual(post.parameters[0].schema);
  expect(JSON.stringify(body)).not.toContain('#/components');
  for (const [, name] of JSON.stringify(body).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
    expect(Object.hasOwn(body.definitions, name!), name).toBe(true);
  }
  expect(server.request('GET', '/openapi/v2', undefined, { 'if-none-match': headers['etag']! }).status).toBe(304);
});

test('version 2 is there in JSON only', () => {
  const ask = (accept: string) => server.request('GET', '/openapi/v2', undefined, { accept }).status;
  expect(ask('application/com.github.proto-openapi.spec.v2@v1.0+protobuf')).toBe(406);
  expect(ask('application/json')).toBe(200);
  expect(ask('*/*')).toBe(200);
});
