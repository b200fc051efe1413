import { expect, test } from 'vitest';
import type { Deployment, Pod } from '../../api/kinds.ts';
import { deployments, replicaSets } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp(options: { readonly isHealthy?: (pod: Pod) => boolean } = {}) {
  const controlPlane = new ControlPlane('deployment');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['*', '-node-lifecycle-controller'] });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2', 'node-3']) controlPlane.createNode(name);
  controlPlane.startKubelets(options);
  sim.runFor(1_000);
  return controlPlane;
}

function web(spec: Partial<Deployment['spec']> = {}, image = 'nginx:1.26') {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  };
}

function setImage({ client }: ControlPlane, image: string): void {
  const spec = { template: { spec: { containers: [{ name: 'c', image }] } } };
  client.resource(deployments).patch('web', 'default', 'strategic-merge', { spec });
}

function scale({ client }: ControlPlane, replicas: number): void {
  client.resource(deployments).patch('web', 'default', 'merge', { spec: { replicas } });
}

/** `revision: replicas`, for each ReplicaSet. */
function sizes(controlPlane: ControlPlane): string[] {
  return controlPlane
    .replicaSets()
    .map(({ metadata, spec }) => `${metadata.annotations?.['deployment.kubernetes.io/revision']}: ${spec.replicas}`)
    .sort();
}

function conditions(controlPlane: ControlPlane): string[] {
  return (controlPlane.deployment().status?.conditions ?? [])
    .map(({ type, status, reason }) => `${type}=${status} ${reason}`)
    .sort();
}

test('a Deployment makes a ReplicaSet named after its template, which makes the Pods', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web());
  controlPlane.sim.runFor(10_000);

  const [replicaSet] = controlPlane.replicaSets();
  const hash = replicaSet!.metadata.labels!['pod-template-hash']!;
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{8,10}$/);
  expect(replicaSet).toMatchObject({
    metadata: {
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        'deployment.kubernetes.io/revision': '1',
        'deployment.kubernetes.io/desired-replicas': '3',
        'deployment.kubernetes.io/max-replicas': '4',
      },
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    status: { replicas: 3, readyReplicas: 3, availableReplicas: 3, fullyLabeledReplicas: 3, terminatingReplicas: 0 },
  });
  for (const pod of controlPlane.pods()) {
    expect(pod.metadata.name).toMatch(new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
    expect(pod.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash });
  }
  const deployment = controlPlane.deployment();
  expect(deployment.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(deployment.metadata.generation).toBe(1);
  expect(deployment.status).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    conditions: [
      { type: 'Available', message: 'Deployment has minimum availability.' },
      { type: 'Progressing', message: `ReplicaSet "web-${hash}" has successfully progressed.` },
    ],
  });
  expect(deployment.status).not.toHaveProperty('unavailableReplicas');
  expect(conditions(controlPlane)).toEqual([
    'Available=True MinimumReplicasAvailable',
    'Progressing=True NewReplicaSetAvailable',
  ]);
  expect(controlPlane.eventsOf('Deployment')).toEqual([
    `ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`,
  ]);
  expect(controlPlane.eventsOf('ReplicaSet').sort()).toEqual(
    controlPlane
      .pods()
      .map(({ metadata }) => `SuccessfulCreate: Created pod: ${metadata.name}`)
      .sort(),
  );
});

test('a new image rolls out step by step and never below what must be available', () => {
  const controlPlane = setUp();
  const { sim } = controlPlane;
  controlPlane.apply<Deployment>(web({ replicas: 10 }));
  sim.runFor(10_000);
  setImage(controlPlane, 'nginx:1.27');
  let lowest = 10;
  let highest = 0;
  const finished = sim.runUntil(() => {
    const active = controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const ready = active.filter(({ status }) =>
      status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    lowest = Math.min(lowest, ready.length);
    highest = Math.max(highest, active.length);
    const { status } = controlPlane.deployment();
    return status?.observedGeneration === 2 && status.updatedReplicas === 10 && active.length === 10;
  }, 60_000);
  expect(finished).toBe(true);
  expect(lowest).toBe(8);
  expect(highest).toBe(13);
  sim.runFor(5_000);
  expect(sizes(controlPlane)).toEqual(['1: 0', '2: 10']);
  const [oldName, newName] = ['1.26', '1.27'].map(
    (version) =>
      controlPlane.replicaSets().find(({ spec }) => spec.template?.spec?.containers[0]?.image === `nginx:${version}`)!
        .metadata.name,
  );
  expect(controlPlane.eventsOf('Deployment').slice(0, 4)).toEqual([
    `ScalingReplicaSet: Scaled up replica set ${oldName} from 0 to 10`,
    `ScalingReplicaSet: Scaled up replica set ${newName} from 0 to 3`,
    `ScalingReplicaSet: Scaled down replica set ${oldName} from 10 to 8`,
    `ScalingReplicaSet: Scaled up replica set ${newName} from 3 to 5`,
  ]);
});

test('going back to an old template uses its ReplicaSet again, under a new number', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web());
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:1.27');
  controlPlane.sim.runFor(20_000);
  setImage(controlPlane, 'nginx:1.26');
  controlPlane.sim.runFor(20_000);
  expect(sizes(controlPlane)).toEqual(['2: 0', '3: 3']);
  const current = controlPlane.replicaSets().find(({ spec }) => spec.replicas === 3);
  expect(current?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  expect(controlPlane.deployment().metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '3' });
});

test('revisionHistoryLimit keeps that many old ReplicaSets', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web({ revisionHistoryLimit: 1 }));
  for (const version of ['1.27', '1.28', '1.29']) {
    controlPlane.sim.runFor(20_000);
    setImage(controlPlane, `nginx:${version}`);
  }
  controlPlane.sim.runFor(30_000);
  expect(sizes(controlPlane)).toEqual(['3: 0', '4: 3']);
});

