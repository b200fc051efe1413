import { expect, test } from 'vitest';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  startTestServer,
} from '../../kube-apiserver/testing/test-server.ts';

const NAMESPACES = '/api/v1/namespaces';

function namespaceNamed(name: string, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } };
}

test('Namespace patching', () => {
  const { request } = startTestServer();
  request('POST', NAMESPACES, namespaceNamed('n'));
  request('PATCH', `${NAMESPACES}/n`, { metadata: { labels: { testLabel: 'testValue' } } }, MERGE);
  expect(request('GET', `${NAMESPACES}/n`).body.metadata.labels.testLabel).toBe('testValue');
});

test('Namespace, apply update to a namespace', () => {
  const { request } = startTestServer();
  const { body } = request('POST', NAMESPACES, namespaceNamed('n'));
  const labels = { ...body.metadata.labels, updated: 'true' };
  const updated = request('PUT', `${NAMESPACES}/n`, { ...body, metadata: { ...body.metadata, labels } });
  expect(updated.body.metadata.labels).toEqual(labels);
});

test('Namespace, apply changes to a namespace status', () => {
  const { request } = startTestServer();
  request('POST', NAMESPACES, namespaceNamed('n'));
  const condition = { type: 'StatusPatch', status: 'True', reason: 'E2E', message: 'Patched by a test' };
  const patched = request('PATCH', `${NAMESPACES}/n/status`, { status: { conditions: [condition] } }, MERGE);
  expect(patched.body.status.conditions).toEqual([expect.objectContaining(condition)]);
  const second = { ...condition, type: 'StatusUpdate' };
  const updated = request('PUT', `${NAMESPACES}/n/status`, {
    ...patched.body,
    status: { ...patched.body.status, conditions: [...patched.body.status.conditions, second] },
  });
  expect(updated.body.status.conditions).toHaveLength(2);
});

test('API Chunking, server should return chunks of results for list calls', () => {
  const { request } = startTestServer();
  for (let index = 0; index < 40; index++) {
    request('POST', CONFIG_MAPS, configMapNamed(`item-${String(index).padStart(4, '0')}`));
  }
  const names: string[] = [];
  let next = '';
  let revision: string | undefined;
  do {
    const { body } = request('GET', `${CONFIG_MAPS}?limit=9${next === '' ? '' : `&continue=${next}`}`);
    revision ??= body.metadata.resourceVersion;
    expect(body.metadata.resourceVersion).toBe(revision);
    expect(body.items.length).toBeLessThanOrEqual(9);
    names.push(...body.items.map(({ metadata }: Body) => metadata.name));
    if (body.metadata.continue !== undefined) {
      expect(body.metadata.remainingItemCount + names.length).toBe(40);
    }
    next = body.metadata.continue ?? '';
  } while (next !== '');
  expect(names).toHaveLength(40);
  expect(request('GET', CONFIG_MAPS).body.items).toHaveLength(40);
});

test('API Chunking, server should support continue listing from the last key even if the original version has been compacted away', () => {
  const { request, etcd } = startTestServer();
  for (let index = 0; index < 10; index++) request('POST', CONFIG_MAPS, configMapNamed(`item-${index}`));
  const { continue: token } = request('GET', `${CONFIG_MAPS}?limit=4`).body.metadata;
  request('POST', CONFIG_MAPS, configMapNamed('later'));
  etcd.compact(etcd.revision);
  const gone = request('GET', `${CONFIG_MAPS}?limit=4&continue=${token}`);
  expect(gone.status).toBe(410);
  const inconsistent = gone.body.metadata.continue;
  const rest = request('GET', `${CONFIG_MAPS}?continue=${inconsistent}`).body.items;
  expect(rest.map(({ metadata }: Body) => metadata.name)).toEqual([
    'item-4',
    'item-5',
    'item-6',
    'item-7',
    'item-8',
    'item-9',
    'later',
  ]);
});

function labelled(name: string, label: string, data: object = {}) {
  return { ...configMapNamed(name, { data }), metadata: { name, labels: { watch: label } } };
}

function kinds(lines: readonly string[]): string[] {
  return lines.map((line) => line.split('@')[0]!);
}

