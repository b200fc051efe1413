import { expect, test } from 'vitest';
import type { Deployment, Pod, ReplicationController } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { deployments, pods, replicaSets, replicationControllers } from '../../api/resources.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';

function setUp() {
  const controlPlane = new ControlPlane('garbage collection');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  controlPlane.startKubelets();
  sim.runFor(1_000);
  const owned = (name: string) =>
    controlPlane.pods().filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.name === name));
  return { controlPlane, sim, client, owned };
}

const template = {
  metadata: { labels: { app: 'gc' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.29' }] },
};

function controllerNamed(name: string, labels = { app: 'gc' }, replicas = 2): Manifest<ReplicationController> {
  const spec = { replicas, selector: labels, template: { ...template, metadata: { labels } } };
  return { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec };
}

const deployment: Manifest<Deployment> = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'gc' } }, template },
};

test('Garbage Collector, delete replication controller, propagation policy background', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply(controllerNamed('rc'));
  sim.runFor(5_000);
  expect(controlPlane.pods()).toHaveLength(2);
  client.resource(replicationControllers).delete('rc', 'default', { propagationPolicy: 'Background' });
  sim.runFor(10_000);
  expect(controlPlane.pods()).toEqual([]);
});

test('Garbage Collector, delete replication controller, propagation policy orphan', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply(controllerNamed('rc', { app: 'gc' }, 10));
  sim.runFor(5_000);
  client.resource(replicationControllers).delete('rc', 'default', { propagationPolicy: 'Orphan' });
  sim.runFor(60_000);
  expect(client.resource(replicationControllers).list({ namespace: 'default' }).items).toEqual([]);
  expect(controlPlane.pods()).toHaveLength(10);
});

test('Garbage Collector, delete deployment,  propagation policy background', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply(deployment);
  sim.runFor(5_000);
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Background' });
  sim.runFor(10_000);
  expect(client.resource(replicaSets).list({ namespace: 'default' }).items).toEqual([]);
  expect(controlPlane.pods()).toEqual([]);
});

test('Garbage Collector, delete deployment, propagation policy orphan', () => {
  const { controlPlane, sim, client } = setUp();
  controlPlane.apply(deployment);
  sim.runFor(5_000);
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Orphan' });
  sim.runFor(60_000);
  expect(client.resource(deployments).list({ namespace: 'default' }).items).toEqual([]);
  const [left] = client.resource(replicaSets).list({ namespace: 'default' }).items;
  expect(left!.metadata.ownerReferences ?? []).toEqual([]);
  expect(controlPlane.pods()).toHaveLength(2);
});

test('Garbage Collector, delete replication controller, after owned pods', () => {
  const { controlPlane, sim, client, owned } = setUp();
  controlPlane.apply(controllerNamed('rc'));
  sim.runFor(5_000);
  const held = owned('rc')[0]!.metadata.name;
  client.resource(pods).patch(held, 'default', 'merge', { metadata: { finalizers: ['example.com/hold'] } });
  const rc = client.resource(replicationControllers);
  rc.delete('rc', 'default', { propagationPolicy: 'Foreground' });
  sim.runFor(10_000);
  expect(rc.get('rc', 'default').metadata.deletionTimestamp).toBeDefined();
  client.resource(pods).patch(held, 'default', 'merge', { metadata: { finalizers: null } });
  sim.runFor(10_000);
  expect(rc.list({ namespace: 'default' }).items).toEqual([]);
  expect(controlPlane.pods()).toEqual([]);
});

test('Garbage Collector, multiple owners', () => {
  const { controlPlane, sim, client, owned } = setUp();
  controlPlane.apply(controllerNamed('to-be-deleted', { app: 'gone' }, 4));
  const staying = controlPlane.apply(controllerNamed('to-stay', { app: 'stays' }, 0));
  sim.runFor(5_000);
  const shared = owned('to-be-deleted').slice(0, 2);
  const { name, uid } = staying.metadata;
  const owner = { apiVersion: 'v1', kind: 'ReplicationController', name, uid };
  for (const { metadata } of shared) {
    const ownerReferences = [...metadata.ownerReferences!, owner];
    client.resource(pods).patch(metadata.name, 'default', 'merge', { metadata: { ownerReferences } });
  }
  sim.runFor(1_000);
  const rc = client.resource(replicationControllers);
  rc.delete('to-be-deleted', 'default', { propagationPolicy: 'Foreground' });
  sim.runFor(30_000);
  expect(rc.list({ namespace: 'default' }).items.map(({ metadata }) => metadata.name)).toEqual(['to-stay']);
  const left = controlPlane.pods();
  expect(left.map(({ metadata }) => metadata.name).sort()).toEqual(shared.map(({ metadata }) => metadata.name).sort());
  for (const { metadata } of left) {
    expect(metadata.deletionTimestamp).toBeUndefined();
    expect(metadata.ownerReferences).toEqual([owner]);
  }
});

test('Garbage Collector, dependency cycle', () => {
  const { controlPlane, sim, client } = setUp();
  const names = ['pod1', 'pod2', 'pod3'];
  const made = names.map((name) =>
    controlPlane.apply<Pod>({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: template.spec }),
  );
  made.forEach((_, index) => {
    const { name, uid } = made[(index + 2) % 3]!.metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true }];
    client.resource(pods).patch(names[index]!, 'default', 'merge', { metadata: { ownerReferences } });
  });
  sim.runFor(1_000);
  client.resource(pods).delete('pod1', 'default', { propagationPolicy: 'Foreground' });
  sim.runFor(90_000);
  expect(controlPlane.pods()).toEqual([]);
});
