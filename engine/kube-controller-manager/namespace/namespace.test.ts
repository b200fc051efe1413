import { expect, test } from 'vitest';
import type { Namespace, Pod } from '../../api/kinds.ts';
import { configMaps, namespaces, pods, serviceAccounts } from '../../api/resources.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp() {
  const controlPlane = new ControlPlane('namespace');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['*', '-node-lifecycle-controller'] });
  controlPlane.apply<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  sim.runFor(100);
  const exists = () => controlPlane.namespaces().some(({ metadata }) => metadata.name === 'shop');
  const condition = (type: string) =>
    client
      .resource(namespaces)
      .get('shop')
      .status?.conditions?.find((one) => one.type === type);
  return { controlPlane, sim, client, exists, condition };
}

test('every Namespace gets its default ServiceAccount, and gets it back', () => {
  const { sim, client } = setUp();
  const accounts = () => client.resource(serviceAccounts).list({ namespace: 'shop' }).items;
  expect(accounts().map(({ metadata }) => metadata.name)).toEqual(['default']);
  client.resource(serviceAccounts).delete('default', 'shop');
  sim.runFor(100);
  expect(accounts()).toHaveLength(1);
});

test('a deleted Namespace goes with everything in it', () => {
  const { sim, client, exists } = setUp();
  const metadata = { name: 'settings', namespace: 'shop' };
  client.resource(configMaps).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  client.resource(namespaces).delete('shop');
  expect(client.resource(namespaces).get('shop').status?.phase).toBe('Terminating');
  sim.runFor(10_000);
  expect(exists()).toBe(false);
  expect(client.resource(configMaps).list({ namespace: 'shop' }).items).toEqual([]);
});

test('it waits for Pods to end before it touches anything else', () => {
  const { controlPlane, sim, client, exists, condition } = setUp();
  const metadata = { name: 'settings', namespace: 'shop' };
  client.resource(configMaps).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  controlPlane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'c', image: 'nginx' }], nodeName: 'node-1', terminationGracePeriodSeconds: 30 },
  });
  client.resource(namespaces).delete('shop');
  sim.runFor(6_000);
  expect(client.resource(pods).get('web', 'shop').metadata.deletionTimestamp).toBeDefined();
  expect(client.resource(configMaps).get('settings', 'shop')).toBeDefined();
  expect(condition('NamespaceContentRemaining')).toMatchObject({
    status: 'True',
    reason: 'SomeResourcesRemain',
    message: 'Some resources are remaining: pods. has 1 resource instances',
  });
  expect(condition('NamespaceDeletionContentFailure')).toMatchObject({
    status: 'False',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  });
  client.resource(pods).delete('web', 'shop', { gracePeriodSeconds: 0 });
  sim.runFor(20_000);
  expect(exists()).toBe(false);
});

test('a finalizer on something inside holds it, and the conditions name it', () => {
  const { sim, client, exists, condition } = setUp();
  const metadata = { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] };
  client.resource(configMaps).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  client.resource(namespaces).delete('shop');
  sim.runFor(60_000);
  expect(exists()).toBe(true);
  expect(condition('NamespaceFinalizersRemaining')).toMatchObject({
    status: 'True',
    reason: 'SomeFinalizersRemain',
    message: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  });
  client.resource(configMaps).patch('held', 'shop', 'merge', { metadata: { finalizers: null } });
  sim.runFor(20_000);
  expect(exists()).toBe(false);
});
