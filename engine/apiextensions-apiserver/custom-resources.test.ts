import { expect, test } from 'vitest';
import { KINDS } from '../api/kind-list.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { type Body, JSON_PATCH, MERGE, startTestServer } from '../kube-apiserver/testing/test-server.ts';
import { apiExtensions } from './index.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

function definition(spec: object = { type: 'object' }, version: object = {}, names: object = {}): Body {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${(names as Body).plural ?? 'widgets'}.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema, ...version }],
    },
  };
}

function start(...definitions: Body[]) {
  const server = startTestServer();
  for (const each of definitions) expect(server.request('POST', DEFINITIONS, each)).toMatchObject({ status: 201 });
  server.sim.runFor(1_000);
  return server;
}

function widget(name: string, spec: object = {}) {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec };
}

function conditionsOf({ body }: { readonly body: Body }): string[] {
  return body.status.conditions.map(({ type, status, reason }: Body) => `${type}=${status} ${reason}`);
}

test('nothing is served before a definition is established, and everything as soon as it is', () => {
  const { request, sim } = startTestServer();
  expect(request('POST', DEFINITIONS, definition()).body.status.conditions).toBeNull();
  expect(request('GET', WIDGETS).status).toBe(404);
  sim.runFor(10);
  expect(conditionsOf(request('GET', `${DEFINITIONS}/widgets.example.com`))).toEqual([
    'NamesAccepted=True NoConflicts',
    'Established=True InitialNamesAccepted',
  ]);
  expect(request('GET', WIDGETS).body).toMatchObject({ kind: 'WidgetList', items: [] });
});

test('names that are taken keep a definition from being established, until they are free', () => {
  const { request, sim } = start(definition(), definition(undefined, {}, { plural: 'others', kind: 'Widget' }));
  const other = `${DEFINITIONS}/others.example.com`;
  expect(conditionsOf(request('GET', other))).toEqual([
    'NamesAccepted=False ShortNamesConflict',
    'Established=False NotAccepted',
  ]);
  expect(request('GET', '/apis/example.com/v1/namespaces/default/others').status).toBe(404);
  request('DELETE', `${DEFINITIONS}/widgets.example.com`);
  sim.runFor(1_000);
  expect(conditionsOf(request('GET', other))).toContain('Established=True InitialNamesAccepted');
});

test('a definition waits for its objects, which may hold on', () => {
  const { request, sim } = start(definition());
  const held = { ...widget('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } };
  request('POST', WIDGETS, held);
  request('POST', WIDGETS, widget('free'));
  expect(request('DELETE', `${DEFINITIONS}/widgets.example.com`).body.metadata.finalizers).toEqual([
    'customresourcecleanup.apiextensions.k8s.io',
  ]);
  sim.runFor(1_000);
  expect(conditionsOf(request('GET', `${DEFINITIONS}/widgets.example.com`))).toContain(
    'Terminating=True InstanceDeletionInProgress',
  );
  expect(request('GET', WIDGETS).body.items.map(({ metadata }: Body) => metadata.name)).toEqual(['held']);
  expect(request('POST', WIDGETS, widget('late'))).toMatchObject({
    status: 405,
    body: { message: 'create not allowed while custom resource definition is terminating' },
  });
  expect(request('PATCH', `${WIDGETS}/held`, { metadata: { finalizers: null } }, MERGE).status).toBe(405);
  sim.runFor(30_000);
  expect(request('GET', `${DEFINITIONS}/widgets.example.com`).status).toBe(200);
});

test('definitions and objects outlive the server', () => {
  const { request, sim, etcd, close } = start(definition());
  request('POST', WIDGETS, widget('a', {}));
  close();
  const server = createApiServer({
    sim,
    etcd,
    kinds: KINDS,
    extensions: () => apiExtensions,
    dialNode: () => undefined,
    serverVersion: 'v1.36.2',
  });
  const { status, body } = server.handle({ method: 'GET', path: `${WIDGETS}/a` });
  expect(status).toBe(200);
  expect((body as Body).kind).toBe('Widget');
});

const RULES = {
  type: 'object',
  properties: {
    replicas: { type: 'integer' },
    fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }] },
    once: {
      type: 'string',
      'x-kubernetes-validations': [
        {
          rule: '!oldSelf.hasValue() || oldSelf.value() == self',
          message: 'once set, it stays',
          optionalOldSelf: true,
        },
      ],
    },
    ports: {
      type: 'array',
      maxItems: 10,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', maxLength: 20 },
          port: {
            type: 'integer',
            'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'ports only grow' }],
          },
        },
      },
    },
    size: { type: 'string', maxLength: 20 },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.size) || quantity(self.size).isLessThan(quantity("1Ti"))',
      message: 'too big',
      fieldPath: '.size',
    },
    { rule: '!has(self.replicas) || self.replicas % 2 == 1' },
  ],
};

