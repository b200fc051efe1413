import { expect, test } from 'vitest';
import type {
  ClusterRole,
  ConfigMap,
  Namespace,
  Pod,
  ReplicationController,
  ResourceQuota,
  Secret,
} from '../api/kinds.ts';
import {
  clusterRoles,
  configMaps,
  namespaces,
  pods,
  replicationControllers,
  resourceQuotas,
  secrets,
  serviceAccounts,
} from '../api/resources.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { startControllerManager } from './index.ts';
import { ControlPlane } from './testing/control-plane.ts';

// The smaller controllers that keep a cluster in order.

const ROOT_CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

function setUp(controllers?: readonly string[]): ControlPlane {
  const controlPlane = new ControlPlane('upkeep');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, rootCa: ROOT_CA, controllers });
  startScheduler({ sim, transport, leaderElect: false });
  controlPlane.createNode('node-1');
  controlPlane.startHeartbeat('node-1');
  controlPlane.startKubelets();
  sim.runFor(2_000);
  return controlPlane;
}

test('every Namespace has the root certificate, also after somebody took it away or changed it', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  const get = (namespace: string): ConfigMap => client.resource(configMaps).get('kube-root-ca.crt', namespace);
  expect(get('default').data).toEqual({ 'ca.crt': ROOT_CA });
  controlPlane.apply<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' }, spec: {} });
  client.resource(configMaps).delete('kube-root-ca.crt', 'kube-system');
  client.resource(configMaps).patch('kube-root-ca.crt', 'default', 'merge', { data: { 'ca.crt': 'forged' } });
  sim.runFor(100);
  for (const namespace of ['new', 'kube-system', 'default']) expect(get(namespace).data).toEqual({ 'ca.crt': ROOT_CA });
  client.resource(namespaces).delete('new');
  sim.runFor(10_000);
  expect(
    client
      .resource(namespaces)
      .list()
      .items.some(({ metadata }) => metadata.name === 'new'),
  ).toBe(false);
});

test('switched off by --controllers, it stays away', () => {
  const { client } = setUp(['*', '-root-ca-certificate-publisher-controller']);
  expect(() => client.resource(configMaps).get('kube-root-ca.crt', 'default')).toThrow('not found');
});

test('an aggregated ClusterRole has the rules of all that bear its label', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  const role = (name: string, labels: Record<string, string>, rest: Partial<ClusterRole>) =>
    controlPlane.apply<ClusterRole>({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels },
      ...rest,
    });
  const read = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
  role('monitoring', {}, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'monitoring' } }] } });
  role('b', { to: 'monitoring' }, { rules: [read('pods'), read('nodes')] });
  role('a', { to: 'monitoring' }, { rules: [read('nodes')] });
  role('c', { to: 'elsewhere' }, { rules: [read('secrets')] });
  sim.runFor(100);
  const rules = () => client.resource(clusterRoles).get('monitoring').rules;
  expect(rules()).toEqual([read('nodes'), read('pods')]);
  client.resource(clusterRoles).delete('b');
  sim.runFor(100);
  expect(rules()).toEqual([read('nodes')]);
});

test('a quota is counted, and what is deleted is given back', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<ResourceQuota>({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard: { pods: '2', 'requests.cpu': '2', 'count/configmaps': '5' } },
  });
  sim.runFor(100);
  const used = () => client.resource(resourceQuotas).get('q', 'default').status?.used;
  expect(used()).toEqual({ pods: '0', 'requests.cpu': '0', 'count/configmaps': '1' });
  const pod = (name: string): Pod =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '500m' } } }] },
    }) as unknown as Pod;
  controlPlane.apply<Pod>(pod('a'));
  controlPlane.apply<Pod>(pod('b'));
  expect(() => controlPlane.apply<Pod>(pod('c'))).toThrow('exceeded quota: q');
  expect(used()).toMatchObject({ pods: '2', 'requests.cpu': '1' });
  client.resource(pods).delete('a', 'default', { gracePeriodSeconds: 0 });
  sim.runFor(100);
  expect(used()).toMatchObject({ pods: '1', 'requests.cpu': '500m' });
  controlPlane.apply<Pod>(pod('c'));
});

test('a ReplicationController keeps its Pods as a ReplicaSet does', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<ReplicationController>({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old' },
    spec: {
      replicas: 2,
      selector: { app: 'x' },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  });
  sim.runFor(10_000);
  const get = () => client.resource(replicationControllers).get('old', 'default');
  expect(get().status).toMatchObject({ replicas: 2, readyReplicas: 2, availableReplicas: 2 });
  const [first] = controlPlane.pods();
  expect(first?.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicationController', name: 'old' }]);
  client.resource(pods).patch(first!.metadata.name, 'default', 'merge', { metadata: { labels: { app: 'released' } } });
  sim.runFor(10_000);
  expect(controlPlane.pods()).toHaveLength(3);
  expect(get().status).toMatchObject({ replicas: 2, readyReplicas: 2 });
  client.resource(replicationControllers).delete('old', 'default', { propagationPolicy: 'Foreground' });
  sim.runFor(10_000);
  expect(controlPlane.pods().map(({ metadata }) => metadata.name)).toEqual([first!.metadata.name]);
});

function tokenSecret(account: string): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': account } },
    type: 'kubernetes.io/service-account-token',
  } as unknown as Secret;
}

test('a Secret that asks for a token gets one, and goes with its ServiceAccount', () => {
  const controlPlane = setUp();
  const { client, sim, transport } = controlPlane;
  const metadata = { name: 'robot', namespace: 'default' };
  client.resource(serviceAccounts).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  controlPlane.apply<Secret>(tokenSecret('robot'));
  sim.runFor(100);
  const secret = client.resource(secrets).get('token', 'default');
  const { uid } = client.resource(serviceAccounts).get('robot', 'default').metadata;
  expect(secret.metadata.annotations).toMatchObject({ 'kubernetes.io/service-account.uid': uid });
  expect(atob(secret.data!['namespace']!)).toBe('default');
  expect(atob(secret.data!['ca.crt']!)).toBe(ROOT_CA);
  const authorization = `Bearer ${atob(secret.data!['token']!)}`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  expect(transport({ method: 'POST', path, headers: { authorization }, body })).toMatchObject({
    body: { status: { userInfo: { username: 'system:serviceaccount:default:robot' } } },
  });
  client.resource(serviceAccounts).delete('robot', 'default');
  sim.runFor(100);
  expect(() => client.resource(secrets).get('token', 'default')).toThrow('not found');
});

test('a Secret for an account that does not exist goes at once', () => {
  const controlPlane = setUp();
  controlPlane.apply<Secret>(tokenSecret('nobody'));
  controlPlane.sim.runFor(100);
  expect(() => controlPlane.client.resource(secrets).get('token', 'default')).toThrow('not found');
});
