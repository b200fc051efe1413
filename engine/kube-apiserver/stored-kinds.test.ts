import { expect, test } from 'vitest';
import { KINDS } from '../api/kind-list.ts';
import { resourcePath } from '../api/resources.ts';
import { STORED_CLUSTER_OBJECTS } from '../api/testdata/stored-cluster-objects.ts';
import { STORED_OBJECTS } from '../api/testdata/stored-objects.ts';
import { type Body, MERGE, PODS, podNamed, startTestServer } from './testing/test-server.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const CLUSTER_IP = /"10\.(9[6-9]|10\d|11[01])\.\d+\.\d+"/g;

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}

test.each(STORED_OBJECTS)('%s is stored as a real server stores it', (_name, kind, manifest, stored) => {
  const descriptor = KINDS.find((each) => each.kind === kind)!;
  const path = resourcePath(descriptor, descriptor.namespaced ? 'default' : undefined);
  const { status, body } = startTestServer().request('POST', path, JSON.parse(manifest));
  expect(status).toBe(201);
  const { apiVersion: _v, kind: _k, metadata, ...rest } = body;
  const { generation, finalizers } = metadata;
  const text = JSON.stringify(ordered({ metadata: JSON.parse(JSON.stringify({ generation, finalizers })), ...rest }));
  expect(text.replace(CLUSTER_IP, '"<clusterIP>"')).toBe(stored);
});

test.each(STORED_CLUSTER_OBJECTS)('%s, too, is stored as a real server stores it', (_name, manifest, stored) => {
  const object: Body = JSON.parse(manifest);
  const slash = object.apiVersion.lastIndexOf('/');
  const [group, version] = [object.apiVersion.slice(0, Math.max(0, slash)), object.apiVersion.slice(slash + 1)];
  const kind = KINDS.find((each) => each.kind === object.kind && each.group === group && each.version === version)!;
  const { request } = startTestServer();
  const { status, body } = request('POST', resourcePath(kind, kind.namespaced ? 'default' : undefined), object);
  expect(status).toBe(201);
  const { apiVersion: _v, kind: _k, metadata, ...rest } = body;
  const { generation, finalizers, labels } = metadata;
  const own = JSON.parse(JSON.stringify({ generation, finalizers, labels }));
  const text = JSON.stringify(ordered({ metadata: own, ...rest }));
  expect(text.replaceAll(metadata.creationTimestamp, '<time>')).toBe(stored);
});

function serviceNamed(name: string, spec: object = {}) {
  return { metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec } };
}