test('rules judge new values, and changes by what was before', () => {
  const { request } = start(definition(RULES));
  const causes = (answer: Body) =>
    answer.body.details?.causes.map(({ field, message }: Body) => `${field}: ${message}`);
  expect(causes(request('POST', WIDGETS, widget('a', { replicas: 2, size: '2Ti' })))).toEqual([
    'spec.size: Invalid value: too big',
    'spec: Invalid value: failed rule: !has(self.replicas) || self.replicas % 2 == 1',
  ]);
  const ports = [{ name: 'http', port: 80 }];
  expect(request('POST', WIDGETS, widget('a', { fixed: 'x', ports })).status).toBe(201);
  const patch = (spec: object) => request('PATCH', `${WIDGETS}/a`, { spec }, MERGE);
  expect(causes(patch({ fixed: 'y' }))).toEqual(['spec.fixed: Invalid value: "y": fixed is immutable']);
  expect(causes(patch({ ports: [{ name: 'http', port: 79 }] }))).toEqual([
    'spec.ports[0].port: Invalid value: 79: ports only grow',
  ]);
  expect(patch({ ports: [{ name: 'other', port: 1 }] }).status).toBe(200);
  expect(patch({ once: 'a' }).status).toBe(200);
  expect(causes(patch({ once: 'b' }))).toEqual(['spec.once: Invalid value: "b": once set, it stays']);
});

test('what a stricter schema would refuse is let be while nobody touches it', () => {
  const { request, sim } = start(
    definition({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }),
  );
  request('POST', WIDGETS, widget('old', { a: 'long text', b: 'x' }));
  const stricter = definition({
    type: 'object',
    properties: {
      a: { type: 'string', maxLength: 4 },
      b: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self != "x"' }] },
    },
  });
  request('PATCH', `${DEFINITIONS}/widgets.example.com`, { spec: { versions: stricter.spec.versions } }, MERGE);
  sim.runFor(1_000);
  expect(request('PATCH', `${WIDGETS}/old`, { metadata: { labels: { l: '1' } } }, MERGE).status).toBe(200);
  expect(request('PATCH', `${WIDGETS}/old`, { spec: { a: 'another' } }, MERGE).status).toBe(422);
  expect(request('POST', WIDGETS, widget('new', { a: 'long text' })).status).toBe(422);
});

test('a deprecated version says so', () => {
  const { request } = start(definition(undefined, { deprecated: true }));
  expect(
    request('GET', WIDGETS).headers?.['warning'] ?? request('POST', WIDGETS, widget('a')).headers?.['warning'],
  ).toBe('299 - "example.com/v1 Widget is deprecated"');
});

test('fields called like parts of a prototype are fields', () => {
  const { request } = start(definition({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }));
  const text =
    '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"p"},"spec":{"__proto__":{"a":1},"constructor":2}}';
  const { status, body } = request('POST', WIDGETS, text);
  expect(status).toBe(201);
  expect(JSON.stringify(body.spec)).toBe('{"__proto__":{"a":1},"constructor":2}');
  const patched = request('PATCH', `${WIDGETS}/p`, [{ op: 'add', path: '/spec/hasOwnProperty', value: 1 }], JSON_PATCH);
  expect(patched.body.spec.hasOwnProperty).toBe(1);
});

test.each([
  [{ 'x-kubernetes-validations': [{ rule: 'self.nope == 1' }] }, "undefined field 'nope'"],
  [{ 'x-kubernetes-validations': [{ rule: 'self.replicas' }] }, 'cel expression must evaluate to a bool'],
  [{ 'x-kubernetes-validations': [{ rule: 'self.replicas > ' }] }, 'Syntax error'],
  [{ 'x-kubernetes-validations': [{ rule: 'true', fieldPath: '.nope' }] }, 'does not refer to a valid field'],
])('refuses the rules %j', (more, words) => {
  const { request } = startTestServer();
  const spec = { type: 'object', properties: { replicas: { type: 'integer' } }, ...more };
  const { status, body } = request('POST', DEFINITIONS, definition(spec));
  expect(status).toBe(422);
  expect(body.message).toContain(words);
});

test('nonsense for a definition is refused, never a crash', () => {
  const { request } = startTestServer();
  for (const spec of [
    null,
    {},
    { versions: null },
    { versions: [{}] },
    { names: {}, versions: [{ name: 'v1', schema: {} }] },
  ]) {
    const body = JSON.stringify({ ...definition(), spec });
    expect(request('POST', DEFINITIONS, body).status).toBeGreaterThanOrEqual(400);
    expect(request('POST', DEFINITIONS, body).status).toBeLessThan(500);
  }
});
