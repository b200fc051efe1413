import { expect, test } from 'vitest';
import {
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  PODS,
  podNamed,
  STRATEGIC,
  startTestServer,
} from '../testing/test-server.ts';

const QUOTAS = '/api/v1/namespaces/default/resourcequotas';

/** A server with a quota whose controller has counted: what is used is given. */
function serverWithQuota(hard: Record<string, string>, used: Record<string, string> = {}, spec: object = {}) {
  const server = startTestServer();
  const { request } = server;
  request('POST', QUOTAS, { metadata: { name: 'q' }, spec: { hard, ...spec } });
  const zero = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
  request('PATCH', `${QUOTAS}/q/status`, { status: { hard, used: { ...zero, ...used } } }, MERGE);
  return { ...server, used: () => request('GET', `${QUOTAS}/q`).body.status.used };
}

function podAsking(name: string, requests?: object) {
  return podNamed(name, { containers: [{ name: 'c', image: 'nginx', ...(requests && { resources: { requests } }) }] });
}

test.each([
  [
    'what a quota counts must be said',
    { 'requests.cpu': '1' },
    {},
    podAsking('a'),
    'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: c',
  ],
  [
    'more than there is',
    { 'requests.cpu': '1' },
    {},
    podAsking('a', { cpu: '2' }),
    'pods "a" is forbidden: exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1',
  ],
  [
    'only what is exceeded is named',
    { pods: '1', 'requests.cpu': '1', 'requests.memory': '1Gi' },
    { pods: '1', 'requests.cpu': '500m' },
    podAsking('b', { cpu: '600m', memory: '1Mi' }),
    'pods "b" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=600m, used: pods=1,requests.cpu=500m, limited: pods=1,requests.cpu=1',
  ],
])('%s', (_, hard, used, pod, message) => {
  const { request } = serverWithQuota(hard, used);
  expect(request('POST', PODS, pod)).toMatchObject({ status: 403, body: { reason: 'Forbidden', message } });
});

test('objects are counted by kind', () => {
  const { request } = serverWithQuota({ 'count/deployments.apps': '0' });
  expect(request('POST', DEPLOYMENTS, deploymentNamed('d')).body.message).toBe(
    'deployments.apps "d" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=0, limited: count/deployments.apps=0',
  );
});

test('what is let in is noted at once, so that the next one finds less', () => {
  const { request, used } = serverWithQuota({ pods: '2', 'requests.cpu': '1' });
  expect(request('POST', `${PODS}?dryRun=All`, podAsking('a', { cpu: '600m' })).status).toBe(201);
  expect(used()).toEqual({ pods: '0', 'requests.cpu': '0' });
  expect(request('POST', PODS, podAsking('a', { cpu: '600m' })).status).toBe(201);
  expect(used()).toEqual({ pods: '1', 'requests.cpu': '600m' });
  expect(request('POST', PODS, podAsking('b', { cpu: '600m' })).status).toBe(403);
  expect(request('POST', PODS, podAsking('a', { cpu: '100m' })).status).toBe(409);
  expect(used()).toEqual({ pods: '1', 'requests.cpu': '600m' });
});

test('until its controller has taken note of it, a quota limits nothing', () => {
  const { request } = startTestServer();
  request('POST', QUOTAS, { metadata: { name: 'q' }, spec: { hard: { pods: '0', 'requests.cpu': '1' } } });
  expect(request('POST', PODS, podAsking('a')).status).toBe(201);
});

test('what its controller has noted but not counted lets nothing in', () => {
  const { request } = startTestServer();
  request('POST', QUOTAS, { metadata: { name: 'q' }, spec: { hard: { pods: '5', secrets: '1' } } });
  request('PATCH', `${QUOTAS}/q/status`, { status: { hard: { pods: '5', secrets: '1' } } }, MERGE);
  expect(request('POST', PODS, podAsking('a')).body.message).toBe(
    'pods "a" is forbidden: status unknown for quota: q, resources: pods',
  );
  expect(request('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' } }).status).toBe(201);
});

test('a quota of GPUs lets a Pod in that asks for none', () => {
  const { request, used } = serverWithQuota({ 'requests.nvidia.com/gpu': '1' });
  expect(request('POST', PODS, podAsking('a', { cpu: '1' })).status).toBe(201);
  expect(used()).toEqual({ 'requests.nvidia.com/gpu': '0' });
});

test('a Pod that is resized must have room in the quota, too', () => {
  const { request, used } = serverWithQuota({ 'requests.cpu': '1' });
  expect(request('POST', PODS, podAsking('a', { cpu: '600m' })).status).toBe(201);
  const resize = (cpu: string) => {
    const spec = { containers: [{ name: 'c', resources: { requests: { cpu } } }] };
    return request('PATCH', `${PODS}/a/resize`, { spec }, STRATEGIC);
  };
  expect(resize('1100m').body.message).toBe(
    'pods "a" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
  );
  expect(resize('900m').status).toBe(200);
  expect(used()).toEqual({ 'requests.cpu': '900m' });
});

test('what is given back is taken off by the controller, not at once', () => {
  const { request, used } = serverWithQuota({ 'services.nodeports': '1' });
  const services = '/api/v1/namespaces/default/services';
  const ports = [{ port: 80 }];
  expect(request('POST', services, { metadata: { name: 's' }, spec: { type: 'NodePort', ports } }).status).toBe(201);
  expect(request('PATCH', `${services}/s`, { spec: { type: 'ClusterIP' } }, MERGE).status).toBe(200);
  expect(used()).toEqual({ 'services.nodeports': '1' });
});

test('a quota with scopes concerns only what is in them', () => {
  const { request, used } = serverWithQuota({ pods: '0' }, {}, { scopes: ['BestEffort'] });
  expect(request('POST', PODS, podAsking('a', { cpu: '1' })).status).toBe(201);
  expect(request('POST', PODS, podAsking('b')).status).toBe(403);
  expect(used()).toEqual({ pods: '0' });
});
