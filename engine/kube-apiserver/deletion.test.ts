import { expect, test } from 'vitest';
import {
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  PODS,
  podNamed,
  startTestServer,
} from './testing/test-server.ts';

test('what nothing holds goes at once', () => {
  const { request, etcd } = startTestServer();
  const { uid } = request('POST', DEPLOYMENTS, deploymentNamed('web')).body.metadata;
  expect(request('DELETE', `${DEPLOYMENTS}/web`).body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'web', group: 'apps', kind: 'deployments', uid },
  });
  expect(etcd.get('/registry/deployments/default/web')).toBeUndefined();
  expect(request('DELETE', `${DEPLOYMENTS}/web`).status).toBe(404);
});

test('a Pod on a node gets its grace period, which can only be shortened', () => {
  const { request, sim } = startTestServer();
  request('POST', PODS, podNamed('web', { nodeName: 'node-1' }));
  const marked = request('DELETE', `${PODS}/web`);
  expect([marked.status, marked.body.metadata]).toMatchObject([
    200,
    { deletionTimestamp: '2026-01-12T09:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 },
  ]);
  sim.runFor(5_000);
  const longer = request('DELETE', `${PODS}/web`, { gracePeriodSeconds: 60 }).body;
  expect(longer.metadata.deletionTimestamp).toBe('2026-01-12T09:00:30Z');
  const shorter = request('DELETE', `${PODS}/web`, { gracePeriodSeconds: 10 }).body;
  expect(shorter.metadata).toMatchObject({ deletionTimestamp: '2026-01-12T09:00:10Z', deletionGracePeriodSeconds: 10 });
  const gone = request('DELETE', `${PODS}/web`, {
    gracePeriodSeconds: 0,
    preconditions: { uid: marked.body.metadata.uid },
  });
  expect([gone.status, gone.body.kind]).toEqual([200, 'Pod']);
  expect(request('GET', `${PODS}/web`).status).toBe(404);
});

test('a Pod that no kubelet has seen goes at once', () => {
  const { request } = startTestServer();
  request('POST', PODS, podNamed('web'));
  request('DELETE', `${PODS}/web`);
  expect(request('GET', `${PODS}/web`).status).toBe(404);
});

test('a finalizer holds an object until it is taken away; none can be added then', () => {
  const { request } = startTestServer();
  const held = { name: 'held', finalizers: ['example.com/hold'] };
  request('POST', CONFIG_MAPS, configMapNamed('held', { metadata: held }));
  expect(request('DELETE', `${CONFIG_MAPS}/held`).body.metadata).toMatchObject({
    deletionTimestamp: '2026-01-12T09:00:00Z',
    deletionGracePeriodSeconds: 0,
  });
  const more = { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } };
  expect(request('PATCH', `${CONFIG_MAPS}/held`, more, MERGE).body.message).toBe(
    'ConfigMap "held" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
  );
  request('PATCH', `${CONFIG_MAPS}/held`, { metadata: { labels: { a: 'b' } } }, MERGE);
  expect(request('GET', `${CONFIG_MAPS}/held`).status).toBe(200);
  expect(request('PATCH', `${CONFIG_MAPS}/held`, { metadata: { finalizers: null } }, MERGE).status).toBe(200);
  expect(request('GET', `${CONFIG_MAPS}/held`).status).toBe(404);
});

test.each([
  ['Foreground', 202, ['foregroundDeletion']],
  ['Orphan', 200, ['orphan']],
])('%s propagation leaves the object to the garbage collector', (propagationPolicy, status, finalizers) => {
  const { request } = startTestServer();
  request('POST', DEPLOYMENTS, deploymentNamed('web'));
  const answer = request('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy });
  expect([answer.status, answer.body.metadata.finalizers]).toEqual([status, finalizers]);
  expect(answer.body.metadata.generation).toBe(2);
});

test('preconditions and options are checked', () => {
  const { request } = startTestServer();
  const { uid } = request('POST', CONFIG_MAPS, configMapNamed('x')).body.metadata;
  expect(request('DELETE', `${CONFIG_MAPS}/x`, { preconditions: { uid: '0-0' } }).body).toMatchObject({
    code: 409,
    message: `Operation cannot be fulfilled on ConfigMap "x": the UID in the precondition (0-0) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    details: { kind: 'ConfigMap' },
  });
  expect(request('DELETE', `${CONFIG_MAPS}/x?propagationPolicy=Foo`).body.message).toBe(
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
  );
  expect(request('DELETE', `${CONFIG_MAPS}/x?dryRun=All`).status).toBe(200);
  expect(request('GET', `${CONFIG_MAPS}/x`).status).toBe(200);
});

test('a collection goes by selector', () => {
  const { request } = startTestServer();
  for (const [name, app] of [
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'x'],
  ] as const) {
    request('POST', CONFIG_MAPS, configMapNamed(name, { metadata: { name, labels: { app } } }));
  }
  expect(request('DELETE', `${CONFIG_MAPS}?labelSelector=app%3Dx`).body.items).toHaveLength(2);
  expect(
    request('GET', CONFIG_MAPS).body.items.map((each: { metadata: { name: string } }) => each.metadata.name),
  ).toEqual(['b']);
});

test('a Namespace terminates until its finalizers are gone; nothing is created in it meanwhile', () => {
  const { request } = startTestServer();
  request('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  const marked = request('DELETE', '/api/v1/namespaces/team').body;
  expect(marked.status.phase).toBe('Terminating');
  expect(request('POST', '/api/v1/namespaces/team/configmaps', configMapNamed('x')).body).toMatchObject({
    code: 403,
    message:
      'configmaps "x" is forbidden: unable to create new content in namespace team because it is being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating' }] },
  });
  const finalized = { ...marked, spec: { finalizers: [] } };
  expect(request('PUT', '/api/v1/namespaces/team/finalize', finalized).status).toBe(200);
  expect(request('GET', '/api/v1/namespaces/team').status).toBe(404);
});

test('a Job deleted without a word leaves its Pods behind, and the client is told', () => {
  const { request } = startTestServer();
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };
  for (const name of ['plain', 'background']) request('POST', jobs, { metadata: { name }, spec: { template } });
  const plain = request('DELETE', `${jobs}/plain`);
  expect(plain.body.metadata).toMatchObject({ finalizers: ['orphan'], deletionGracePeriodSeconds: 0 });
  expect(plain.headers['warning']).toBe(
    '299 - "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"',
  );
  const background = request('DELETE', `${jobs}/background?propagationPolicy=Background`);
  expect(background.body.status).toBe('Success');
  expect(background.headers['warning']).toBeUndefined();
});

test('what was deleted as a collection is shown as asked', () => {
  const { request } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  expect(request('DELETE', CONFIG_MAPS, undefined, { accept }).body).toMatchObject({
    kind: 'Table',
    rows: [{ cells: ['a', 1, expect.any(String)] }],
  });
});
