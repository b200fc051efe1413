import { expect, test } from 'vitest';
import { startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

test('API metadata HTTP return', () => {
  const { request } = startTestServer();
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const spec = { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
  const { status, body } = request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, {
    accept,
  });
  expect(status).toBe(406);
  expect(body.reason).toBe('NotAcceptable');
});

test('namespace-deletion-removes-services', () => {
  const { sim, request, handle } = startTestServer();
  startControllerManager({ sim, transport: handle, leaderElect: false });
  const namespace = { metadata: { name: 'brief' } };
  const services = '/api/v1/namespaces/brief/services';
  request('POST', '/api/v1/namespaces', namespace);
  sim.runFor(2_000);
  expect(request('POST', services, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }).status).toBe(201);
  request('DELETE', '/api/v1/namespaces/brief');
  sim.runFor(60_000);
  expect(request('GET', '/api/v1/namespaces/brief').status).toBe(404);
  request('POST', '/api/v1/namespaces', namespace);
  expect(request('GET', services).body.items).toEqual([]);
});

test('namespace-deletion-removes-pods', () => {
  const bed = new Testbed({ workers: [{}] });
  const container = { name: 'nginx', image: 'nginx:1.29' };
  const run = () => {
    bed.kubectl('create', 'namespace', 'brief');
    bed.pass(1);
  };
  run();
  const spec = { terminationGracePeriodSeconds: 5, containers: [container] };
  bed.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'brief' }, spec }));
  bed.until('the Pod runs', () => bed.podView('p', 'brief')?.status === 'Running');
  // Waits until nothing is left of it.
  bed.kubectl('delete', 'namespace', 'brief');
  expect(bed.podView('p', 'brief')).toBeUndefined();
  run();
  expect(bed.list('pods', '-n', 'brief')).toEqual([]);
});
