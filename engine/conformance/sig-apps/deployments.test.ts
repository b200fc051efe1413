import { expect, test } from 'vitest';
import { type Any, AppsCluster, image, template, workload } from './apps-cluster.ts';

// Deployments, ReplicaSets and ReplicationControllers.

function started(kind: string, name: string, replicas: number, extra: object = {}): AppsCluster {
  const cluster = new AppsCluster(name);
  cluster.apply(kind, name, workload({ replicas, ...extra }), { labels: { app: 'conformance' } });
  cluster.untilReady(kind, name, replicas);
  return cluster;
}

function rolledOut(cluster: AppsCluster, name: string, replicas: number): void {
  cluster.until(`rollout of ${name}`, () => {
    const { metadata, status } = cluster.get('Deployment', name);
    return (
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === replicas &&
      status.replicas === replicas &&
      status.availableReplicas === replicas
    );
  });
}

test('Deployment RollingUpdate', () => {
  const cluster = new AppsCluster('rolling');
  cluster.apply('ReplicaSet', 'old', workload({ replicas: 1 }), { labels: { app: 'conformance' } });
  cluster.untilReady('ReplicaSet', 'old', 1);
  cluster.apply(
    'Deployment',
    'web',
    workload({ replicas: 1, template: template({ containers: [{ name: 'c', image: 'agnhost:2' }] }) }),
  );
  rolledOut(cluster, 'web', 1);
  const sizes = cluster.list('ReplicaSet').map(({ spec }: Any) => spec.replicas);
  expect(sizes.toSorted()).toEqual([0, 1]);
  expect(cluster.get('ReplicaSet', 'old').metadata.ownerReferences).toMatchObject([
    { kind: 'Deployment', name: 'web' },
  ]);
});

test('Deployment Recreate', () => {
  const cluster = started('Deployment', 'web', 2, { strategy: { type: 'Recreate' } });
  cluster.patch('Deployment', 'web', image('agnhost:2'));
  for (let i = 0; i < 100; i++) {
    cluster.sim.runFor(100);
    const running = cluster.pods().filter(({ status }) => status?.phase === 'Running');
    expect(new Set(running.map(({ spec }) => spec.containers[0]?.image)).size).toBeLessThanOrEqual(1);
  }
  rolledOut(cluster, 'web', 2);
});

test('Deployment RevisionHistoryLimit', () => {
  const cluster = started('Deployment', 'web', 1, { revisionHistoryLimit: 0 });
  cluster.patch('Deployment', 'web', image('agnhost:2'));
  rolledOut(cluster, 'web', 1);
  cluster.until('old ReplicaSets are gone', () => cluster.list('ReplicaSet').length === 1);
});

test('Deployment Rollover', () => {
  const cluster = started('Deployment', 'web', 3, { minReadySeconds: 5 });
  cluster.patch('Deployment', 'web', image('never:1'));
  cluster.sim.runFor(1_000);
  cluster.patch('Deployment', 'web', image('agnhost:3'));
  rolledOut(cluster, 'web', 3);
  const left = cluster.list('ReplicaSet').filter(({ spec }: Any) => spec.replicas > 0);
  expect(left).toHaveLength(1);
});

test('Deployment Proportional Scaling', () => {
  const strategy = { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  const cluster = started('Deployment', 'web', 10, { strategy });
  // A template whose Pods can never be scheduled: the rollout stands still.
  cluster.patch('Deployment', 'web', { spec: { template: { spec: { nodeSelector: { no: 'where' } } } } });
  cluster.sim.runFor(10_000);
  const sizes = () =>
    cluster
      .list('ReplicaSet')
      .map(({ spec }: Any) => spec.replicas)
      .toSorted((a: number, b: number) => b - a);
  expect(sizes()).toEqual([8, 5]);
  cluster.patch('Deployment', 'web', { spec: { replicas: 30 } });
  cluster.sim.runFor(10_000);
  expect(sizes()).toEqual([20, 13]);
});

test('Deployment, completes the scaling of a Deployment subresource', () => {
  const cluster = started('Deployment', 'web', 1);
  const scale = cluster.subresource('GET', 'Deployment', 'web', 'scale');
  expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 1 } });
  cluster.subresource('PUT', 'Deployment', 'web', 'scale', { ...scale, spec: { replicas: 2 } });
  cluster.untilReady('Deployment', 'web', 2);
  cluster.patch('Deployment', 'web', { spec: { replicas: 4 } }, 'scale');
  cluster.untilReady('Deployment', 'web', 4);
});

test('Deployment, completes the lifecycle of a Deployment', () => {
  const cluster = started('Deployment', 'web', 1);
  cluster.patch('Deployment', 'web', { metadata: { labels: { step: 'patched' } }, spec: { replicas: 2 } });
  cluster.untilReady('Deployment', 'web', 2);
  expect(cluster.list('Deployment', 'step=patched')).toHaveLength(1);
  cluster.patch('Deployment', 'web', { status: { readyReplicas: 0, availableReplicas: 0 } }, 'status');
  cluster.untilReady('Deployment', 'web', 2);
  cluster.deleteCollection('Deployment', 'step=patched');
  cluster.until('all is gone', () => cluster.list('Deployment').length + cluster.pods().length === 0);
});

