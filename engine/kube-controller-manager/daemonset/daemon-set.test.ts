import { expect, test } from 'vitest';
import type { DaemonSet, Pod } from '../../api/kinds.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp(names: readonly string[], options: Parameters<ControlPlane['startKubelets']>[0] = {}) {
  const controlPlane = new ControlPlane('daemonset');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of names) join(controlPlane, name);
  controlPlane.startKubelets(options);
  sim.runFor(1_000);
  return controlPlane;
}

function join(controlPlane: ControlPlane, name: string): void {
  controlPlane.createNode(name);
  controlPlane.startHeartbeat(name);
}

function daemonSet(spec: object = {}, podSpec: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ds' },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: {
        metadata: { labels: { app: 'x' } },
        spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...podSpec },
      },
      ...spec,
    },
  } as unknown as DaemonSet;
}

function get({ client }: ControlPlane): DaemonSet {
  return client.resource(daemonSets).get('ds', 'default');
}

function setImage({ client }: ControlPlane, image: string): void {
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
  client.resource(daemonSets).patch('ds', 'default', 'strategic-merge', body);
}

/** Where the Pods are, and of which image. */
function seats(controlPlane: ControlPlane): string[] {
  return controlPlane
    .pods()
    .map(({ spec }) => `${spec.nodeName} ${spec.containers[0]?.image}`)
    .sort();
}

const THREE = ['node-1', 'node-2', 'node-3'];

test('a Pod on every node, also on one that joins', () => {
  const controlPlane = setUp(THREE.slice(0, 2));
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1', 'node-2 nginx:1']);
  join(controlPlane, 'node-3');
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1', 'node-2 nginx:1', 'node-3 nginx:1']);
  expect(get(controlPlane).status).toEqual({
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    numberAvailable: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    observedGeneration: 1,
    updatedNumberScheduled: 3,
  });
  const events = controlPlane.eventsOf('DaemonSet');
  expect(events).toHaveLength(3);
  expect(events[0]).toMatch(/^SuccessfulCreate: Created pod: ds-[a-z0-9]{5}$/);
});

test('its Pods are bound by node affinity and put up with trouble', () => {
  const controlPlane = setUp(['node-1']);
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  const [pod] = controlPlane.pods();
  expect(pod?.spec.affinity?.nodeAffinity).toEqual({
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }],
    },
  });
  expect(pod?.spec.tolerations?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
    'node.kubernetes.io/not-ready:NoExecute',
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/disk-pressure:NoSchedule',
    'node.kubernetes.io/memory-pressure:NoSchedule',
    'node.kubernetes.io/pid-pressure:NoSchedule',
    'node.kubernetes.io/unschedulable:NoSchedule',
  ]);
  expect(pod?.metadata.labels).toMatchObject({ app: 'x', 'pod-template-generation': '1' });
});

test('a node selector, and a label that makes a node match or not', () => {
  const controlPlane = setUp(THREE);
  const client = controlPlane.client.resource(nodes);
  const label = (name: string, disk: string | null) =>
    client.patch(name, undefined, 'merge', { metadata: { labels: { disk } } });
  label('node-1', 'ssd');
  controlPlane.apply<DaemonSet>(daemonSet({}, { nodeSelector: { disk: 'ssd' } }));
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1']);
  label('node-2', 'ssd');
  label('node-1', null);
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-2 nginx:1']);
});

test('a tainted node has none unless tolerated; NoSchedule leaves those that are there, NoExecute does not', () => {
  const controlPlane = setUp(THREE);
  const taint = (name: string, effect: string) =>
    controlPlane.client
      .resource(nodes)
      .patch(name, undefined, 'merge', { spec: { taints: [{ key: 'role', value: 'db', effect }] } });
  taint('node-1', 'NoSchedule');
  controlPlane.sim.runFor(1_000);
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-2 nginx:1', 'node-3 nginx:1']);
  taint('node-2', 'NoSchedule');
  taint('node-3', 'NoExecute');
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-2 nginx:1']);
  expect(get(controlPlane).status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 });
});

test('a cordoned node keeps and gets its Pod', () => {
  const controlPlane = setUp(['node-1']);
  controlPlane.client.resource(nodes).patch('node-1', undefined, 'merge', { spec: { unschedulable: true } });
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1']);
});

