import { expect, test } from 'vitest';
import type { ConfigMap, Deployment } from '../../api/kinds.ts';
import { configMaps, deployments, pods, replicaSets } from '../../api/resources.ts';
import type { DeleteOptions } from '../../client/client.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp() {
  const controlPlane = new ControlPlane('garbage');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['*', '-node-lifecycle-controller'] });
  controlPlane.startKubelets();
  sim.runFor(1_000);
  const exists = (name: string) =>
    client
      .resource(configMaps)
      .list({ namespace: 'default' })
      .items.some(({ metadata }) => metadata.name === name);
  const create = (name: string, owners: readonly ConfigMap[] = [], namespace = 'default') =>
    client.resource(configMaps).create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace,
        ownerReferences: owners.map(({ apiVersion, kind, metadata }) => {
          return { apiVersion, kind, name: metadata.name, uid: metadata.uid, blockOwnerDeletion: true };
        }),
      },
    });
  const remove = (name: string, propagationPolicy?: DeleteOptions['propagationPolicy']) =>
    client.resource(configMaps).delete(name, 'default', { propagationPolicy });
  return { controlPlane, sim, client, create, remove, exists };
}

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
};

test('deleting a Deployment takes its ReplicaSets and their Pods along', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply<Deployment>(web);
  sim.runFor(5_000);
  client.resource(deployments).delete('web', 'default');
  sim.runFor(5_000);
  expect(controlPlane.replicaSets()).toEqual([]);
  expect(controlPlane.pods()).toEqual([]);
});

test('in the foreground the owner waits, with a finalizer, until all is gone', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply<Deployment>(web);
  sim.runFor(5_000);
  const [pod] = controlPlane.pods();
  client
    .resource(pods)
    .patch(pod!.metadata.name, 'default', 'merge', { metadata: { finalizers: ['example.com/hold'] } });
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Foreground' });
  sim.runFor(5_000);
  expect(client.resource(deployments).get('web', 'default').metadata).toMatchObject({
    deletionTimestamp: expect.any(String),
    finalizers: ['foregroundDeletion'],
  });
  expect(controlPlane.replicaSets()).toHaveLength(1);
  client.resource(pods).patch(pod!.metadata.name, 'default', 'merge', { metadata: { finalizers: null } });
  sim.runFor(5_000);
  expect(client.resource(deployments).list({ namespace: 'default' }).items).toEqual([]);
  expect(controlPlane.replicaSets()).toEqual([]);
});

test('orphaned dependents stay, without their owner', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply<Deployment>(web);
  sim.runFor(5_000);
  const { metadata } = controlPlane.replicaSets()[0]!;
  client.resource(replicaSets).delete(metadata.name, 'default', { propagationPolicy: 'Orphan' });
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Orphan' });
  sim.runFor(5_000);
  expect(controlPlane.replicaSets()).toEqual([]);
  expect(controlPlane.pods()).toHaveLength(3);
  for (const pod of controlPlane.pods()) expect(pod.metadata.ownerReferences ?? []).toEqual([]);
});

test('an object with two owners goes with the second', () => {
  const { sim, create, remove, exists, client } = setUp();
  const [a, b] = [create('a'), create('b')];
  create('child', [a, b]);
  sim.runFor(1_000);
  remove('a');
  sim.runFor(1_000);
  expect(client.resource(configMaps).get('child', 'default').metadata.ownerReferences).toMatchObject([{ name: 'b' }]);
  remove('b');
  sim.runFor(1_000);
  expect(exists('child')).toBe(false);
});

test('an owner that never existed, or was created anew under its name, counts as gone', () => {
  const { sim, create, remove, exists } = setUp();
  const a = create('a');
  remove('a');
  create('a');
  create('child', [a]);
  sim.runFor(1_000);
  expect(exists('child')).toBe(false);
  expect(exists('a')).toBe(true);
});

test('a chain goes link by link', () => {
  const { sim, create, remove, exists } = setUp();
  let last = create('link-0');
  for (let i = 1; i < 5; i++) last = create(`link-${i}`, [last]);
  sim.runFor(1_000);
  remove('link-0', 'Foreground');
  sim.runFor(1_000);
  expect([0, 1, 2, 3, 4].filter((i) => exists(`link-${i}`))).toEqual([]);
});

test('an owner in another namespace is none: the dependent goes, and an event says why', () => {
  const { controlPlane, sim, create, exists } = setUp();
  const elsewhere = create('owner', [], 'kube-public');
  sim.runFor(1_000);
  create('child', [elsewhere]);
  sim.runFor(1_000);
  expect(exists('child')).toBe(false);
  expect(controlPlane.eventsOf('ConfigMap', 'child')).toEqual([
    `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: ${elsewhere.metadata.uid}] ` +
      'does not exist in namespace "default"',
  ]);
});

test('an owner of a kind that is not served keeps its dependents', () => {
  const { sim, client, exists } = setUp();
  const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'u-1' }];
  const metadata = { name: 'child', namespace: 'default', ownerReferences };
  client.resource(configMaps).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  sim.runFor(60_000);
  expect(exists('child')).toBe(true);
});
