import { expect, test } from 'vitest';
import {
  APPLY,
  type Body,
  CONFIG_MAPS,
  DEPLOYMENTS,
  JSON_PATCH,
  MERGE,
  PODS,
  startTestServer,
} from '../testing/test-server.ts';

// The courses of events and the sentences were seen on a 1.36.4 server (with a custom resource) and on a 1.20.2 one.

function start() {
  const { request, sim } = startTestServer();
  return {
    request,
    sim,
    apply: (path: string, manager: string, body: unknown, more = '') =>
      request('PATCH', `${path}?fieldManager=${manager}${more}`, body, APPLY),
  };
}

const SETTINGS = `${CONFIG_MAPS}/s`;

function settings(data: object, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's', ...metadata }, data };
}

function deployment(spec: object, container: object = { name: 'c', image: 'nginx' }) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'dm' } },
      template: { metadata: { labels: { app: 'dm' } }, spec: { containers: [container] } },
      ...spec,
    },
  };
}

function managersOf({ body }: { readonly body: Body }) {
  return body.metadata.managedFields.map((entry: Body) => [entry.manager, entry.operation, entry.fieldsV1]);
}

test('an apply creates an object of which the applier owns what it said, not the defaults', () => {
  const { apply } = start();
  const created = apply(`${DEPLOYMENTS}/d`, 'one', JSON.stringify(deployment({ replicas: 3 })));
  expect(created.status).toBe(201);
  expect(created.body.spec.strategy.type).toBe('RollingUpdate');
  expect(created.body.metadata.managedFields).toEqual([
    {
      manager: 'one',
      operation: 'Apply',
      apiVersion: 'apps/v1',
      time: created.body.metadata.creationTimestamp,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:template': {
            'f:metadata': { 'f:labels': { 'f:app': {} } },
            'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
          },
        },
      },
    },
  ]);
});

test('a creation as text notes its creator, by its program or its word, with the defaults', () => {
  const { request } = start();
  const text = JSON.stringify(deployment({}));
  const headers = { 'content-type': 'application/json', 'user-agent': 'golden/1.0 (linux/amd64)' };
  const { body } = request('POST', DEPLOYMENTS, text, headers);
  expect(body.metadata.managedFields).toMatchObject([
    { manager: 'golden', operation: 'Update', apiVersion: 'apps/v1' },
  ]);
  expect(body.metadata.managedFields[0].fieldsV1).toEqual({
    'f:spec': {
      'f:progressDeadlineSeconds': {},
      'f:replicas': {},
      'f:revisionHistoryLimit': {},
      'f:selector': {},
      'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
      'f:template': {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:containers': {
            'k:{"name":"c"}': {
              '.': {},
              'f:image': {},
              'f:imagePullPolicy': {},
              'f:name': {},
              'f:resources': {},
              'f:terminationMessagePath': {},
              'f:terminationMessagePolicy': {},
            },
          },
          'f:dnsPolicy': {},
          'f:restartPolicy': {},
          'f:schedulerName': {},
          'f:securityContext': {},
          'f:terminationGracePeriodSeconds': {},
        },
      },
    },
  });
  expect(request('POST', CONFIG_MAPS, settings({ a: '1' })).body.metadata.managedFields).toBeUndefined();
  const said = request('POST', `${CONFIG_MAPS}?fieldManager=me`, { ...settings({ a: '1' }), metadata: { name: 't' } });
  expect(managersOf(said)).toEqual([['me', 'Update', { 'f:data': { '.': {}, 'f:a': {} } }]]);
});

test('a field of another manager is a conflict, unless it would have the same value', () => {
  const { apply } = start();
  apply(SETTINGS, 'one', settings({ a: '1', b: '1' }));
  const conflict = apply(SETTINGS, 'two', settings({ a: '2' }));
  expect(conflict).toMatchObject({
    status: 409,
    body: {
      message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      reason: 'Conflict',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
    },
  });
  expect(apply(SETTINGS, 'two', settings({ a: '2', b: '2' })).body.message).toBe(
    'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
  );
  expect(managersOf(apply(SETTINGS, 'two', settings({ a: '1' })))).toEqual([
    ['one', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }],
    ['two', 'Apply', { 'f:data': { 'f:a': {} } }],
  ]);
});

test('an updater owns what it changed; an apply meets it in the words of kubectl users', () => {
  const { apply, request } = start();
  const manager = 'kubectl-client-side-apply';
  request('POST', `${DEPLOYMENTS}?fieldManager=${manager}`, deployment({ replicas: 2 }));
  const { status, body } = apply(`${DEPLOYMENTS}/d`, 'kubectl', deployment({ replicas: 5 }));
  expect(status).toBe(409);
  expect(body.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
  );
});

