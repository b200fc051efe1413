import { expect, test } from 'vitest';
import { startRbacServer } from '../testing/rbac-server.ts';
import { MERGE, PODS, podNamed } from '../testing/test-server.ts';

const NODES = '/api/v1/nodes';

function cluster() {
  const server = startRbacServer({ admission: { enable: ['NodeRestriction'] } });
  const { node, root } = server;
  expect(node('node-1')('POST', NODES, { metadata: { name: 'node-1' } }).status).toBe(201);
  root('POST', PODS, podNamed('web', { nodeName: 'node-1' }));
  root('POST', PODS, podNamed('other', { nodeName: 'node-2' }));
  return server;
}

test.each([
  [
    'POST',
    NODES,
    { metadata: { name: 'node-2' } },
    'nodes "node-2" is forbidden: node "node-1" is not allowed to modify node "node-2"',
  ],
  [
    'PATCH',
    `${NODES}/node-1`,
    { metadata: { labels: { 'node-role.kubernetes.io/admin': '', 'node-restriction.kubernetes.io/x': '1' } } },
    'nodes "node-1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x, node-role.kubernetes.io/admin',
  ],
  [
    'PATCH',
    `${NODES}/node-1`,
    { spec: { taints: [] } },
    'nodes "node-1" is forbidden: node "node-1" is not allowed to modify taints',
  ],
  [
    'PATCH',
    `${PODS}/other/status`,
    { status: { phase: 'Failed' } },
    'pods "other" is forbidden: node "node-1" can only update pod status for pods with spec.nodeName set to itself',
  ],
  [
    'DELETE',
    `${PODS}/other`,
    undefined,
    'pods "other" is forbidden: node "node-1" can only delete pods with spec.nodeName set to itself',
  ],
  [
    'POST',
    PODS,
    podNamed('p', { nodeName: 'node-1' }),
    'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods',
  ],
  [
    'POST',
    '/api/v1/namespaces/default/serviceaccounts/default/token',
    {},
    'serviceaccounts "default" is forbidden: node requested token not bound to a pod',
  ],
] as const)('a kubelet that sends %s %s is refused', (method, url, body, message) => {
  const { node } = cluster();
  expect(node('node-1')(method, url, body, method === 'PATCH' ? MERGE : undefined)).toMatchObject({
    status: 403,
    body: { message },
  });
});

test('what concerns its own node passes', () => {
  const { node, root } = cluster();
  const own = node('node-1');
  const labels = { 'topology.kubernetes.io/zone': 'a', disk: 'ssd' };
  expect(own('PATCH', `${NODES}/node-1`, { metadata: { labels } }, MERGE).status).toBe(200);
  expect(own('PATCH', `${PODS}/web/status`, { status: { phase: 'Running' } }, MERGE).status).toBe(200);
  const { uid } = root('GET', `${PODS}/web`).body.metadata;
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web', uid };
  const token = '/api/v1/namespaces/default/serviceaccounts/default/token';
  expect(own('POST', token, { spec: { boundObjectRef } }).status).toBe(201);
  expect(own('DELETE', `${PODS}/web?gracePeriodSeconds=0`).status).toBe(200);
});

test('a mirror Pod belongs to its node and names nothing', () => {
  const { node, root } = cluster();
  const { uid } = root('GET', `${NODES}/node-1`).body.metadata;
  const mirror = (owner: object, spec: object = {}) => ({
    ...podNamed('mirror', { nodeName: 'node-1', ...spec }),
    metadata: {
      name: 'mirror',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node-1', uid, controller: true, ...owner }],
    },
  });
  const make = (pod: object) => node('node-1')('POST', PODS, pod).body.message;
  expect(make(mirror({ name: 'node-2' }))).toContain('can only create pods with an owner reference set to itself');
  expect(make(mirror({ uid: 'x' }))).toContain(`node node-1 UID mismatch: expected x got ${uid}`);
  const volumes = [{ name: 'v', configMap: { name: 's' } }];
  expect(make(mirror({}, { volumes }))).toContain('node "node-1" can not create pods that reference configmaps');
  expect(make(mirror({}))).toBeUndefined();
});