test('every Service gets an address of its own, which it keeps', () => {
  const { request } = startTestServer();
  const addresses = new Set<string>();
  for (let index = 0; index < 50; index++) {
    addresses.add(request('POST', SERVICES, serviceNamed(`s${index}`)).body.spec.clusterIP);
  }
  expect(addresses.size).toBe(50);
  const before = request('GET', `${SERVICES}/s1`).body;
  const patched = request('PATCH', `${SERVICES}/s1`, { spec: { type: 'NodePort', clusterIP: null } }, MERGE).body;
  expect(patched.spec.clusterIPs).toEqual([before.spec.clusterIP]);
  const { nodePort } = patched.spec.ports[0];
  expect(nodePort).toBeGreaterThanOrEqual(30086);
  expect(nodePort).toBeLessThanOrEqual(32767);
  const back = request('PATCH', `${SERVICES}/s1`, { spec: { type: 'ClusterIP' } }, MERGE).body;
  expect(back.spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
  expect(back.spec.externalTrafficPolicy).toBeUndefined();
});

test('balancers that keep to a node’s own endpoints get a port to ask for them, as long as they do', () => {
  const { request } = startTestServer();
  const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' };
  const { healthCheckNodePort, ports } = request('POST', SERVICES, serviceNamed('a', local)).body.spec;
  expect(healthCheckNodePort).toBeGreaterThanOrEqual(30086);
  expect(healthCheckNodePort).not.toBe(ports[0].nodePort);
  const patch = (spec: object) => request('PATCH', `${SERVICES}/a`, { spec }, MERGE).body.spec.healthCheckNodePort;
  expect(patch({ sessionAffinity: 'ClientIP' })).toBe(healthCheckNodePort);
  expect(patch({ externalTrafficPolicy: 'Cluster' })).toBeUndefined();
  expect(patch({ externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 })).toBe(30_001);
  const taken = request('POST', SERVICES, serviceNamed('b', { ...local, healthCheckNodePort: 30_001 })).body;
  expect(taken.message).toContain(
    'failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated',
  );
});

test('addresses and ports that others have, or nobody can have, are refused', () => {
  const { request } = startTestServer();
  request(
    'POST',
    SERVICES,
    serviceNamed('a', { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 31111 }] }),
  );
  const refused = (spec: object) => request('POST', SERVICES, serviceNamed('b', spec)).body.message;
  const head = 'Service "b" is invalid: ';
  expect(refused({ clusterIP: '10.96.0.10' })).toBe(
    `${head}spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated`,
  );
  expect(refused({ clusterIP: '10.0.0.1' })).toBe(
    `${head}spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided network does not match the current range`,
  );
  const port = (nodePort: number) => ({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
  expect(refused(port(31111))).toBe(
    `${head}spec.ports[0].nodePort: Invalid value: 31111: provided port is already allocated`,
  );
  expect(refused(port(80))).toBe(
    `${head}spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767`,
  );
  const change = { spec: { clusterIP: '10.96.77.77', clusterIPs: ['10.96.77.77'] } };
  expect(request('PATCH', `${SERVICES}/a`, change, MERGE).body.message).toBe(
    'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.77.77"]: may not change once set',
  );
  request('DELETE', `${SERVICES}/a`);
  expect(request('POST', SERVICES, serviceNamed('b', { clusterIP: '10.96.0.10' })).status).toBe(201);
});

test('tables', () => {
  const { request } = startTestServer();
  request(
    'POST',
    SERVICES,
    serviceNamed('web', { clusterIP: '10.96.0.20', type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
  );
  const cells = (path: string) => request('GET', path, undefined, TABLE).body.rows.map((row: Body) => row.cells);
  expect(cells(SERVICES)).toEqual([['web', 'NodePort', '10.96.0.20', '<none>', '80:30080/TCP', '0s', 'app=web']]);
  expect(cells(CLASSES)).toEqual([
    ['system-cluster-critical', 2_000_000_000, false, '0s', 'PreemptLowerPriority'],
    ['system-node-critical', 2_000_001_000, false, '0s', 'PreemptLowerPriority'],
  ]);
  const secrets = '/api/v1/namespaces/default/secrets';
  request('POST', secrets, { metadata: { name: 's' }, stringData: { a: 'é' } });
  expect(cells(secrets)).toEqual([['s', 'Opaque', 1, '0s']]);
  const hpas = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  request('POST', hpas, {
    metadata: { name: 'h' },
    spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  });
  expect(cells(hpas)).toEqual([['h', 'Deployment/web', 'cpu: <unknown>/80%', '1', 5, 0, '0s']]);
});

test('a Pod takes the priority of its class, or of the default class', () => {
  const { request } = startTestServer();
  request('POST', CLASSES, { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' });
  const named = request('POST', PODS, podNamed('a', { priorityClassName: 'high' })).body.spec;
  expect(named).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' });
  request('POST', CLASSES, { metadata: { name: 'usual' }, value: 7, globalDefault: true });
  expect(request('POST', PODS, podNamed('b')).body.spec).toMatchObject({ priority: 7, priorityClassName: 'usual' });
  const second = request('POST', CLASSES, { metadata: { name: 'other' }, value: 8, globalDefault: true });
  expect(second.body.message).toBe(
    'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
  );
  expect(request('POST', PODS, podNamed('c', { priorityClassName: 'nope' })).body.message).toBe(
    'pods "c" is forbidden: no PriorityClass with name nope was found',
  );
});

test('a disruption budget that allows none keeps its Pods from being evicted', () => {
  const { request } = startTestServer();
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  request('POST', PODS, { ...podNamed('web', { nodeName: 'n' }), metadata: { name: 'web', labels: { app: 'web' } } });
  request(
    'PATCH',
    `${PODS}/web/status`,
    { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    MERGE,
  );
  request('POST', budgets, {
    metadata: { name: 'pdb' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  const evict = () => request('POST', `${PODS}/web/eviction`, { metadata: { name: 'web' } });
  expect(evict()).toMatchObject({
    status: 429,
    body: { details: { causes: [{ message: 'The disruption budget pdb is still being processed by the server.' }] } },
  });
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 0,
    desiredHealthy: 1,
    currentHealthy: 1,
    expectedPods: 1,
  };
  request('PATCH', `${budgets}/pdb/status`, { status }, MERGE);
  expect(evict().body).toMatchObject({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      causes: [
        { reason: 'DisruptionBudget', message: 'The disruption budget pdb needs 1 healthy pods and has 1 currently' },
      ],
    },
  });
  request('PATCH', `${budgets}/pdb/status`, { status: { ...status, disruptionsAllowed: 1 } }, MERGE);
  expect(evict().status).toBe(201);
  expect(request('GET', `${budgets}/pdb`).body.status).toMatchObject({ disruptionsAllowed: 0 });
});