test('force takes fields over', () => {
  const { apply } = start();
  apply(SETTINGS, 'one', settings({ a: '1', b: '1' }));
  const forced = apply(SETTINGS, 'two', settings({ a: '2' }), '&force=true');
  expect(forced.body.data).toEqual({ a: '2', b: '1' });
  expect(managersOf(forced)).toEqual([
    ['one', 'Apply', { 'f:data': { 'f:b': {} } }],
    ['two', 'Apply', { 'f:data': { 'f:a': {} } }],
  ]);
});

test('items of lists and sets have owners of their own, and go when their last owner drops them', () => {
  const { apply } = start();
  const pod = (containers: object[], finalizers: string[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', finalizers },
    spec: { containers },
  });
  const ports = [{ containerPort: 80 }];
  apply(`${PODS}/p`, 'one', pod([{ name: 'a', image: 'x', ports }], ['ex.com/a']));
  const both = apply(`${PODS}/p`, 'two', pod([{ name: 'a', image: 'x', ports }], ['ex.com/b']));
  expect(both.body.metadata.finalizers).toEqual(['ex.com/a', 'ex.com/b']);
  expect(managersOf(both)[1][2]).toEqual({
    'f:metadata': { 'f:finalizers': { 'v:"ex.com/b"': {} } },
    'f:spec': {
      'f:containers': {
        'k:{"name":"a"}': {
          '.': {},
          'f:image': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
        },
      },
    },
  });
  const conflict = apply(`${PODS}/p`, 'two', pod([{ name: 'a', image: 'y' }], []));
  expect(conflict.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "one": .spec.containers[name="a"].image',
  );
  const dropped = apply(`${PODS}/p`, 'two', pod([{ name: 'a', image: 'x' }], []));
  expect(dropped.body.metadata.finalizers).toEqual(['ex.com/a']);
  expect(dropped.body.spec.containers[0].ports).toHaveLength(1);
});

test('a dropped field goes, or falls back to its default', () => {
  const { apply } = start();
  apply(`${DEPLOYMENTS}/d`, 'one', deployment({ replicas: 4, minReadySeconds: 9 }));
  const { body } = apply(`${DEPLOYMENTS}/d`, 'one', deployment({}));
  expect(body.spec.replicas).toBe(1);
  expect(body.spec.minReadySeconds).toBeUndefined();
  expect(body.metadata.generation).toBe(2);
});

test('an env variable between others is dropped and a new one keeps its place', () => {
  const { apply } = start();
  const env = (...names: string[]) =>
    deployment({}, { name: 'c', image: 'nginx', env: names.map((name) => ({ name, value: '1' })) });
  apply(`${DEPLOYMENTS}/d`, 'one', env('A', 'B', 'C'));
  const { body } = apply(`${DEPLOYMENTS}/d`, 'one', env('A', 'X', 'C'));
  expect(body.spec.template.spec.containers[0].env.map(({ name }: Body) => name)).toEqual(['A', 'X', 'C']);
});

test('an apply that changes nothing writes nothing', () => {
  const { apply, sim } = start();
  const first = apply(SETTINGS, 'one', settings({ a: '1' }));
  sim.runFor(5_000);
  const second = apply(SETTINGS, 'one', settings({ a: '1' }));
  expect(second.body.metadata).toEqual(first.body.metadata);
});

test('a dry run shows what would be, and leaves nothing behind', () => {
  const { apply, request } = start();
  expect(apply(SETTINGS, 'one', settings({ a: '1' }), '&dryRun=All')).toMatchObject({ status: 201 });
  expect(request('GET', SETTINGS).status).toBe(404);
  apply(SETTINGS, 'one', settings({ a: '1' }));
  expect(apply(SETTINGS, 'one', settings({ a: '2' }), '&dryRun=All').body.data).toEqual({ a: '2' });
  expect(request('GET', SETTINGS).body.data).toEqual({ a: '1' });
});

test('what nobody tracked belongs to before-first-apply', () => {
  const { apply, request } = start();
  request('POST', CONFIG_MAPS, settings({ a: '1' }));
  expect(apply(SETTINGS, 'one', settings({ a: '2' })).body.message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
  );
  expect(managersOf(apply(SETTINGS, 'one', settings({ b: '1' }))).map(([name]: string[]) => name)).toEqual([
    'one',
    'before-first-apply',
  ]);
});