test('a rollout that gets stuck leaves the old Pods serving, and says so after the deadline', () => {
  const controlPlane = setUp({ isHealthy: (pod) => pod.spec.containers[0]?.image !== 'nginx:broken' });
  controlPlane.apply<Deployment>(web({ progressDeadlineSeconds: 60 }));
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:broken');
  controlPlane.sim.runFor(50_000);
  expect(sizes(controlPlane)).toEqual(['1: 3', '2: 1']);
  expect(conditions(controlPlane)).toContain('Progressing=True ReplicaSetUpdated');
  controlPlane.sim.runFor(15_000);
  expect(conditions(controlPlane)).toEqual([
    'Available=True MinimumReplicasAvailable',
    'Progressing=False ProgressDeadlineExceeded',
  ]);
  expect(controlPlane.deployment().status).toMatchObject({ unavailableReplicas: 1, updatedReplicas: 1, replicas: 4 });
});

test('Recreate takes all old Pods away before it makes new ones', () => {
  const controlPlane = setUp();
  const { sim } = controlPlane;
  controlPlane.apply<Deployment>(web({ strategy: { type: 'Recreate' } }));
  sim.runFor(10_000);
  setImage(controlPlane, 'nginx:1.27');
  const images = () => new Set(controlPlane.pods().map(({ spec }) => spec.containers[0]?.image));
  const wasMixed = sim.runUntil(() => images().size > 1, 30_000);
  expect(wasMixed).toBe(false);
  expect([...images()]).toEqual(['nginx:1.27']);
  expect(sizes(controlPlane)).toEqual(['1: 0', '2: 3']);
});

test('a paused Deployment can be changed and scaled without rolling out', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<Deployment>(web());
  sim.runFor(10_000);
  const pause = (paused: boolean) =>
    client.resource(deployments).patch('web', 'default', 'merge', { spec: { paused } });
  pause(true);
  setImage(controlPlane, 'nginx:1.27');
  scale(controlPlane, 5);
  sim.runFor(10_000);
  expect(sizes(controlPlane)).toEqual(['1: 5']);
  expect(conditions(controlPlane)).toContain('Progressing=Unknown DeploymentPaused');
  pause(false);
  sim.runFor(30_000);
  expect(sizes(controlPlane)).toEqual(['1: 0', '2: 5']);
  expect(conditions(controlPlane)).toContain('Progressing=True NewReplicaSetAvailable');
});

test('minReadySeconds makes a Pod count only after it has been ready for so long', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web({ minReadySeconds: 30 }));
  controlPlane.sim.runFor(20_000);
  expect(controlPlane.deployment().status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 });
  controlPlane.sim.runFor(20_000);
  expect(controlPlane.deployment().status).toMatchObject({ availableReplicas: 3 });
});

test('scaling in the middle of a rollout keeps the proportion', () => {
  const controlPlane = setUp({ isHealthy: (pod) => pod.spec.containers[0]?.image !== 'nginx:broken' });
  const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
  controlPlane.apply<Deployment>(web({ replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate } }));
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:broken');
  controlPlane.sim.runFor(10_000);
  expect(sizes(controlPlane)).toEqual(['1: 8', '2: 5']);
  scale(controlPlane, 15);
  controlPlane.sim.runFor(10_000);
  expect(sizes(controlPlane)).toEqual(['1: 11', '2: 7']);
});

test('a name that another ReplicaSet has taken is a collision: the next hash is used', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<Deployment>(web());
  sim.runFor(10_000);
  const { metadata } = controlPlane.replicaSets()[0]!;
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Orphan' });
  sim.runFor(5_000);
  client.resource(replicaSets).patch(metadata.name, 'default', 'merge', { metadata: { labels: { app: 'other' } } });
  controlPlane.apply<Deployment>(web());
  sim.runFor(10_000);
  expect(controlPlane.deployment().status).toMatchObject({ collisionCount: 1, availableReplicas: 3 });
});

test('a Deployment created again adopts the ReplicaSet that was left behind', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<Deployment>(web());
  sim.runFor(10_000);
  const before = controlPlane.pods().map(({ metadata }) => metadata.uid);
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Orphan' });
  sim.runFor(5_000);
  expect(controlPlane.replicaSets()[0]?.metadata.ownerReferences ?? []).toEqual([]);
  controlPlane.apply<Deployment>(web());
  sim.runFor(10_000);
  expect(controlPlane.replicaSets()).toHaveLength(1);
  expect(controlPlane.replicaSets()[0]?.metadata.ownerReferences).toMatchObject([{ name: 'web', controller: true }]);
  expect(controlPlane.pods().map(({ metadata }) => metadata.uid)).toEqual(before);
});

test('nothing is written again before the cache shows it: no write is refused', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web());
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:1.27');
  controlPlane.sim.runFor(20_000);
  scale(controlPlane, 5);
  controlPlane.sim.runFor(10_000);
  expect(sizes(controlPlane)).toEqual(['1: 0', '2: 5']);
  expect(controlPlane.deployment().status).toMatchObject({ observedGeneration: 3, readyReplicas: 5 });
  expect(controlPlane.refusals('deployment-controller')).toEqual([]);
});

test('one that is made again under its name does not wait for news of the one before', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<Deployment>(web());
  sim.runUntil(() => controlPlane.replicaSets().length > 0, 1_000);
  client.resource(deployments).delete('web', 'default', { propagationPolicy: 'Background' });
  controlPlane.apply<Deployment>(web({ replicas: 2 }));
  sim.runFor(20_000);
  expect(controlPlane.deployment().status?.readyReplicas).toBe(2);
});
