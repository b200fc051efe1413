import { expect, test } from 'vitest';
import { startRbacServer } from '../../testing/rbac-server.ts';
import { CONFIG_MAPS, configMapNamed, PODS, podNamed } from '../../testing/test-server.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const SECRETS = '/api/v1/namespaces/default/secrets';

function cluster() {
  const server = startRbacServer();
  const { root } = server;
  root('POST', CONFIG_MAPS, configMapNamed('settings'));
  root('POST', SECRETS, { metadata: { name: 'key' } });
  root('POST', SECRETS, { metadata: { name: 'other' } });
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
  const containers = [{ name: 'web', image: 'nginx', env }];
  const volumes = [{ name: 'v', secret: { secretName: 'key' } }];
  root('POST', PODS, podNamed('web', { nodeName: 'node-1', containers, volumes }));
  return server;
}

test('a kubelet reads what the Pods of its node name, and nothing else', () => {
  const { node } = cluster();
  expect(node('node-1')('GET', `${CONFIG_MAPS}/settings`).status).toBe(200);
  expect(node('node-1')('GET', `${SECRETS}/key`).status).toBe(200);
  expect(node('node-1')('GET', `${SECRETS}?watch=true&fieldSelector=metadata.name=key`).status).toBe(200);
  expect(node('node-1')('GET', `${SECRETS}/other`).body.message).toBe(
    'secrets "other" is forbidden: User "system:node:node-1" cannot get resource "secrets" in API group "" in the ' +
      'namespace "default": no relationship found between node \'node-1\' and this object',
  );
  expect(node('node-2')('GET', `${SECRETS}/key`).status).toBe(403);
  expect(node('node-1')('GET', SECRETS).body.message).toContain(': No Object name found');
});

test('what a Pod named is no longer open when the Pod is gone', () => {
  const { node, root } = cluster();
  root('DELETE', `${PODS}/web?gracePeriodSeconds=0`);
  expect(node('node-1')('GET', `${SECRETS}/key`).status).toBe(403);
});

test('a kubelet sees its own node and its own Pods', () => {
  const { node } = cluster();
  const list = (name: string, url: string) => node(name)('GET', url).status;
  expect(list('node-1', '/api/v1/nodes/node-1')).toBe(404);
  expect(list('node-1', '/api/v1/nodes/node-2')).toBe(403);
  expect(list('node-1', '/api/v1/pods?fieldSelector=spec.nodeName=node-1')).toBe(200);
  expect(list('node-1', '/api/v1/pods')).toBe(403);
  expect(list('node-1', `${PODS}/web`)).toBe(200);
  expect(list('node-2', `${PODS}/web`)).toBe(403);
});

test('tokens are for the accounts of its Pods, leases for itself', () => {
  const { node } = cluster();
  const token = '/api/v1/namespaces/default/serviceaccounts/default/token';
  expect(node('node-1')('POST', token, {}).status).toBe(201);
  expect(node('node-2')('POST', token, {}).status).toBe(403);
  expect(node('node-1')('POST', LEASES, { metadata: { name: 'node-1' } }).status).toBe(201);
  expect(node('node-2')('GET', `${LEASES}/node-1`).body.message).toContain(
    ': can only access node lease with the same name as the requesting node',
  );
});