test('patches and status writes of a tracked object are noted; a write without a change is not', () => {
  const { apply, request, sim } = start();
  const created = apply(`${DEPLOYMENTS}/d`, 'one', deployment({ replicas: 3 }));
  sim.runFor(2_000);
  const agent = { 'user-agent': 'kube-controller-manager' };
  const status = { ...created.body, status: { replicas: 3, conditions: [{ type: 'Available', status: 'True' }] } };
  const written = request('PUT', `${DEPLOYMENTS}/d/status`, status, agent).body.metadata.managedFields;
  expect(written).toHaveLength(2);
  expect(written[1]).toMatchObject({
    manager: 'kube-controller-manager',
    operation: 'Update',
    subresource: 'status',
    fieldsV1: {
      'f:status': { 'f:conditions': { '.': {}, 'k:{"type":"Available"}': { '.': {}, 'f:status': {}, 'f:type': {} } } },
    },
  });
  const patched = request('PATCH', `${DEPLOYMENTS}/d?fieldManager=hand`, { spec: { replicas: 7 } }, MERGE);
  expect(managersOf(patched).map(([name, , fields]: Body) => [name, 'f:replicas' in (fields['f:spec'] ?? {})])).toEqual(
    [
      ['one', false],
      ['hand', true],
      ['kube-controller-manager', false],
    ],
  );
  const again = request('PATCH', `${DEPLOYMENTS}/d?fieldManager=other`, { spec: { replicas: 7 } }, MERGE);
  expect(again.body.metadata.resourceVersion).toBe(patched.body.metadata.resourceVersion);
  const scaled = request('PATCH', `${DEPLOYMENTS}/d/scale?fieldManager=hpa`, { spec: { replicas: 8 } }, MERGE);
  expect(scaled.body.spec.replicas).toBe(8);
  expect(managersOf(request('GET', `${DEPLOYMENTS}/d`)).at(-2)).toEqual([
    'hpa',
    'Update',
    { 'f:spec': { 'f:replicas': {} } },
  ]);
});

test('kubectl takes over what its client-side self applied last', () => {
  const { apply, request } = start();
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(settings({ a: '1' })) };
  request('POST', `${CONFIG_MAPS}?fieldManager=kubectl-client-side-apply`, settings({ a: '1' }, { annotations }));
  const { status, body } = apply(SETTINGS, 'kubectl', settings({ a: '2' }));
  expect(status).toBe(200);
  expect(JSON.parse(Object.values(body.metadata.annotations)[0] as string).data).toEqual({ a: '2' });
});

test('managers can be forgotten or rewritten by a patch, but not with nonsense', () => {
  const { apply, request } = start();
  apply(SETTINGS, 'one', settings({ a: '1' }));
  const patch = (value: unknown) =>
    request('PATCH', SETTINGS, [{ op: 'replace', path: '/metadata/managedFields', value }], JSON_PATCH).body.metadata;
  expect(patch([{ manager: 'x', operation: 'Conquer' }]).managedFields).toMatchObject([{ manager: 'one' }]);
  expect(
    patch([{ manager: 'x', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } }]).managedFields,
  ).toMatchObject([{ manager: 'x' }]);
  expect(patch([{}]).managedFields).toBeUndefined();
});

test('more than ten updaters become ancient', () => {
  const { apply, request, sim } = start();
  apply(SETTINGS, 'one', settings({ a: '1' }));
  for (let index = 0; index < 14; index++) {
    sim.runFor(1_000);
    request('PATCH', `${SETTINGS}?fieldManager=m${index}`, { data: { [`k${index}`]: '1' } }, MERGE);
  }
  const names = managersOf(request('GET', SETTINGS)).map(([name]: string[]) => name);
  expect(names).toHaveLength(11);
  expect(names).toContain('ancient-changes');
});

test.each([
  [
    { ...settings({}), dat: {} },
    500,
    'failed to create typed patch object (/s; v1, Kind=ConfigMap): .dat: field not declared in schema',
  ],
  [
    settings({ a: 1 }),
    500,
    'failed to create typed patch object (/s; v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}',
  ],
  [
    settings({}, { finalizers: ['q', 'q'] }),
    500,
    'failed to create typed patch object (/s; v1, Kind=ConfigMap): .metadata.finalizers: duplicate entries for key [="q"]',
  ],
  [settings({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
  [settings({}, { name: 'zz' }), 400, 'the name of the object (zz) does not match the name on the URL (s)'],
  [{ ...settings({}), kind: 'Secret' }, 400, 'invalid object type: v1, Kind=Secret (expected v1, Kind=ConfigMap)'],
])('refuses %j', (body, status, message) => {
  const { apply } = start();
  expect(apply(SETTINGS, 'two', body)).toMatchObject({ status, body: { message } });
});

test('keys of items must be there, and once', () => {
  const { apply } = start();
  const pod = (containers: object[]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers },
  });
  const head = 'failed to create typed patch object (/p; v1, Kind=Pod): .spec.containers: ';
  expect(apply(`${PODS}/p`, 'x', pod([{ name: 'c' }, { name: 'c' }])).body.message).toBe(
    `${head}duplicate entries for key [name="c"]`,
  );
  expect(apply(`${PODS}/p`, 'x', pod([{}])).body.message).toContain(`${head}element 0: associative list with keys`);
});

test('keys that look like a prototype are data', () => {
  const { apply } = start();
  const text =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s"},"data":{"__proto__":"1","constructor":"2"}}';
  const { status, body } = apply(SETTINGS, 'one', text);
  expect(status).toBe(201);
  expect(JSON.stringify(body.data)).toBe('{"__proto__":"1","constructor":"2"}');
});
