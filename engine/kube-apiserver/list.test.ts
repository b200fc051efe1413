import { expect, test } from 'vitest';
import { type Body, CONFIG_MAPS, PODS, podNamed, startTestServer } from './testing/test-server.ts';

const names = ({ items }: Body) => items.map(({ metadata }: Body) => metadata.name);

function withPods() {
  const server = startTestServer();
  for (const [name, app, nodeName] of [
    ['a', 'web', 'node-1'],
    ['b', 'db', 'node-2'],
    ['c', 'web', 'node-2'],
  ] as const) {
    server.request('POST', PODS, { ...podNamed(name, { nodeName }), metadata: { name, labels: { app } } });
  }
  return server;
}

test.each([
  ['', ['a', 'b', 'c']],
  ['?labelSelector=app%3Dweb', ['a', 'c']],
  ['?fieldSelector=spec.nodeName%3Dnode-2', ['b', 'c']],
  ['?fieldSelector=metadata.name!%3Db&labelSelector=app', ['a', 'c']],
  ['?limit=-1', ['a', 'b', 'c']],
])('list%s', (query, expected) => {
  const { request, etcd } = withPods();
  const { body } = request('GET', `${PODS}${query}`);
  expect(names(body)).toEqual(expected);
  expect(body).toMatchObject({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: String(etcd.revision) },
  });
});

test('a list in chunks is of one moment', () => {
  const { request, etcd } = withPods();
  const first = request('GET', `${PODS}?limit=2`).body;
  expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
  request('POST', PODS, podNamed('d'));
  const rest = request('GET', `${PODS}?limit=2&continue=${first.metadata.continue}`).body;
  expect(names(rest)).toEqual(['c']);
  expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  etcd.compact(etcd.revision);
  const late = request('GET', `${PODS}?limit=2&continue=${first.metadata.continue}`).body;
  expect([late.reason, late.code]).toEqual(['Expired', 410]);
  expect(names(request('GET', `${PODS}?continue=${late.metadata.continue}`).body)).toEqual(['c', 'd']);
});

test('a list at an exact revision', () => {
  const { request } = withPods();
  expect(names(request('GET', `${PODS}?resourceVersion=10&resourceVersionMatch=Exact`).body)).toEqual(['a', 'b']);
  expect(names(request('GET', `${PODS}?resourceVersion=10`).body)).toEqual(['a', 'b', 'c']);
});

test.each([
  [PODS, 'labelSelector=a%20in%20b', 400, "unable to parse requirement: found 'b' expected: '('"],
  [PODS, 'fieldSelector=spec.foo%3Dx', 400, 'field label not supported: spec.foo'],
  [PODS, 'fieldSelector=foo', 400, "invalid selector: 'foo'; can't understand 'foo'"],
  [
    CONFIG_MAPS,
    'fieldSelector=data.x%3Dy',
    400,
    '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [PODS, 'limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
  [
    PODS,
    'limit=1&continue=abc',
    400,
    "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
  ],
  [
    PODS,
    'resourceVersion=abc',
    400,
    'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  ],
  [PODS, 'resourceVersion=99999999', 504, 'Timeout: Too large resource version: 99999999, current: 11'],
  [
    PODS,
    'resourceVersionMatch=Exact',
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ],
  [
    PODS,
    'resourceVersionMatch=Foo&resourceVersion=1',
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
  ],
  [
    PODS,
    'resourceVersionMatch=Exact&resourceVersion=0',
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
  ],
])('%s?%s is refused', (path, query, code, message) => {
  expect(withPods().request('GET', `${path}?${query}`).body).toMatchObject({ code, message });
});

test('tables, metadata and YAML on demand', () => {
  const { request } = withPods();
  const accept = (type: string) => ({ accept: type });
  const table = (query: string) =>
    request('GET', `${PODS}${query}`, undefined, accept('application/json;as=Table;v=v1;g=meta.k8s.io')).body;
  expect(table('')).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
  expect(
    table('')
      .columnDefinitions.slice(0, 3)
      .map(({ name }: Body) => name),
  ).toEqual(['Name', 'Ready', 'Status']);
  expect(table('').rows[0]).toMatchObject({ object: { kind: 'PartialObjectMetadata' } });
  expect(table('').rows[0].cells.slice(0, 5)).toEqual(['a', '0/1', 'Pending', '0', '0s']);
  expect(table('?includeObject=Object').rows[0].object.kind).toBe('Pod');
  expect(table('?includeObject=None').rows[0].object).toBeNull();
  expect(table('?includeObject=Foo').message).toContain("must be 'Metadata', 'Object', 'None', or empty");
  const partial = request(
    'GET',
    `${PODS}?limit=1`,
    undefined,
    accept('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'),
  );
  expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata' }] });
  expect(request('GET', `${PODS}/a`, undefined, accept('application/yaml')).body).toContain('kind: Pod\n');
  expect(request('GET', PODS, undefined, accept('application/xml')).body).toMatchObject({
    code: 406,
    message:
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });
  // Who wants that is not told that it could be had.
  const protobuf = 'application/vnd.kubernetes.protobuf;stream=watch';
  expect(request('GET', `${PODS}?watch=1`, undefined, accept(protobuf)).body).toMatchObject({
    code: 406,
    message: 'only the following media types are accepted: application/json, application/yaml',
  });
  expect(request('GET', PODS, undefined, accept(`${protobuf}, application/json`)).status).toBe(200);
});

test('a page of a revision is a page of that revision; of "any" revision there are no pages', () => {
  const { request, etcd } = withPods();
  const before = etcd.revision;
  request('POST', PODS, podNamed('d'));
  const page = request('GET', `${PODS}?limit=2&resourceVersion=${before}`).body;
  expect(page.metadata).toMatchObject({ resourceVersion: String(before), remainingItemCount: 1 });
  expect(names(request('GET', `${PODS}?resourceVersion=${before}`).body)).toEqual(['a', 'b', 'c', 'd']);
  const any = request('GET', `${PODS}?limit=2&resourceVersion=0`).body;
  expect(names(any)).toEqual(['a', 'b', 'c', 'd']);
  expect(any.metadata.continue).toBeUndefined();
});

test('metadata alone comes for the one or for the list, as asked', () => {
  const { request } = withPods();
  const as = (name: string) => ({ accept: `application/json;as=${name};v=v1;g=meta.k8s.io` });
  expect(request('GET', PODS, undefined, as('PartialObjectMetadataList')).body.items).toHaveLength(3);
  expect(request('GET', `${PODS}/a`, undefined, as('PartialObjectMetadata')).body.kind).toBe('PartialObjectMetadata');
  expect(request('GET', PODS, undefined, as('PartialObjectMetadata')).body).toMatchObject({
    code: 406,
    reason: 'NotAcceptable',
    message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)',
  });
  expect(request('GET', `${PODS}/a`, undefined, as('PartialObjectMetadataList')).body.message).toBe(
    'you requested PartialObjectMetadataList, but the requested object is not a list (*core.Pod)',
  );
});

test('a refusal comes in YAML for those who read YAML', () => {
  const { request } = withPods();
  const refused = request('GET', `${PODS}/nope`, undefined, { accept: 'application/yaml' });
  expect(refused).toMatchObject({ status: 404, headers: { 'content-type': 'application/yaml' } });
  expect(refused.body).toContain('reason: NotFound\n');
});

test('a revision still to come is not waited for, and when to ask again is said in a header too', () => {
  const { request } = withPods();
  expect(request('GET', `${PODS}?resourceVersion=99999`)).toMatchObject({
    status: 504,
    headers: { 'retry-after': '1' },
    body: { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
  });
});
