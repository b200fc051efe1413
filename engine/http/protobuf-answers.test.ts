import { afterAll, expect, test } from 'vitest';
import { KINDS } from '../api/kind-list.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import { encodeProtobuf } from './protobuf/encode.ts';
import { type Answer, type Body, serveCluster, until } from './testing/serve.ts';

// What clients in Go ask for of their own accord: client-go with ContentType protobuf, controllers, metrics-server.

const served = await serveCluster();
afterAll(() => served.close());

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const CLIENT_GO = { accept: `${PROTOBUF},application/json` };
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = CLIENT_GO) {
  return served.request(method, path, body, headers);
}

/** What an answer in protobuf holds. */
function read({ headers, bytes }: Answer): Body {
  expect(headers['content-type']).toBe(PROTOBUF);
  return decodeProtobuf(bytes);
}

test('an object is created, read, listed and deleted', async () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'made', labels: { a: '1' } },
    data: { k: 'v' },
  };
  const sent = encodeProtobuf(object)!;
  const made = await ask('POST', CONFIG_MAPS, sent, { ...CLIENT_GO, 'content-type': PROTOBUF });
  expect(made.status).toBe(201);
  expect(read(made)).toMatchObject(object);
  const { body: asJson } = await served.request('GET', `${CONFIG_MAPS}/made`);
  expect(read(await ask('GET', `${CONFIG_MAPS}/made`))).toEqual(asJson);
  const list = await ask('GET', `${CONFIG_MAPS}?labelSelector=a=1`);
  expect(list.headers['content-type']).toBe(PROTOBUF);
  expect(list.bytes.includes('ConfigMapList')).toBe(true);
  expect(read(await ask('DELETE', `${CONFIG_MAPS}/made`))).toMatchObject({ kind: 'Status', status: 'Success' });
});

test('refusals are Statuses in protobuf, too', async () => {
  const refused = await ask('GET', `${CONFIG_MAPS}/nope`);
  expect(refused.status).toBe(404);
  expect(read(refused)).toMatchObject({
    kind: 'Status',
    reason: 'NotFound',
    message: 'configmaps "nope" not found',
    details: { name: 'nope', kind: 'configmaps' },
    code: 404,
  });
});

test('reviews and subresources', async () => {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = read(await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review));
  expect(answer.status.userInfo.username).toBe('kubernetes-admin');
  const scale = await ask('GET', '/apis/apps/v1/namespaces/kube-system/deployments/coredns/scale');
  expect(read(scale)).toMatchObject({ apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 2 } });
});

test('every kind is listed in protobuf', async () => {
  for (const { group, version, plural, kind, verbs } of KINDS) {
    if (!verbs.includes('list')) continue;
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const answer = await ask('GET', `${base}/${plural}`);
    expect([plural, answer.status, answer.headers['content-type']]).toEqual([plural, 200, PROTOBUF]);
    expect(answer.bytes.includes(`${kind}List`), plural).toBe(true);
  }
});

test('only the metadata', async () => {
  const accept = `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
  const { metadata, kind, ...rest } = read(await ask('GET', '/api/v1/namespaces/default', undefined, { accept }));
  expect([kind, metadata.name, Object.keys(rest)]).toEqual(['PartialObjectMetadata', 'default', ['apiVersion']]);
});

/** The frames of a watch: four bytes of length, then an event. */
function frames(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

test('a watch is frames', async () => {
  const query = 'watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Ddefault';
  const answer = await ask('GET', `/api/v1/namespaces?${query}`);
  expect(answer.headers['content-type']).toBe(`${PROTOBUF};stream=watch`);
  const [event, ...others] = frames(answer.bytes);
  expect(others).toEqual([]);
  expect(event!.subarray(0, 7).toString()).toBe('\n\u0005ADDED');
  expect(decodeProtobuf(event!.subarray(event!.indexOf('k8s\0')))).toMatchObject({
    kind: 'Namespace',
    metadata: { name: 'default' },
  });
});

test('custom resources come as JSON; who takes nothing but protobuf gets none', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', additionalProperties: { type: 'string' } } },
            },
          },
        },
      ],
    },
  };
  const sent = encodeProtobuf(definition)!;
  const made = await ask('POST', DEFINITIONS, sent, { ...CLIENT_GO, 'content-type': PROTOBUF });
  expect(read(made)).toMatchObject(definition);
  const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
  const answer = await until(
    () => ask('GET', WIDGETS),
    ({ status }) => status === 200,
  );
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.body).toMatchObject({ kind: 'WidgetList', items: [] });
  const refused = await ask('GET', WIDGETS, undefined, { accept: PROTOBUF });
  expect(refused.status).toBe(406);
  expect(read(refused).message).toBe(
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
  const partial = `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`;
  const metadata = await ask('GET', WIDGETS, undefined, { accept: partial });
  expect([metadata.status, metadata.headers['content-type']]).toEqual([200, PROTOBUF]);
});

test('what there is no message of comes as JSON', async () => {
  for (const path of ['/version', '/api', '/apis', '/apis/apps/v1', '/openapi/v3']) {
    const { status, headers, body } = await ask('GET', path);
    expect([path, status, headers['content-type']]).toEqual([path, 200, 'application/json']);
    expect(typeof body).toBe('object');
  }
});
