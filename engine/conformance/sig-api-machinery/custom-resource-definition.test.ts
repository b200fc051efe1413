import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

const SCHEMA = {
  type: 'object',
  properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
};

function widgets(schema: object = SCHEMA, version: object = {}, names: object = {}) {
  const plural = (names as { plural?: string }).plural ?? 'widgets';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com`, labels: { e2e: 'crd' } },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural, kind: 'Widget', ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    },
  };
}

function widget(name: string, spec: object = {}) {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec };
}

function start(...definitions: object[]) {
  const server = startTestServer();
  for (const definition of definitions) expect(server.request('POST', DEFINITIONS, definition).status).toBe(201);
  server.sim.runFor(1_000);
  return server;
}

test('Custom Resource Definition, create', () => {
  const { request, sim } = start(widgets());
  const { status } = request('GET', `${DEFINITIONS}/widgets.example.com`).body;
  expect(status.conditions.map(({ type, status: value }: Body) => [type, value])).toEqual([
    ['NamesAccepted', 'True'],
    ['Established', 'True'],
  ]);
  expect(request('DELETE', `${DEFINITIONS}/widgets.example.com`).status).toBe(200);
  sim.runFor(1_000);
  expect(request('GET', `${DEFINITIONS}/widgets.example.com`).status).toBe(404);
});

test('Custom Resource Definition, list', () => {
  const names = ['as', 'bs', 'cs'].map((plural) => ({ plural, kind: `W${plural}` }));
  const { request, sim } = start(...names.map((each) => widgets(SCHEMA, {}, each)));
  const selected = `${DEFINITIONS}?labelSelector=e2e%3Dcrd`;
  expect(request('GET', selected).body.items).toHaveLength(3);
  request('DELETE', selected);
  sim.runFor(1_000);
  expect(request('GET', selected).body.items).toEqual([]);
});

test('Custom Resource Definition, status sub-resource', () => {
  const { request } = start(widgets());
  const path = `${DEFINITIONS}/widgets.example.com/status`;
  const got = request('GET', path);
  expect(got.status).toBe(200);
  const condition = { type: 'E2E', status: 'True', reason: 'E2E', message: 'Set by a test' };
  const updated = request('PUT', path, {
    ...got.body,
    status: { ...got.body.status, conditions: [...got.body.status.conditions, condition] },
  });
  expect(updated.body.status.conditions).toContainEqual(expect.objectContaining({ type: 'E2E', reason: 'E2E' }));
  const conditions = [{ ...condition, reason: 'Patched' }];
  const patched = request('PATCH', path, { status: { conditions } }, MERGE);
  expect(patched.body.status.conditions).toMatchObject(conditions);
  expect(patched.body.metadata.generation).toBe(got.body.metadata.generation);
});

test('Custom Resource Definition, watch', () => {
  const { request, watch, sim } = start(widgets());
  const { lines } = watch(`${WIDGETS}?watch=1`);
  request('POST', WIDGETS, widget('a'));
  request('POST', WIDGETS, widget('b'));
  request('PATCH', `${WIDGETS}/a`, { spec: { size: 3 } }, MERGE);
  request('DELETE', `${WIDGETS}/a`);
  request('DELETE', `${WIDGETS}/b`);
  sim.runFor(1_000);
  expect(lines.map((line) => line.split('@')[0])).toEqual([
    'ADDED a',
    'ADDED b',
    'MODIFIED a',
    'DELETED a',
    'DELETED b',
  ]);
});

test('Custom Resource Definition, defaulting', () => {
  const { request, sim } = start(widgets({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }));
  request('POST', WIDGETS, { ...widget('old'), a: 'A' });
  const withDefaults = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { a: { type: 'string', default: 'A' }, b: { type: 'string', default: 'B' } },
  };
  const patch = { spec: { versions: widgets(withDefaults).spec.versions } };
  expect(request('PATCH', `${DEFINITIONS}/widgets.example.com`, patch, MERGE).status).toBe(200);
  sim.runFor(1_000);
  expect(request('GET', `${WIDGETS}/old`).body).toMatchObject({ a: 'A', b: 'B' });
  expect(request('POST', WIDGETS, { ...widget('new'), b: 'C' }).body).toMatchObject({ a: 'A', b: 'C' });
});

test('Custom Resource Definition, discovery', () => {
  const { request } = start();
  const groups = request('GET', '/apis').body.groups;
  expect(groups.find(({ name }: Body) => name === 'apiextensions.k8s.io').versions).toContainEqual({
    groupVersion: 'apiextensions.k8s.io/v1',
    version: 'v1',
  });
  expect(request('GET', '/apis/apiextensions.k8s.io').body.preferredVersion.version).toBe('v1');
  const { resources } = request('GET', '/apis/apiextensions.k8s.io/v1').body;
  expect(resources.map(({ name }: Body) => name)).toContain('customresourcedefinitions');
});

const STRICT = '?fieldValidation=Strict';

test('Server side field validation, valid CR with validation schema', () => {
  const { request } = start(widgets());
  expect(request('POST', WIDGETS + STRICT, JSON.stringify(widget('a', { size: 1 }))).status).toBe(201);
});

test('Server side field validation, unknown fields CR no validation schema', () => {
  const { request } = start(widgets({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }));
  expect(request('POST', WIDGETS + STRICT, JSON.stringify(widget('a', { anything: 1 }))).status).toBe(201);
});

test('Server side field validation, unknown fields CR fails validation', () => {
  const { request } = start(widgets());
  const { status, body } = request('POST', WIDGETS + STRICT, JSON.stringify(widget('a', { size: 1, foo: 'x' })));
  expect(status).toBe(400);
  expect(body.message).toContain('strict decoding error: unknown field "spec.foo"');
});

test('Server side field validation, CR duplicates', () => {
  const { request } = start(widgets());
  const text = '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}';
  expect(request('POST', WIDGETS + STRICT, text).body.message).toContain('duplicate field "spec.size"');
});

test('Server side field validation, unknown metadata', () => {
  const { request } = start(widgets());
  const object = { ...widget('a'), metadata: { name: 'a', unknownMeta: 'x' } };
  expect(request('POST', WIDGETS + STRICT, JSON.stringify(object)).body.message).toContain(
    'unknown field "metadata.unknownMeta"',
  );
});

function published(request: ReturnType<typeof startTestServer>['request'], version = 'v1'): Body {
  const { components } = request('GET', `/openapi/v3/apis/example.com/${version}`).body ?? {};
  return components?.schemas?.[`com.example.${version}.Widget`];
}

test('Custom Resource OpenAPI Publish, with validation schema', () => {
  const { request } = start(widgets());
  expect(published(request)).toMatchObject({
    properties: { spec: { properties: { size: { type: 'integer' } } } },
    'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
  });
});

test('Custom Resource OpenAPI Publish, with x-kubernetes-preserve-unknown-fields at root', () => {
  const { request } = start(widgets({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }));
  expect(published(request)).toMatchObject({ 'x-kubernetes-preserve-unknown-fields': true });
  expect(request('POST', WIDGETS + STRICT, JSON.stringify({ ...widget('a'), any: { thing: 1 } })).body.any).toEqual({
    thing: 1,
  });
});

test('Custom Resource OpenAPI Publish, with x-kubernetes-preserve-unknown-fields in object', () => {
  const spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const { request } = start(widgets({ type: 'object', properties: { spec } }));
  expect(published(request).properties.spec).toEqual(spec);
  expect(request('POST', WIDGETS + STRICT, JSON.stringify(widget('a', { b: { c: 1 } }))).body.spec).toEqual({
    b: { c: 1 },
  });
});

test('Custom Resource OpenAPI Publish, with x-kubernetes-preserve-unknown-fields in embedded object', () => {
  const embedded = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  const spec = { type: 'object', properties: { embedded } };
  const { request } = start(widgets({ type: 'object', properties: { spec } }));
  const inner = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, more: 1 };
  expect(
    request('POST', WIDGETS + STRICT, JSON.stringify(widget('a', { embedded: inner }))).body.spec.embedded,
  ).toEqual(inner);
  const nameless = request('POST', WIDGETS, JSON.stringify(widget('b', { embedded: { more: 1 } })));
  expect(nameless.body.message).toContain('spec.embedded.kind: Required value: must not be empty');
});

test('Custom Resource OpenAPI Publish, varying groups', () => {
  const other = widgets();
  const { request } = start(widgets(), {
    ...other,
    metadata: { name: 'widgets.other.example.com' },
    spec: { ...other.spec, group: 'other.example.com' },
  });
  expect(published(request)).toBeDefined();
  const { schemas } = request('GET', '/openapi/v3/apis/other.example.com/v1').body.components;
  expect(schemas['com.example.other.v1.Widget']).toBeDefined();
});

test('Custom Resource OpenAPI Publish, varying kinds', () => {
  const { request } = start(widgets(), widgets(SCHEMA, {}, { plural: 'gears', kind: 'Gear' }));
  const { schemas } = request('GET', '/openapi/v3/apis/example.com/v1').body.components;
  expect(schemas['com.example.v1.Widget']).toBeDefined();
  expect(schemas['com.example.v1.Gear']).toBeDefined();
});

function twoVersions() {
  const definition = widgets();
  const [first] = definition.spec.versions;
  const versions = [first, { ...first, name: 'v2', storage: false }];
  return { ...definition, spec: { ...definition.spec, versions } };
}

test('Custom Resource OpenAPI Publish, varying versions', () => {
  const { request } = start(twoVersions());
  expect(published(request, 'v1')).toBeDefined();
  expect(published(request, 'v2')).toBeDefined();
  request('POST', WIDGETS, widget('a', { size: 1 }));
  expect(request('GET', WIDGETS.replace('/v1/', '/v2/')).body.items[0]).toMatchObject({
    apiVersion: 'example.com/v2',
    spec: { size: 1 },
  });
});

test('Custom Resource OpenAPI Publish, version rename', () => {
  const { request, sim } = start(twoVersions());
  const [first, second] = twoVersions().spec.versions as [object, object];
  const patch = { spec: { versions: [first, { ...second, name: 'v3' }] } };
  expect(request('PATCH', `${DEFINITIONS}/widgets.example.com`, patch, MERGE).status).toBe(200);
  sim.runFor(1_000);
  expect(published(request, 'v3')).toBeDefined();
  expect(published(request, 'v2')).toBeUndefined();
  expect(published(request, 'v1')).toBeDefined();
});

test('Custom Resource OpenAPI Publish, stop serving version', () => {
  const { request, sim } = start(twoVersions());
  const [first, second] = twoVersions().spec.versions as [object, object];
  const patch = { spec: { versions: [first, { ...second, served: false }] } };
  request('PATCH', `${DEFINITIONS}/widgets.example.com`, patch, MERGE);
  sim.runFor(1_000);
  expect(published(request, 'v2')).toBeUndefined();
  expect(published(request, 'v1')).toBeDefined();
});

const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

test('Aggregated Discovery Endpoint Accept Headers CRDs', () => {
  const { request } = start(widgets());
  const { headers, body } = request('GET', '/apis', undefined, AGGREGATED);
  expect(headers?.['content-type']).toContain('as=APIGroupDiscoveryList');
  expect(body.items.map(({ metadata }: Body) => metadata.name)).toContain('example.com');
});

test('Aggregated Discovery Interface CRDs', () => {
  const { request, sim } = start(widgets());
  const find = () =>
    request('GET', '/apis', undefined, AGGREGATED).body.items.find(
      ({ metadata }: Body) => metadata.name === 'example.com',
    );
  expect(find().versions[0].resources[0]).toMatchObject({ resource: 'widgets', scope: 'Namespaced' });
  request('DELETE', `${DEFINITIONS}/widgets.example.com`);
  sim.runFor(1_000);
  expect(find()).toBeUndefined();
});

test('Aggregated Discovery Interface', () => {
  const { request } = start();
  const core = request('GET', '/api', undefined, AGGREGATED).body.items[0];
  expect(core.versions[0].resources.map(({ resource }: Body) => resource)).toContain('namespaces');
  const groups = request('GET', '/apis', undefined, AGGREGATED).body.items;
  expect(groups.map(({ metadata }: Body) => metadata.name)).toContain('apps');
});

test('Aggregated Discovery Endpoint Accept Headers', () => {
  const { request } = start();
  expect(request('GET', '/apis').body.kind).toBe('APIGroupList');
  expect(request('GET', '/apis', undefined, AGGREGATED).body.kind).toBe('APIGroupDiscoveryList');
});

test('Discovery, confirm the PreferredVersion for each api group', () => {
  const { request } = start(widgets());
  for (const { name, preferredVersion, versions } of request('GET', '/apis').body.groups) {
    const group = request('GET', `/apis/${name}`).body;
    expect(group.preferredVersion).toEqual(preferredVersion);
    expect(versions).toContainEqual(preferredVersion);
  }
});

test('Discovery, confirm the groupVersion and a resource from each apiGroup', () => {
  const { request } = start(widgets());
  for (const { preferredVersion } of request('GET', '/apis').body.groups) {
    const list = request('GET', `/apis/${preferredVersion.groupVersion}`).body;
    expect(list.groupVersion).toBe(preferredVersion.groupVersion);
    expect(list.resources.length).toBeGreaterThan(0);
  }
});

test('Confirm a server version', () => {
  const { major, minor } = start().request('GET', '/version').body;
  expect(major).toMatch(/^\d+$/);
  expect(minor).toMatch(/^\d+\+?$/);
});
