import { expect, test } from 'vitest';
import { applyJsonPatch } from '../api/patch/json-patch.ts';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  JSON_PATCH,
  MERGE,
  PODS,
  podNamed,
  STRATEGIC,
  startTestServer,
} from './testing/test-server.ts';

function patchConfigMap(patch: unknown, headers: Record<string, string>, url = `${CONFIG_MAPS}/x`) {
  const { request } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('x', { data: { a: '1', b: '2' } }));
  return request('PATCH', url, patch, headers);
}

test.each<[string, unknown, Record<string, string>, object | undefined]>([
  ['merge', { data: { a: null, c: '3' } }, MERGE, { b: '2', c: '3' }],
  ['merge away', { data: null }, MERGE, undefined],
  ['strategic', { data: { a: '9' } }, STRATEGIC, { a: '9', b: '2' }],
  ['strategic replace', { data: { $patch: 'replace', z: '0' } }, STRATEGIC, { z: '0' }],
  [
    'json',
    [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'move', from: '/data/a', path: '/data/z' },
    ],
    JSON_PATCH,
    { b: '2', z: '1' },
  ],
])('%s patch', (_name, patch, headers, data) => {
  const { status, body } = patchConfigMap(patch, headers);
  expect([status, body.data]).toEqual([200, data]);
});

test.each<[unknown, Record<string, string>, number, string]>([
  [
    [{ op: 'test', path: '/data/a', value: 'q' }],
    JSON_PATCH,
    422,
    'the server rejected our request due to an error in our request',
  ],
  [
    [{ op: 'remove', path: '/data/none' }],
    JSON_PATCH,
    422,
    'the server rejected our request due to an error in our request',
  ],
  [
    [{ op: 'replace', path: '/none/x', value: 1 }],
    JSON_PATCH,
    422,
    'the server rejected our request due to an error in our request',
  ],
  [
    [{ op: 'frob', path: '/spec' }],
    JSON_PATCH,
    400,
    'invalid operation {"op":"frob","path":"/spec"}: unsupported operation',
  ],
  [
    { a: 1 },
    JSON_PATCH,
    400,
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  ],
  ['{', MERGE, 400, 'error decoding patch: unexpected end of JSON input'],
  [{ metadata: { name: 'y' } }, MERGE, 400, 'the name of the object (y) does not match the name on the URL (x)'],
  [
    { metadata: { resourceVersion: '1' } },
    MERGE,
    409,
    'Operation cannot be fulfilled on configmaps "x": the object has been modified; please apply your changes to the latest version and try again',
  ],
  [
    { metadata: { uid: 'y' } },
    MERGE,
    422,
    'ConfigMap "x" is invalid: metadata.uid: Invalid value: "y": field is immutable',
  ],
  [
    {},
    { 'content-type': 'application/json' },
    415,
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
  ],
])('%j is refused', (patch, headers, code, message) => {
  expect(patchConfigMap(patch, headers).body).toMatchObject({ code, message });
});

test('a patch that spoils the object is quoted', () => {
  const why = 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string';
  const strategic = patchConfigMap({ data: { a: 1 } }, STRATEGIC).body;
  expect([strategic.code, strategic.message]).toEqual([
    422,
    ` "" is invalid: patch: Invalid value: "map[data:map[a:1]]": ${why}`,
  ]);
  const merged = patchConfigMap({ foo: 1 }, MERGE, `${CONFIG_MAPS}/x?fieldValidation=Strict`).body;
  expect(merged.message).toMatch(
    /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: unknown field "foo"$/,
  );
});

test('server-side apply needs a manager, other patches know no force', () => {
  const apply = { 'content-type': 'application/apply-patch+yaml' };
  expect(patchConfigMap({}, apply).body.message).toBe(
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  );
  expect(patchConfigMap({}, MERGE, `${CONFIG_MAPS}/x?force=true`).body.message).toBe(
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  );
});

test('an unknown field in a patch is warned of and dropped', () => {
  const { body, headers } = patchConfigMap({ dta: { a: '1' } }, MERGE);
  expect(headers['warning']).toBe('299 - "unknown field \\"dta\\""');
  expect(body.dta).toBeUndefined();
});

