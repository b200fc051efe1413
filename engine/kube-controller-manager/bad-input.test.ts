import { expect, test } from 'vitest';
import type {
  ConfigMap,
  CronJob,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ResourceQuota,
  Service,
} from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import {
  configMaps,
  cronJobs,
  deployments,
  endpointSlices,
  namespaces,
  podDisruptionBudgets,
  pods,
  replicaSets,
} from '../api/resources.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { readSchedule } from './cronjob/cron-times.ts';
import { startControllerManager } from './index.ts';
import { ControlPlane } from './testing/control-plane.ts';

// Whatever people ask for, the outcome is the real one, and no controller runs hot: a second of virtual time sees only
// so many writes.

/** What a control plane at rest writes: two nodes' heartbeats. */
const AT_REST_PER_SECOND = 1;

function setUp(): ControlPlane {
  const controlPlane = new ControlPlane('bad input');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, readSchedule });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets();
  sim.runFor(2_000);
  return controlPlane;
}

function writesPerSecond({ etcd, sim }: ControlPlane, seconds: number): number {
  const before = etcd.revision;
  sim.runFor(seconds * 1_000);
  return (etcd.revision - before) / seconds;
}

function workload<T extends KubeObject>(kind: string, name: string, spec: object = {}, namespace = 'default'): T {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  } as unknown as T;
}

test('ReplicaSets with one selector leave each other’s Pods alone, and an orphan goes to one of them', () => {
  const controlPlane = setUp();
  controlPlane.apply<ReplicaSet>(workload<ReplicaSet>('ReplicaSet', 'a'));
  controlPlane.apply<ReplicaSet>(workload<ReplicaSet>('ReplicaSet', 'b'));
  controlPlane.sim.runFor(10_000);
  controlPlane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orphan', labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  controlPlane.sim.runFor(10_000);
  const owners = controlPlane.pods().map(({ metadata }) => metadata.ownerReferences?.[0]?.name);
  expect(owners.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('Deployments with one selector and one template live side by side', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'a'));
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'b'));
  controlPlane.sim.runFor(15_000);
  for (const name of ['a', 'b']) expect(controlPlane.deployment(name).status).toMatchObject({ readyReplicas: 2 });
  expect(controlPlane.pods()).toHaveLength(4);
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('a selector that also matches a Deployment’s own older Pods’ labels takes none over from it', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'web'));
  controlPlane.sim.runFor(10_000);
  const all = { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, replicas: 1 };
  controlPlane.apply<ReplicaSet>(workload<ReplicaSet>('ReplicaSet', 'greedy', all));
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.deployment().status).toMatchObject({ replicas: 2, readyReplicas: 2 });
  expect(controlPlane.pods()).toHaveLength(3);
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('a selector that does not match the template is refused, and one that matches nothing is at rest', () => {
  const controlPlane = setUp();
  const selector = { matchLabels: { app: 'y' } };
  expect(() => controlPlane.apply<ReplicaSet>(workload<ReplicaSet>('ReplicaSet', 'blind', { selector }))).toThrow(
    '`selector` does not match template `labels`',
  );
  controlPlane.apply<Service>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'nobody' },
    spec: { selector: { app: 'y' }, ports: [{ port: 80 }] },
  } as unknown as Service);
  controlPlane.apply<PodDisruptionBudget>({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'nobody' },
    spec: { minAvailable: 1, selector },
  } as unknown as PodDisruptionBudget);
  controlPlane.sim.runFor(10_000);
  const { items } = controlPlane.client.resource(endpointSlices).list({ namespace: 'default' });
  expect(items.map(({ endpoints }) => endpoints)).toEqual([[]]);
  const { status } = controlPlane.client.resource(podDisruptionBudgets).get('nobody', 'default');
  expect(status).toMatchObject({ expectedPods: 0, currentHealthy: 0, disruptionsAllowed: 0 });
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('two controllers that each want another size write only as often as they look', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'web', { replicas: 1 }));
  for (const [name, minReplicas, maxReplicas] of [
    ['few', 1, 2],
    ['many', 4, 6],
  ] as const) {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    controlPlane.apply<HorizontalPodAutoscaler>({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: { scaleTargetRef, minReplicas, maxReplicas },
    } as unknown as HorizontalPodAutoscaler);
  }
  controlPlane.sim.runFor(60_000);
  const rescales = () =>
    controlPlane.eventsOf('HorizontalPodAutoscaler').filter((event) => event.startsWith('SuccessfulRescale'));
  expect(new Set(rescales())).toEqual(
    new Set([
      'SuccessfulRescale: New size: 2; reason: Current number of replicas above Spec.MaxReplicas',
      'SuccessfulRescale: New size: 4; reason: Current number of replicas below Spec.MinReplicas',
    ]),
  );
  // Each looks every 15 seconds, and what it does makes and ends two Pods.
  expect(writesPerSecond(controlPlane, 120)).toBeLessThanOrEqual(10);
});