test('watch-configmaps-with-multiple-watchers', () => {
  const { request, watch, sim } = startTestServer();
  const a = watch(`${CONFIG_MAPS}?watch=1&labelSelector=watch%3DA`);
  const b = watch(`${CONFIG_MAPS}?watch=1&labelSelector=watch%3DB`);
  const both = watch(`${CONFIG_MAPS}?watch=1&labelSelector=watch+in+(A,B)`);
  request('POST', CONFIG_MAPS, labelled('a', 'A'));
  request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '1' } }, MERGE);
  request('DELETE', `${CONFIG_MAPS}/a`);
  request('POST', CONFIG_MAPS, labelled('b', 'B'));
  sim.runFor(1_000);
  expect(kinds(a.lines)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  expect(kinds(b.lines)).toEqual(['ADDED b']);
  expect(kinds(both.lines)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b']);
});

test('watch-configmaps-from-resource-version', () => {
  const { request, watch, sim } = startTestServer();
  request('POST', CONFIG_MAPS, labelled('a', 'A'));
  const first = request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '1' } }, MERGE);
  request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '2' } }, MERGE);
  request('DELETE', `${CONFIG_MAPS}/a`);
  const { lines } = watch(`${CONFIG_MAPS}?watch=1&resourceVersion=${first.body.metadata.resourceVersion}`);
  sim.runFor(1_000);
  expect(kinds(lines)).toEqual(['MODIFIED a', 'DELETED a']);
});

test('watch-configmaps-closed-and-restarted', () => {
  const { request, watch, sim } = startTestServer();
  const first = watch(`${CONFIG_MAPS}?watch=1`);
  request('POST', CONFIG_MAPS, labelled('a', 'A'));
  request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '1' } }, MERGE);
  sim.runFor(1_000);
  first.stop();
  const last = (first.events.at(-1)!.object as Body).metadata.resourceVersion;
  request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '2' } }, MERGE);
  request('DELETE', `${CONFIG_MAPS}/a`);
  const second = watch(`${CONFIG_MAPS}?watch=1&resourceVersion=${last}`);
  sim.runFor(1_000);
  expect(kinds(second.lines)).toEqual(['MODIFIED a', 'DELETED a']);
});

test('watch-configmaps-label-changed', () => {
  const { request, watch, sim } = startTestServer();
  const { lines } = watch(`${CONFIG_MAPS}?watch=1&labelSelector=watch%3DA`);
  request('POST', CONFIG_MAPS, labelled('a', 'A'));
  request('PATCH', `${CONFIG_MAPS}/a`, { metadata: { labels: { watch: 'other' } } }, MERGE);
  request('PATCH', `${CONFIG_MAPS}/a`, { data: { mutation: '1' } }, MERGE);
  request('PATCH', `${CONFIG_MAPS}/a`, { metadata: { labels: { watch: 'A' } } }, MERGE);
  request('DELETE', `${CONFIG_MAPS}/a`);
  sim.runFor(1_000);
  expect(kinds(lines)).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'DELETED a']);
});

test('watch-consistency', () => {
  const { request, watch, sim } = startTestServer();
  const start = request('GET', CONFIG_MAPS).body.metadata.resourceVersion;
  const watches = Array.from({ length: 5 }, () => watch(`${CONFIG_MAPS}?watch=1&resourceVersion=${start}`));
  for (let index = 0; index < 20; index++) {
    request('POST', CONFIG_MAPS, configMapNamed(`m-${index}`));
    if (index % 3 === 0) request('DELETE', `${CONFIG_MAPS}/m-${index}`);
  }
  sim.runFor(1_000);
  for (const { lines } of watches) expect(lines).toEqual(watches[0]!.lines);
  expect(watches[0]!.lines).toHaveLength(27);
});

const STRICT = '?fieldValidation=Strict';

test('Server side field validation, typed object', () => {
  const { request } = startTestServer();
  const deployment = JSON.stringify(deploymentNamed('d')).replace(
    '"replicas":2',
    '"replicas":2,"replicas":3,"unknown":1',
  );
  const { status, body } = request('POST', DEPLOYMENTS + STRICT, deployment);
  expect(status).toBe(400);
  expect(body.message).toContain(
    'strict decoding error: duplicate field "spec.replicas", unknown field "spec.unknown"',
  );
});

test('Server side field validation, typed unknown metadata', () => {
  const { request } = startTestServer();
  const deployment = { ...deploymentNamed('d'), metadata: { name: 'd', unknownMeta: 'x' } };
  const { status, body } = request('POST', DEPLOYMENTS + STRICT, JSON.stringify(deployment));
  expect(status).toBe(400);
  expect(body.message).toContain('strict decoding error: unknown field "metadata.unknownMeta"');
});