function containersAfter(patch: object): unknown {
  const { request } = startTestServer();
  const deployment = deploymentNamed('web');
  const containers = [
    {
      name: 'web',
      image: 'nginx',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    { name: 'log', image: 'busybox' },
  ];
  deployment.spec.template.spec = { containers } as Body;
  request('POST', DEPLOYMENTS, deployment);
  const { body } = request('PATCH', `${DEPLOYMENTS}/web`, { spec: { template: { spec: patch } } }, STRATEGIC);
  return body.spec?.template.spec.containers.map(({ name, image, env }: Body) => [
    name,
    image,
    ...(env === undefined ? [] : [env.map((each: Body) => `${each.name}=${each.value}`).join()]),
  ]);
}

test.each<[string, object, unknown]>([
  [
    'changes the container of that name',
    { containers: [{ name: 'web', image: 'httpd' }] },
    [
      ['web', 'httpd', 'A=1,B=2'],
      ['log', 'busybox'],
    ],
  ],
  [
    'merges lists within',
    { containers: [{ name: 'web', env: [{ name: 'B', value: '3' }] }] },
    [
      ['web', 'nginx', 'A=1,B=3'],
      ['log', 'busybox'],
    ],
  ],
  [
    'adds',
    { containers: [{ name: 'new', image: 'x' }] },
    [
      ['web', 'nginx', 'A=1,B=2'],
      ['log', 'busybox'],
      ['new', 'x'],
    ],
  ],
  ['deletes', { containers: [{ name: 'web', $patch: 'delete' }] }, [['log', 'busybox']]],
  ['replaces', { containers: [{ $patch: 'replace' }, { name: 'new', image: 'x' }] }, [['new', 'x']]],
  [
    'orders',
    {
      $setElementOrder: 0,
      '$setElementOrder/containers': [{ name: 'new' }, { name: 'log' }, { name: 'web' }],
      containers: [{ name: 'new', image: 'x' }],
    },
    [
      ['new', 'x'],
      ['log', 'busybox'],
      ['web', 'nginx', 'A=1,B=2'],
    ],
  ],
])('a strategic merge patch %s', (_what, patch, containers) => {
  const { $setElementOrder: _, ...clean } = patch as Record<string, unknown>;
  expect(containersAfter(clean)).toEqual(containers);
});

test('$retainKeys drops what the other strategy leaves behind', () => {
  const { request } = startTestServer();
  request('POST', DEPLOYMENTS, deploymentNamed('web'));
  const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
  expect(request('PATCH', `${DEPLOYMENTS}/web`, patch, STRATEGIC).body.spec.strategy).toEqual({ type: 'Recreate' });
});

test('a status patch merges conditions by type and leaves the spec alone', () => {
  const { request } = startTestServer();
  request('POST', PODS, podNamed('web'));
  const condition = (type: string, status: string) => ({ type, status });
  const write = (conditions: object[], more = {}) =>
    request('PATCH', `${PODS}/web/status`, { status: { conditions }, ...more }, STRATEGIC).body;
  write([condition('Ready', 'False'), condition('PodScheduled', 'True')]);
  const { status, spec } = write([condition('Ready', 'True')], { spec: { nodeName: 'x' } });
  expect(status.conditions.map(({ type, status: value }: Body) => `${type}=${value}`)).toEqual([
    'Ready=True',
    'PodScheduled=True',
  ]);
  expect(spec.nodeName).toBeUndefined();
});

test('pointers escape slashes and tildes, and count list items', () => {
  const target = { 'a/b': { 'c~d': [1, 2, 3] } };
  const patch = [
    { op: 'remove', path: '/a~1b/c~0d/1' },
    { op: 'add', path: '/a~1b/c~0d/-', value: 4 },
    { op: 'copy', from: '/a~1b/c~0d/0', path: '/first' },
  ];
  expect(applyJsonPatch(target, patch)).toEqual({ 'a/b': { 'c~d': [1, 3, 4] }, first: 1 });
  expect(target['a/b']['c~d']).toEqual([1, 2, 3]);
});

test('hostile keys are data', () => {
  const patch = JSON.parse('{"data":{"__proto__":"x","constructor":"y"}}');
  const { body } = patchConfigMap(patch, MERGE);
  expect(({} as Body).x).toBeUndefined();
  expect(body.data.constructor).toBe('y');
});

test('what a patch says twice is warned of, or refused', () => {
  const twice = '{"data":{"a":"1","a":"2"}}';
  const warned = patchConfigMap(twice, MERGE);
  expect(warned).toMatchObject({ status: 200, headers: { warning: '299 - "duplicate field \\"data.a\\""' } });
  const strict = patchConfigMap(twice, MERGE, `${CONFIG_MAPS}/x?fieldValidation=Strict`);
  expect(strict).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
  expect(strict.body.message).toContain('strict decoding error: duplicate field "data.a"');
  const ignored = patchConfigMap(twice, STRATEGIC, `${CONFIG_MAPS}/x?fieldValidation=Ignore`);
  expect(ignored.headers['warning']).toBeUndefined();
});
