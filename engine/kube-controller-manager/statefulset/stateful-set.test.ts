import { expect, test } from 'vitest';
import type { Pod, StatefulSet } from '../../api/kinds.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp(options: Parameters<ControlPlane['startKubelets']>[0] = {}, features?: string) {
  const controlPlane = new ControlPlane('statefulset', undefined, features);
  const { sim, transport, featureGates } = controlPlane;
  startControllerManager({ sim, transport, featureGates, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets(options);
  sim.runFor(1_000);
  return controlPlane;
}

function statefulSet(spec: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      serviceName: 'nginx',
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
      ...spec,
    },
  } as unknown as StatefulSet;
}

function get({ client }: ControlPlane): StatefulSet {
  return client.resource(statefulSets).get('web', 'default');
}

function patch({ client }: ControlPlane, spec: object): void {
  client.resource(statefulSets).patch('web', 'default', 'strategic-merge', { spec });
}

function setImage(controlPlane: ControlPlane, image: string): void {
  patch(controlPlane, { template: { spec: { containers: [{ name: 'c', image }] } } });
}

function names(controlPlane: ControlPlane): string[] {
  return controlPlane.pods().map(({ metadata }) => metadata.name);
}

function images(controlPlane: ControlPlane): string[] {
  return controlPlane.pods().map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.image}`);
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

test('Pods come one after another, each when the one before is ready', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  for (let i = 0; i < 100; i++) {
    controlPlane.sim.runFor(100);
    const unready = controlPlane.pods().filter((pod) => !isReady(pod));
    expect(unready.length).toBeLessThanOrEqual(1);
  }
  expect(names(controlPlane)).toEqual(['web-0', 'web-1', 'web-2']);
  const { status } = get(controlPlane);
  expect(status).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    collisionCount: 0,
  });
  expect(status?.currentRevision).toMatch(/^web-[a-z0-9]+$/);
  expect(status?.updateRevision).toBe(status?.currentRevision);
  expect(controlPlane.eventsOf('StatefulSet')).toEqual([
    'SuccessfulCreate: create Pod web-0 in StatefulSet web successful',
    'SuccessfulCreate: create Pod web-1 in StatefulSet web successful',
    'SuccessfulCreate: create Pod web-2 in StatefulSet web successful',
  ]);
});

test('nothing is written again before the cache shows it: no write is refused', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:2');
  controlPlane.sim.runFor(20_000);
  patch(controlPlane, { replicas: 5 });
  controlPlane.sim.runFor(10_000);
  expect(images(controlPlane)).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4'].map((name) => `${name} nginx:2`));
  expect(controlPlane.refusals('statefulset-controller')).toEqual([]);
});

test('one that is made again under its name does not wait for news of the one before', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<StatefulSet>(statefulSet({ podManagementPolicy: 'Parallel' }));
  sim.runUntil(() => names(controlPlane).length > 0, 1_000);
  client.resource(statefulSets).delete('web', 'default', { propagationPolicy: 'Background' });
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 2 }));
  sim.runFor(60_000);
  expect(names(controlPlane)).toEqual(['web-0', 'web-1']);
  expect(get(controlPlane).status?.readyReplicas).toBe(2);
});

test('a Pod has its identity from its ordinal, and its successor the same', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(15_000);
  const client = controlPlane.client.resource(pods);
  const before = client.get('web-1', 'default');
  expect(before.spec).toMatchObject({ hostname: 'web-1', subdomain: 'nginx' });
  expect(before.metadata.labels).toEqual({
    app: 'x',
    'apps.kubernetes.io/pod-index': '1',
    'controller-revision-hash': get(controlPlane).status?.currentRevision,
    'statefulset.kubernetes.io/pod-name': 'web-1',
  });
  client.delete('web-1', 'default');
  controlPlane.sim.runFor(5_000);
  const after = client.get('web-1', 'default');
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
  expect(after.metadata.labels).toEqual(before.metadata.labels);
});

test('a Pod that does not get ready holds up those after it', () => {
  const controlPlane = setUp({ isHealthy: ({ metadata }) => metadata.name !== 'web-1' });
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(30_000);
  expect(names(controlPlane)).toEqual(['web-0', 'web-1']);
});

test('Parallel does not wait', () => {
  const controlPlane = setUp({ isHealthy: () => false });
  controlPlane.apply<StatefulSet>(statefulSet({ podManagementPolicy: 'Parallel', ordinals: { start: 5 } }));
  controlPlane.sim.runFor(1_000);
  expect(names(controlPlane)).toEqual(['web-5', 'web-6', 'web-7']);
});

test('scaling down goes from the highest, one at a time', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(15_000);
  patch(controlPlane, { replicas: 1 });
  for (let i = 0; i < 100; i++) {
    controlPlane.sim.runFor(100);
    const going = controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect(going.length).toBeLessThanOrEqual(1);
  }
  expect(names(controlPlane)).toEqual(['web-0']);
  expect(controlPlane.eventsOf('StatefulSet').slice(3)).toEqual([
    'SuccessfulDelete: delete Pod web-2 in StatefulSet web successful',
    'SuccessfulDelete: delete Pod web-1 in StatefulSet web successful',
  ]);
});

test('a rolling update goes from the highest down, one at a time', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(15_000);
  const before = get(controlPlane).status!.currentRevision;
  setImage(controlPlane, 'nginx:2');
  let fewest = 3;
  for (let i = 0; i < 200; i++) {
    controlPlane.sim.runFor(100);
    const ready = controlPlane.pods().filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp);
    fewest = Math.min(fewest, ready.length);
  }
  expect(fewest).toBe(2);
  expect(images(controlPlane)).toEqual(['web-0 nginx:2', 'web-1 nginx:2', 'web-2 nginx:2']);
  const deleted = controlPlane.eventsOf('StatefulSet').filter((event) => event.startsWith('SuccessfulDelete'));
  expect(deleted.map((event) => event.match(/web-\d/)![0])).toEqual(['web-2', 'web-1', 'web-0']);
  const { status } = get(controlPlane);
  expect(status?.currentRevision).not.toBe(before);
  expect(status).toMatchObject({ currentRevision: status?.updateRevision, currentReplicas: 3, updatedReplicas: 3 });
});

test('a canary by partition: below it Pods stay, even when they are made anew', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet({ updateStrategy: { rollingUpdate: { partition: 2 } } }));
  controlPlane.sim.runFor(15_000);
  setImage(controlPlane, 'nginx:2');
  controlPlane.sim.runFor(20_000);
  expect(images(controlPlane)).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:2']);
  expect(get(controlPlane).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  for (const name of ['web-0', 'web-2']) controlPlane.client.resource(pods).delete(name, 'default');
  controlPlane.sim.runFor(10_000);
  expect(images(controlPlane)).toEqual(['web-0 nginx:1', 'web-1 nginx:1', 'web-2 nginx:2']);
  patch(controlPlane, { updateStrategy: { rollingUpdate: { partition: 0 } } });
  controlPlane.sim.runFor(20_000);
  expect(images(controlPlane)).toEqual(['web-0 nginx:2', 'web-1 nginx:2', 'web-2 nginx:2']);
});

test('a partition counts from the first ordinal', () => {
  const controlPlane = setUp();
  const canary = { updateStrategy: { rollingUpdate: { partition: 2 } }, ordinals: { start: 5 } };
  controlPlane.apply<StatefulSet>(statefulSet(canary));
  controlPlane.sim.runFor(15_000);
  setImage(controlPlane, 'nginx:2');
  controlPlane.sim.runFor(20_000);
  expect(images(controlPlane)).toEqual(['web-5 nginx:1', 'web-6 nginx:1', 'web-7 nginx:2']);
  controlPlane.client.resource(pods).delete('web-6', 'default');
  controlPlane.sim.runFor(10_000);
  expect(images(controlPlane)).toEqual(['web-5 nginx:1', 'web-6 nginx:1', 'web-7 nginx:2']);
});

/** The fewest Pods that are ready while an update takes place. */
function fewestDuringUpdate(controlPlane: ControlPlane): number {
  setImage(controlPlane, 'nginx:2');
  let fewest = controlPlane.pods().length;
  for (let i = 0; i < 300; i++) {
    controlPlane.sim.runFor(100);
    fewest = Math.min(fewest, controlPlane.pods().filter(isReady).length);
  }
  return fewest;
}

// 1.36 has the gate off (https://github.com/kubernetes/kubernetes/pull/137904): the field comes to nothing, even where it is none.
test.each([2, '50%', 0])(
  'maxUnavailable of %s is dropped without its feature gate, and Pods are replaced one by one',
  (maxUnavailable) => {
    const controlPlane = setUp();
    controlPlane.apply<StatefulSet>(
      statefulSet({ replicas: 4, updateStrategy: { rollingUpdate: { maxUnavailable } } }),
    );
    expect(get(controlPlane).spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
    controlPlane.sim.runFor(20_000);
    expect(fewestDuringUpdate(controlPlane)).toBe(3);
  },
);

test('with its feature gate maxUnavailable counts, in percent rounded down, to one at least', () => {
  for (const [maxUnavailable, fewest] of [
    ['50%', 2],
    ['20%', 3],
    [3, 1],
  ] as const) {
    const strategy = { podManagementPolicy: 'Parallel', updateStrategy: { rollingUpdate: { maxUnavailable } } };
    const controlPlane = setUp({}, 'MaxUnavailableStatefulSet=true');
    controlPlane.apply<StatefulSet>(statefulSet({ replicas: 4, ...strategy }));
    controlPlane.sim.runFor(20_000);
    expect(fewestDuringUpdate(controlPlane)).toBe(fewest);
    expect(images(controlPlane).every((image) => image.endsWith('nginx:2'))).toBe(true);
  }
});

test('OnDelete waits for the hand that deletes', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 2, updateStrategy: { type: 'OnDelete' } }));
  controlPlane.sim.runFor(10_000);
  setImage(controlPlane, 'nginx:2');
  controlPlane.sim.runFor(10_000);
  expect(images(controlPlane)).toEqual(['web-0 nginx:1', 'web-1 nginx:1']);
  controlPlane.client.resource(pods).delete('web-0', 'default');
  controlPlane.sim.runFor(10_000);
  expect(images(controlPlane)).toEqual(['web-0 nginx:2', 'web-1 nginx:1']);
});

test('minReadySeconds holds up the next', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 2, minReadySeconds: 30 }));
  controlPlane.sim.runFor(20_000);
  expect(names(controlPlane)).toEqual(['web-0']);
  controlPlane.sim.runFor(20_000);
  expect(names(controlPlane)).toEqual(['web-0', 'web-1']);
});

test('a Pod that failed is made anew under its name', () => {
  let hasFailed = false;
  const controlPlane = setUp({
    end: ({ metadata }) => {
      if (hasFailed || metadata.name !== 'web-0') return undefined;
      hasFailed = true;
      return 'Failed';
    },
  });
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 1 }));
  controlPlane.sim.runFor(20_000);
  // Since 1.29 nothing is said of it apart from what is done.
  expect(controlPlane.eventsOf('StatefulSet')).toEqual([
    'SuccessfulDelete: delete Pod web-0 in StatefulSet web successful',
    'SuccessfulCreate: create Pod web-0 in StatefulSet web successful',
  ]);
  expect(controlPlane.pods().map(isReady)).toEqual([true]);
});

const claimTemplates = [
  {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
];

test('each ordinal has its claim, which outlives the Pod', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 1, volumeClaimTemplates: claimTemplates }));
  controlPlane.sim.runFor(5_000);
  const [first] = controlPlane.eventsOf('StatefulSet');
  expect(first).toBe('SuccessfulCreate: create Claim data-web-0 Pod web-0 in StatefulSet web success');
  const list = () => controlPlane.client.resource(persistentVolumeClaims).list({ namespace: 'default' }).items;
  expect(list().map(({ metadata }) => metadata.name)).toEqual(['data-web-0']);
  expect(controlPlane.pods()[0]?.spec.volumes?.[0]).toEqual({
    name: 'data',
    persistentVolumeClaim: { claimName: 'data-web-0' },
  });
  patch(controlPlane, { replicas: 0 });
  controlPlane.sim.runFor(5_000);
  expect(list()).toHaveLength(1);
});

test('a huge number of replicas is no burden', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet({ replicas: 2_000_000_000 }));
  controlPlane.sim.runFor(5_000);
  expect(names(controlPlane).length).toBeLessThan(10);
});

test('what is at rest is left alone; deleted it takes Pods and revisions along', () => {
  const controlPlane = setUp();
  controlPlane.apply<StatefulSet>(statefulSet());
  controlPlane.sim.runFor(15_000);
  const { resourceVersion } = get(controlPlane).metadata;
  controlPlane.sim.runFor(600_000);
  expect(get(controlPlane).metadata.resourceVersion).toBe(resourceVersion);
  controlPlane.client.resource(statefulSets).delete('web', 'default', { propagationPolicy: 'Background' });
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(controlPlane.client.resource(controllerRevisions).list().items).toEqual([]);
});
