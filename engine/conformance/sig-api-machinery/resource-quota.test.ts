import { expect, test } from 'vitest';
import { MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';

const CORE = '/api/v1/namespaces/default';
/** Nobody but the controller's own round, every five minutes, sets a status right. */
const RESYNC_MS = 6 * 60_000;
const QUOTAS = `${CORE}/resourcequotas`;

/** A server, its controllers, and a quota of which `used` tells what the controllers have counted. */
function setUp(hard: Readonly<Record<string, string>>, spec: object = {}) {
  const server = startTestServer();
  const { sim, request } = server;
  startControllerManager({ sim, transport: ({ ...rest }) => server.handle(rest), leaderElect: false });
  sim.runFor(5_000);
  request('POST', QUOTAS, { metadata: { name: 'quota' }, spec: { hard, ...spec } });
  const used = (name = 'quota') => {
    sim.runFor(10_000);
    return request('GET', `${QUOTAS}/${name}`).body.status.used;
  };
  return { ...server, used };
}

/** Objects count while they are there, and no more than allowed can be made. */
function expectCounted(resource: string, object: object, plural = resource, root = CORE): void {
  const { request, used, sim } = setUp({});
  const name = root === CORE ? resource : `count/${plural}.${root.split('/')[2]}`;
  sim.runFor(5_000);
  request('PATCH', `${QUOTAS}/quota`, { spec: { hard: { [name]: '50' } } }, MERGE);
  const before = Number(used()[name]);
  request('PATCH', `${QUOTAS}/quota`, { spec: { hard: { [name]: String(before + 1) } } }, MERGE);
  expect(Number(used()[name])).toBe(before);
  const collection = `${root}/${plural}`;
  expect(request('POST', collection, { ...object, metadata: { name: 'counted' } }).status).toBe(201);
  expect(Number(used()[name])).toBe(before + 1);
  const refused = request('POST', collection, { ...object, metadata: { name: 'too-many' } });
  expect(refused.status).toBe(403);
  expect(refused.body.message).toContain('exceeded quota: quota');
  request('DELETE', `${collection}/counted`, { gracePeriodSeconds: 0 });
  expect(Number(used()[name])).toBe(before);
}

const template = {
  metadata: { labels: { app: 'q' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.29' }] },
};

test('ResourceQuota, object count quota, resourcequotas', () => {
  const { used } = setUp({ resourcequotas: '3', pods: '5', services: '10' });
  expect(used()).toEqual({ resourcequotas: '1', pods: '0', services: '0' });
});

test('ResourceQuota, object count quota, configmap', () => {
  expectCounted('configmaps', { data: { a: '1' } });
});

test('ResourceQuota, object count quota, secret', () => {
  expectCounted('secrets', { stringData: { a: '1' } });
});

test('ResourceQuota, object count quota, replicationController', () => {
  expectCounted('replicationcontrollers', { spec: { replicas: 0, selector: { app: 'q' }, template } });
});

test('ResourceQuota, object count quota, replicaSet', () => {
  const spec = { replicas: 0, selector: { matchLabels: { app: 'q' } }, template };
  expectCounted('replicasets', { spec }, 'replicasets', '/apis/apps/v1/namespaces/default');
});

test('ResourceQuota, object count quota, service', () => {
  const { request, used } = setUp({ services: '2', 'services.nodeports': '1', 'services.loadbalancers': '1' });
  const create = (name: string, type: string) =>
    request('POST', `${CORE}/services`, { metadata: { name }, spec: { type, ports: [{ port: 80 }] } }).status;
  expect(used()).toEqual({ services: '0', 'services.nodeports': '0', 'services.loadbalancers': '0' });
  expect(create('inner', 'ClusterIP')).toBe(201);
  expect(create('port', 'NodePort')).toBe(201);
  expect(used()).toEqual({ services: '2', 'services.nodeports': '1', 'services.loadbalancers': '0' });
  expect(create('third', 'ClusterIP')).toBe(403);
  request('DELETE', `${CORE}/services/inner`);
  expect(used().services).toBe('1');
  expect(create('other-port', 'NodePort')).toBe(403);
  request('DELETE', `${CORE}/services/port`);
  expect(used()).toEqual({ services: '0', 'services.nodeports': '0', 'services.loadbalancers': '0' });
});

function podWith(name: string, resources: object | undefined, more: object = {}) {
  return { metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx:1.29', resources }], ...more } };
}

test('ResourceQuota, object count quota, pod', () => {
  const { request, used } = setUp({ cpu: '1', memory: '500Mi', pods: '5', 'requests.ephemeral-storage': '50Gi' });
  expect(used().pods).toBe('0');
  const pods = `${CORE}/pods`;
  const requests = { cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi' };
  expect(request('POST', pods, podWith('fits', { requests })).status).toBe(201);
  expect(used()).toEqual({ cpu: '500m', memory: '252Mi', pods: '1', 'requests.ephemeral-storage': '30Gi' });
  const greedy = { requests: { ...requests, cpu: '600m', memory: '100Mi', 'ephemeral-storage': '1Gi' } };
  expect(request('POST', pods, podWith('too-much', greedy)).status).toBe(403);
  expect(request('POST', pods, podWith('silent', undefined)).body.message).toContain('must specify');
  request('DELETE', `${pods}/fits`, { gracePeriodSeconds: 0 });
  expect(used()).toEqual({ cpu: '0', memory: '0', pods: '0', 'requests.ephemeral-storage': '0' });
});

test('ResourceQuota, quota scope, BestEffort and NotBestEffort scope', () => {
  const { request, used } = setUp({ pods: '5' }, { scopes: ['BestEffort'] });
  request('POST', QUOTAS, { metadata: { name: 'other' }, spec: { hard: { pods: '5' }, scopes: ['NotBestEffort'] } });
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '0' }]);
  request('POST', `${CORE}/pods`, podWith('idle', undefined));
  expect([used(), used('other')]).toEqual([{ pods: '1' }, { pods: '0' }]);
  request('DELETE', `${CORE}/pods/idle`, { gracePeriodSeconds: 0 });
  request('POST', `${CORE}/pods`, podWith('asks', { requests: { cpu: '100m' } }));
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '1' }]);
  request('DELETE', `${CORE}/pods/asks`, { gracePeriodSeconds: 0 });
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '0' }]);
});