test('Deployment, status sub-resource', () => {
  started('Deployment', 'web', 1).expectStatusSubresource('Deployment', 'web');
});

test('ReplicaSet, status sub-resource', () => {
  started('ReplicaSet', 'web', 1).expectStatusSubresource('ReplicaSet', 'web');
});

test('ReplicaSet, is created, Replaced and Patched', () => {
  const cluster = started('ReplicaSet', 'web', 1);
  cluster.patch('ReplicaSet', 'web', { spec: { replicas: 2 } });
  cluster.untilReady('ReplicaSet', 'web', 2);
  cluster.patch('ReplicaSet', 'web', { metadata: { labels: { step: 'patched' } }, ...image('agnhost:2') });
  const { metadata, spec } = cluster.get('ReplicaSet', 'web');
  expect(metadata.labels.step).toBe('patched');
  expect(spec.template.spec.containers[0].image).toBe('agnhost:2');
});

test('ReplicaSet, completes the scaling of a ReplicaSet subresource', () => {
  const cluster = started('ReplicaSet', 'web', 1);
  const scale = cluster.subresource('GET', 'ReplicaSet', 'web', 'scale');
  cluster.subresource('PUT', 'ReplicaSet', 'web', 'scale', { ...scale, spec: { replicas: 2 } });
  cluster.untilReady('ReplicaSet', 'web', 2);
});

test('ReplicaSet, list and delete a collection of ReplicaSets', () => {
  const cluster = started('ReplicaSet', 'web', 3);
  expect(cluster.list('ReplicaSet', 'app=conformance')).toHaveLength(1);
  cluster.deleteCollection('ReplicaSet', 'app=conformance');
  cluster.until('all is gone', () => cluster.list('ReplicaSet').length + cluster.pods().length === 0);
});

test('Replica Set, adopt matching pods and release non matching pods', () => {
  adoptAndRelease('ReplicaSet', workload({ replicas: 1 }));
});

function adoptAndRelease(kind: string, spec: object): void {
  const cluster = new AppsCluster('adoption');
  const podSpec = (template() as Any).spec;
  cluster.apply('Pod', 'orphan', podSpec, { labels: { app: 'conformance' } });
  cluster.apply(kind, 'web', spec);
  const controller = () =>
    cluster.get('Pod', 'orphan').metadata.ownerReferences?.find((owner: Any) => owner.controller);
  cluster.until('the orphan is adopted', () => controller()?.name === 'web');
  cluster.patch('Pod', 'orphan', { metadata: { labels: { app: 'released' } } });
  cluster.until('the Pod is released', () => controller() === undefined);
  cluster.until('another takes its place', () => cluster.pods().length === 2);
}

const controllerSpec = (replicas: number) => ({ replicas, selector: { app: 'conformance' }, template: template() });

function controllerOf(replicas: number): AppsCluster {
  const cluster = new AppsCluster('rc');
  cluster.apply('ReplicationController', 'web', controllerSpec(replicas), { labels: { app: 'conformance' } });
  cluster.untilReady('ReplicationController', 'web', replicas);
  return cluster;
}

test('Replication Controller, adopt matching pods', () => {
  adoptAndRelease('ReplicationController', controllerSpec(1));
});

test('Replication Controller, release pods', () => {
  const cluster = controllerOf(1);
  const { name } = cluster.pods()[0]!.metadata;
  cluster.patch('Pod', name, { metadata: { labels: { app: 'released' } } });
  cluster.until('the Pod is released', () => cluster.get('Pod', name).metadata.ownerReferences === undefined);
});

test('Replication Controller, get and update ReplicationController scale', () => {
  const cluster = controllerOf(1);
  const scale = cluster.subresource('GET', 'ReplicationController', 'web', 'scale');
  expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 1 } });
  cluster.subresource('PUT', 'ReplicationController', 'web', 'scale', { ...scale, spec: { replicas: 2 } });
  cluster.untilReady('ReplicationController', 'web', 2);
});

test('Replication Controller, lifecycle', () => {
  const cluster = controllerOf(1);
  cluster.patch('ReplicationController', 'web', { metadata: { labels: { step: 'patched' } } });
  cluster.patch('ReplicationController', 'web', { status: { readyReplicas: 0, availableReplicas: 0 } }, 'status');
  cluster.untilReady('ReplicationController', 'web', 1);
  cluster.patch('ReplicationController', 'web', { spec: { replicas: 2 } }, 'scale');
  cluster.untilReady('ReplicationController', 'web', 2);
  cluster.deleteCollection('ReplicationController', 'step=patched');
  cluster.until('all is gone', () => cluster.list('ReplicationController').length + cluster.pods().length === 0);
});

test('Replication Controller, check for issues like exceeding allocated quota', () => {
  const cluster = new AppsCluster('rc quota');
  cluster.apply('ResourceQuota', 'few', { hard: { pods: '2' } });
  cluster.sim.runFor(1_000);
  cluster.apply('ReplicationController', 'web', controllerSpec(3));
  const failure = () =>
    (cluster.get('ReplicationController', 'web').status.conditions ?? []).some(
      ({ type }: Any) => type === 'ReplicaFailure',
    );
  cluster.until('the failure is told', failure);
  cluster.patch('ReplicationController', 'web', { spec: { replicas: 2 } });
  cluster.until('the failure is over', () => !failure());
});
