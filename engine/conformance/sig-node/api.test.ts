import { expect, test } from 'vitest';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  MERGE,
  PODS,
  podNamed,
  STRATEGIC,
  startTestServer,
} from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';

const SECRETS = '/api/v1/namespaces/default/secrets';
const TEMPLATES = '/api/v1/namespaces/default/podtemplates';
const RUNTIME_CLASSES = '/apis/node.k8s.io/v1/runtimeclasses';

const template = {
  apiVersion: 'v1',
  kind: 'PodTemplate',
  template: { metadata: { labels: { app: 'e2e' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.29' }] } },
};

test('ConfigMap, with empty-key', () => {
  const { request } = startTestServer();
  const { status, body } = request('POST', CONFIG_MAPS, configMapNamed('c', { data: { '': 'value-1' } }));
  expect(status).toBe(422);
  expect(body.details.causes[0].field).toBe('data[]');
});

test('Secrets, with empty-key', () => {
  const { request } = startTestServer();
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { '': 'dmFsdWUtMQo=' } };
  const { status, body } = request('POST', SECRETS, secret);
  expect(status).toBe(422);
  expect(body.details.causes[0].field).toBe('data[]');
});

test('ConfigMap lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: CONFIG_MAPS,
    object: { apiVersion: 'v1', kind: 'ConfigMap', data: { valueName: 'value' } },
    change: { data: { valueName: 'value1' } },
  });
});

test('Secret patching', () => {
  const { request } = startTestServer();
  const metadata = { name: 's', labels: { testsecret: 'true' } };
  request('POST', SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data: { key: 'dmFsdWU=' } });
  const everywhere = '/api/v1/secrets?labelSelector=testsecret%3Dtrue';
  expect(request('GET', everywhere).body.items).toHaveLength(1);
  const patch = { metadata: { labels: { testsecret: 'false' } }, data: { key: 'dmFsdWUx' } };
  request('PATCH', `${SECRETS}/s`, patch, STRATEGIC);
  expect(request('GET', `${SECRETS}/s`).body).toMatchObject(patch);
  request('DELETE', `${SECRETS}?labelSelector=testsecret%3Dfalse`);
  expect(request('GET', `${SECRETS}/s`).status).toBe(404);
});

test('lease API should be available', () => {
  const server = startTestServer();
  liveThrough(server, {
    collection: '/apis/coordination.k8s.io/v1/namespaces/default/leases',
    object: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      spec: {
        holderIdentity: 'holder',
        leaseDurationSeconds: 30,
        acquireTime: '2026-01-12T09:00:00.000000Z',
        renewTime: '2026-01-12T09:00:05.000000Z',
        leaseTransitions: 0,
      },
    },
    change: { spec: { holderIdentity: 'holder2', leaseTransitions: 1, renewTime: '2026-01-12T09:00:15.000000Z' } },
  });
});

test('Node, resource lifecycle', () => {
  const { request, watch, sim } = startTestServer();
  const nodes = '/api/v1/nodes';
  const labels = { 'e2e-node': 'fake' };
  const { lines } = watch(`${nodes}?watch=1&labelSelector=e2e-node`);
  const status = { capacity: { cpu: '4', memory: '8Gi', pods: '110' } };
  const made = request('POST', nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'fake', labels }, status });
  expect(made.body).toMatchObject({ metadata: { labels }, status });
  const patched = request('PATCH', `${nodes}/fake`, { metadata: { labels: { 'e2e-node': 'patched' } } }, MERGE).body;
  expect(patched.metadata.labels['e2e-node']).toBe('patched');
  const { metadata } = patched;
  request('PUT', `${nodes}/fake`, { ...patched, metadata: { ...metadata, labels: { 'e2e-node': 'updated' } } });
  expect(request('GET', `${nodes}?labelSelector=e2e-node%3Dupdated`).body.items).toHaveLength(1);
  request('DELETE', `${nodes}?labelSelector=e2e-node%3Dupdated`);
  sim.runFor(1_000);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED']);
  expect(request('GET', `${nodes}?labelSelector=e2e-node`).body.items).toEqual([]);
});

test('PodTemplate lifecycle', () => {
  liveThrough(startTestServer(), { collection: TEMPLATES, object: template });
});

test('PodTemplate, delete a collection', () => {
  const { request } = startTestServer();
  for (const name of ['one', 'two', 'three']) {
    request('POST', TEMPLATES, { ...template, metadata: { name, labels: { 'podtemplate-set': 'true' } } });
  }
  const selected = `${TEMPLATES}?labelSelector=podtemplate-set%3Dtrue`;
  expect(request('GET', selected).body.items).toHaveLength(3);
  request('DELETE', selected);
  expect(request('GET', selected).body.items).toEqual([]);
});

test('PodTemplate, replace', () => {
  const { request } = startTestServer();
  const { body } = request('POST', TEMPLATES, { ...template, metadata: { name: 't' } });
  const annotations = { updated: 'true' };
  const replaced = request('PUT', `${TEMPLATES}/t`, { ...body, metadata: { ...body.metadata, annotations } });
  expect(replaced.body.metadata.annotations).toEqual(annotations);
});

const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', handler: 'runc' };

test('RuntimeClass API', () => {
  liveThrough(startTestServer(), { collection: RUNTIME_CLASSES, object: runtimeClass });
});

test('Pod with the non-existing RuntimeClass is rejected.', () => {
  const { request } = startTestServer();
  const { status, body } = request('POST', PODS, podNamed('p', { runtimeClassName: 'nonexistent' }));
  expect(status).toBe(403);
  expect(body.message).toContain('RuntimeClass "nonexistent" not found');
});

test('Pod with the deleted RuntimeClass is rejected.', () => {
  const { request } = startTestServer();
  request('POST', RUNTIME_CLASSES, { ...runtimeClass, metadata: { name: 'brief' } });
  expect(request('POST', PODS, podNamed('before', { runtimeClassName: 'brief' })).status).toBe(201);
  request('DELETE', `${RUNTIME_CLASSES}/brief`);
  expect(request('POST', PODS, podNamed('after', { runtimeClassName: 'brief' })).status).toBe(403);
});

test('Sysctls, reject invalid sysctls', () => {
  const { request } = startTestServer();
  const sysctls = [
    { name: 'foo-', value: 'bar' },
    { name: 'kernel.shmmax', value: '100000000' },
    { name: 'safe-and-unsafe', value: '100000000' },
    { name: 'bar..', value: '42' },
  ];
  const { status, body } = request('POST', PODS, podNamed('p', { securityContext: { sysctls } }));
  expect(status).toBe(422);
  const fields = body.details.causes.map(({ field, reason }: Body) => `${reason} ${field}`);
  expect(fields).toEqual([
    'FieldValueInvalid spec.securityContext.sysctls[0].name',
    'FieldValueInvalid spec.securityContext.sysctls[3].name',
  ]);
});
