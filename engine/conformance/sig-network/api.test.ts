import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';

const NETWORKING = '/apis/networking.k8s.io/v1';
const SERVICES = '/api/v1/namespaces/default/services';

test('EndpointSlice API (API operations)', () => {
  liveThrough(startTestServer(), {
    collection: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }],
      ports: [],
    },
  });
});

test('Endpoint resource lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: '/api/v1/namespaces/default/endpoints',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      subsets: [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }],
    },
    change: { subsets: [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080 }] }] },
  });
});

test('Ingress API', () => {
  const backend = { service: { name: 'default-backend', port: { number: 80 } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  liveThrough(startTestServer(), {
    collection: `${NETWORKING}/namespaces/default/ingresses`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      spec: { defaultBackend: backend, rules: [{ host: 'foo.bar.com', http: { paths } }] },
    },
    status: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } },
  });
});

test('IngressClass API', () => {
  liveThrough(startTestServer(), {
    collection: `${NETWORKING}/ingressclasses`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      spec: { controller: 'example.com/controller' },
    },
  });
});

function serviceNamed(name: string, labels: object = {}, spec: object = {}) {
  const metadata = { name, labels };
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }];
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'LoadBalancer', ports, ...spec } };
}

test('Service, complete ServiceStatus lifecycle', () => {
  const { request, watch, sim } = startTestServer();
  request('POST', SERVICES, serviceNamed('test-service', { 'test-service-static': 'true' }));
  const path = `${SERVICES}/test-service`;
  const { events } = watch(`${SERVICES}?watch=1&labelSelector=test-service-static%3Dtrue`);
  expect(request('GET', `${path}/status`).body.status).toEqual({ loadBalancer: {} });
  const status = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } };
  const annotations = { patchedstatus: 'true' };
  const patched = request('PATCH', `${path}/status`, { metadata: { annotations }, status }, MERGE);
  expect(patched.body).toMatchObject({ metadata: { annotations }, status });
  const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' };
  const conditions = [{ ...condition, lastTransitionTime: '2026-01-12T09:00:00Z' }];
  const updated = request('PUT', `${path}/status`, { ...patched.body, status: { ...status, conditions } });
  expect(updated.body.status.conditions).toEqual(conditions);
  const whole = request('PATCH', path, { metadata: { labels: { 'test-service': 'patched' } } }, MERGE);
  expect(whole.body.status.conditions).toEqual(conditions);
  request('DELETE', path);
  sim.runFor(1_000);
  expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'MODIFIED', 'DELETED']);
  expect(request('GET', path).status).toBe(404);
});

test('Service, deletes a collection of services', () => {
  const { request } = startTestServer();
  const test = { e2e: 'collection' };
  request('POST', SERVICES, serviceNamed('one', test, { type: 'NodePort' }));
  request('POST', SERVICES, serviceNamed('two', test, { type: 'ClusterIP' }));
  request('POST', SERVICES, serviceNamed('three', {}, { type: 'ClusterIP' }));
  const names = () => request('GET', SERVICES).body.items.map(({ metadata }: Body) => metadata.name);
  const before = names();
  expect(before).toEqual(expect.arrayContaining(['one', 'three', 'two']));
  expect(request('DELETE', `${SERVICES}?labelSelector=e2e%3Dcollection`).status).toBe(200);
  expect(names()).toEqual(before.filter((name: string) => name !== 'one' && name !== 'two'));
});