test('a node that leaves takes its Pod along', () => {
  const controlPlane = setUp(THREE.slice(0, 2));
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  controlPlane.client.resource(nodes).delete('node-2');
  controlPlane.sim.runFor(120_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1']);
  expect(get(controlPlane).status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
});

test('a rolling update replaces one Pod after another, never two at a time', () => {
  const controlPlane = setUp(THREE);
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  setImage(controlPlane, 'nginx:2');
  let fewest = 3;
  for (let i = 0; i < 200; i++) {
    controlPlane.sim.runFor(100);
    const ready = controlPlane
      .pods()
      .filter(
        ({ status, metadata }) =>
          metadata.deletionTimestamp === undefined &&
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
    fewest = Math.min(fewest, ready.length);
  }
  expect(seats(controlPlane)).toEqual(['node-1 nginx:2', 'node-2 nginx:2', 'node-3 nginx:2']);
  expect(fewest).toBe(2);
  expect(get(controlPlane).metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '2' });
});

test('maxSurge brings the new Pod up beside the old one', () => {
  const controlPlane = setUp(THREE);
  const updateStrategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  controlPlane.apply<DaemonSet>(daemonSet({ updateStrategy }));
  controlPlane.sim.runFor(5_000);
  setImage(controlPlane, 'nginx:2');
  let [fewest, most] = [9, 0];
  for (let i = 0; i < 300; i++) {
    controlPlane.sim.runFor(100);
    const living = controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    fewest = Math.min(fewest, living.filter(({ status }) => status?.phase === 'Running').length);
    most = Math.max(most, living.length);
  }
  expect(seats(controlPlane)).toEqual(['node-1 nginx:2', 'node-2 nginx:2', 'node-3 nginx:2']);
  expect([fewest, most]).toEqual([3, 4]);
});

test('a rollout that does not get ready stops after the first', () => {
  const controlPlane = setUp(THREE, { isHealthy: ({ spec }) => spec.containers[0]?.image !== 'broken' });
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  setImage(controlPlane, 'broken');
  controlPlane.sim.runFor(60_000);
  expect(seats(controlPlane).filter((seat) => seat.endsWith('broken'))).toHaveLength(1);
  setImage(controlPlane, 'nginx:1');
  controlPlane.sim.runFor(20_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1', 'node-2 nginx:1', 'node-3 nginx:1']);
});

test('OnDelete waits for the hand that deletes', () => {
  const controlPlane = setUp(THREE.slice(0, 2));
  controlPlane.apply<DaemonSet>(daemonSet({ updateStrategy: { type: 'OnDelete' } }));
  controlPlane.sim.runFor(5_000);
  setImage(controlPlane, 'nginx:2');
  controlPlane.sim.runFor(20_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:1', 'node-2 nginx:1']);
  const victim = controlPlane.pods().find(({ spec }) => spec.nodeName === 'node-1')!;
  controlPlane.client.resource(pods).delete(victim.metadata.name, 'default');
  controlPlane.sim.runFor(5_000);
  expect(seats(controlPlane)).toEqual(['node-1 nginx:2', 'node-2 nginx:1']);
  expect(get(controlPlane).status).toMatchObject({ updatedNumberScheduled: 1 });
});

test('each template is a revision; the limit counts those that no Pod has', () => {
  const controlPlane = setUp(['node-1']);
  const revisions = () =>
    controlPlane.client
      .resource(controllerRevisions)
      .list({ namespace: 'default' })
      .items.map(({ revision, data }) => `${revision} ${JSON.stringify(data).match(/nginx:\d/)?.[0]}`)
      .sort();
  controlPlane.apply<DaemonSet>(daemonSet({ revisionHistoryLimit: 1 }));
  for (const image of ['nginx:2', 'nginx:3', 'nginx:2']) {
    controlPlane.sim.runFor(10_000);
    setImage(controlPlane, image);
  }
  controlPlane.sim.runFor(10_000);
  expect(revisions()).toEqual(['3 nginx:3', '4 nginx:2']);
});

test('a Pod that fails is replaced, more and more slowly', () => {
  const controlPlane = setUp(['node-1'], { end: () => 'Failed' });
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(60_000);
  const told = controlPlane.eventsOf('DaemonSet').filter((event) => event.startsWith('FailedDaemonPod'));
  expect(told[0]).toMatch(
    /^FailedDaemonPod: Found failed daemon pod default\/ds-\w+ on node node-1, will try to kill it$/,
  );
  expect(told.length).toBeLessThan(8);
});

test('deleted in the background it takes Pods and revisions along', () => {
  const controlPlane = setUp(['node-1']);
  controlPlane.apply<DaemonSet>(daemonSet());
  controlPlane.sim.runFor(5_000);
  controlPlane.client.resource(daemonSets).delete('ds', 'default', { propagationPolicy: 'Background' });
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.pods() as Pod[]).toEqual([]);
  expect(controlPlane.client.resource(controllerRevisions).list().items).toEqual([]);
});