test('ResourceQuota, quota scope, Terminating and NotTerminating scope', () => {
  const { request, used } = setUp({ pods: '5' }, { scopes: ['Terminating'] });
  request('POST', QUOTAS, { metadata: { name: 'other' }, spec: { hard: { pods: '5' }, scopes: ['NotTerminating'] } });
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '0' }]);
  request('POST', `${CORE}/pods`, podWith('long', undefined));
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '1' }]);
  request('DELETE', `${CORE}/pods/long`, { gracePeriodSeconds: 0 });
  request('POST', `${CORE}/pods`, podWith('short', undefined, { activeDeadlineSeconds: 3600 }));
  expect([used(), used('other')]).toEqual([{ pods: '1' }, { pods: '0' }]);
  request('DELETE', `${CORE}/pods/short`, { gracePeriodSeconds: 0 });
  expect([used(), used('other')]).toEqual([{ pods: '0' }, { pods: '0' }]);
});

test('ResourceQuota, update and delete', () => {
  const { request } = setUp({ cpu: '1', memory: '500Mi' });
  const { body } = request('GET', `${QUOTAS}/quota`);
  const hard = { cpu: '2', memory: '1Gi' };
  expect(request('PUT', `${QUOTAS}/quota`, { ...body, spec: { hard } }).body.spec.hard).toEqual(hard);
  request('DELETE', `${QUOTAS}/quota`);
  expect(request('GET', `${QUOTAS}/quota`).status).toBe(404);
});

test('ResourceQuota, manage lifecycle of a ResourceQuota', () => {
  const { request } = setUp({ pods: '5' });
  const labels = { e2e: 'quota' };
  request('PATCH', `${QUOTAS}/quota`, { metadata: { labels }, spec: { hard: { memory: '750Mi' } } }, MERGE);
  const everywhere = '/api/v1/resourcequotas?labelSelector=e2e%3Dquota';
  const [found] = request('GET', everywhere).body.items;
  expect(found.spec.hard).toEqual({ pods: '5', memory: '750Mi' });
  expect(request('DELETE', `${QUOTAS}?labelSelector=e2e%3Dquota`).status).toBe(200);
  expect(request('GET', everywhere).body.items).toEqual([]);
});

test('ResourceQuota, apply changes to a ResourceQuota status', () => {
  const { request, used, sim } = setUp({ cpu: '500m', memory: '500Mi' });
  expect(used()).toEqual({ cpu: '0', memory: '0' });
  const path = `${QUOTAS}/quota/status`;
  const { body } = request('GET', path);
  const status = { ...body.status, hard: { cpu: '10', memory: '10Gi' } };
  expect(request('PUT', path, { ...body, status }).body.status.hard).toEqual(status.hard);
  sim.runFor(RESYNC_MS);
  expect(request('GET', path).body.status.hard).toEqual({ cpu: '500m', memory: '500Mi' });
  const patch = { status: { hard: { cpu: '20', memory: '20Gi' } } };
  expect(request('PATCH', path, patch, MERGE).body.status.hard).toEqual(patch.status.hard);
  sim.runFor(RESYNC_MS);
  expect(request('GET', path).body).toMatchObject({ spec: { hard: body.spec.hard }, status: { hard: body.spec.hard } });
});