test('no replicas are no trouble', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'web', { replicas: 0 }));
  controlPlane.sim.runFor(5_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(controlPlane.deployment().status?.conditions?.find(({ type }) => type === 'Available')?.status).toBe('True');
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('two thousand million replicas against a quota: what fits is made, the rest is asked for less and less often', () => {
  const controlPlane = setUp();
  controlPlane.apply<ResourceQuota>({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few' },
    spec: { hard: { pods: '5' } },
  });
  controlPlane.sim.runFor(500);
  controlPlane.apply<ReplicaSet>(workload<ReplicaSet>('ReplicaSet', 'huge', { replicas: 2_147_483_647 }));
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(4);
  expect(controlPlane.pods()).toHaveLength(5);
  const [replicaSet] = controlPlane.replicaSets();
  expect(replicaSet?.status?.conditions).toMatchObject([{ type: 'ReplicaFailure', reason: 'FailedCreate' }]);
  expect(writesPerSecond(controlPlane, 300)).toBeLessThanOrEqual(2);
});

function configMap(name: string, owners: readonly KubeObject[] = []): ConfigMap {
  const ownerReferences = owners.map(({ metadata }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: metadata.name,
    uid: metadata.uid,
    blockOwnerDeletion: true,
  }));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences } } as unknown as ConfigMap;
}

test.each(['Background', 'Foreground', 'Orphan'] as const)('objects that own each other in a circle: %s', (policy) => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  const a = controlPlane.apply<ConfigMap>(configMap('a'));
  const b = controlPlane.apply<ConfigMap>(configMap('b', [a]));
  const { ownerReferences } = configMap('a', [b]).metadata;
  client.resource(configMaps).patch('a', 'default', 'merge', { metadata: { ownerReferences } });
  sim.runFor(5_000);
  const names = () =>
    client
      .resource(configMaps)
      .list({ namespace: 'default' })
      .items.map(({ metadata }) => metadata.name)
      .filter((name) => name.length === 1);
  expect(names()).toEqual(['a', 'b']);
  expect(writesPerSecond(controlPlane, 30)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
  client.resource(configMaps).delete('a', 'default', { propagationPolicy: policy });
  sim.runFor(10_000);
  expect(names()).toEqual(policy === 'Orphan' ? ['b'] : []);
  expect(writesPerSecond(controlPlane, 30)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test.each([
  ['a schedule', { schedule: '61 * * * *' }, 'UnparseableSchedule'],
  ['a time zone', { timeZone: 'Mars/Olympus' }, 'UnknownTimeZone'],
])('%s that makes no sense, though it is stored, is told of and starts nothing', (_, spec, reason) => {
  const controlPlane = setUp();
  const { client, etcd, sim } = controlPlane;
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } };
  const valid = controlPlane.apply<CronJob>({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cj' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  } as unknown as CronJob);
  etcd.put('/registry/cronjobs/default/cj', { ...valid, spec: { ...valid.spec, ...spec } });
  expect(client.resource(cronJobs).get('cj', 'default').spec).toMatchObject(spec);
  expect(writesPerSecond(controlPlane, 180)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
  expect(controlPlane.eventsOf('CronJob').some((event) => event.startsWith(`${reason}: `))).toBe(true);
  expect(controlPlane.pods()).toEqual([]);
  client.resource(cronJobs).patch('cj', 'default', 'merge', { spec: { schedule: '* * * * *', timeZone: null } });
  sim.runFor(70_000);
  expect(controlPlane.pods()).not.toEqual([]);
});

test('percentages that round to nothing still let a rollout move', () => {
  const controlPlane = setUp();
  const rollingUpdate = { maxSurge: 0, maxUnavailable: '10%' };
  controlPlane.apply<Deployment>(workload<Deployment>('Deployment', 'web', { strategy: { rollingUpdate } }));
  controlPlane.sim.runFor(10_000);
  const template = { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } };
  controlPlane.patch('Deployment', 'web', { spec: { template } });
  expect(writesPerSecond(controlPlane, 20)).toBeLessThanOrEqual(4);
  expect(controlPlane.deployment().status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2 });
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});

test('a Namespace deleted in the middle of a rollout goes, and nobody complains', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' }, spec: {} });
  sim.runFor(500);
  client.resource(deployments).create(workload<Deployment>('Deployment', 'web', { replicas: 5 }, 'short'));
  sim.runFor(5_000);
  const template = { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } };
  client.resource(deployments).patch('web', 'short', 'strategic-merge', { spec: { template } });
  sim.runFor(100);
  client.resource(namespaces).delete('short');
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(4);
  expect(
    client
      .resource(namespaces)
      .list()
      .items.map(({ metadata }) => metadata.name),
  ).not.toContain('short');
  expect(client.resource(pods).list({ namespace: 'short' }).items).toEqual([]);
  expect(client.resource(replicaSets).list({ namespace: 'short' }).items).toEqual([]);
  expect(controlPlane.eventsOf('ReplicaSet').filter((event) => event.startsWith('FailedCreate'))).toEqual([]);
  expect(writesPerSecond(controlPlane, 60)).toBeLessThanOrEqual(AT_REST_PER_SECOND);
});
