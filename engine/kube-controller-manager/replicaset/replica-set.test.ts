import { expect, test } from 'vitest';
import type { Pod, ReplicaSet } from '../../api/kinds.ts';
import { pods, replicaSets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Transport } from '../../client/transport.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp(wrap: (transport: Transport) => Transport = (transport) => transport) {
  const controlPlane = new ControlPlane('replicaset');
  const { sim } = controlPlane;
  startControllerManager({
    sim,
    transport: wrap(controlPlane.transport),
    leaderElect: false,
    controllers: ['replicaset-controller', 'serviceaccount-controller'],
  });
  sim.runFor(100);
  return controlPlane;
}

function rs(replicas: number) {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  };
}

function loosePod(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  };
}

function status(controlPlane: ControlPlane) {
  return controlPlane.client.resource(replicaSets).get('rs', 'default').status;
}

test('a Pod that is deleted is replaced', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<ReplicaSet>(rs(3));
  sim.runFor(1_000);
  const [victim] = controlPlane.pods();
  client.resource(pods).delete(victim!.metadata.name, 'default');
  sim.runFor(1_000);
  expect(controlPlane.pods()).toHaveLength(3);
  expect(controlPlane.pods().map(({ metadata }) => metadata.uid)).not.toContain(victim!.metadata.uid);
});

test('scaling down deletes the surplus, and says which', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<ReplicaSet>(rs(3));
  sim.runFor(1_000);
  const before = controlPlane.pods();
  client.resource(replicaSets).patch('rs', 'default', 'merge', { spec: { replicas: 1 } });
  sim.runFor(1_000);
  const left = controlPlane.pods();
  expect(left).toHaveLength(1);
  const gone = before.filter(({ metadata }) => metadata.uid !== left[0]?.metadata.uid);
  expect(
    controlPlane
      .eventsOf('ReplicaSet')
      .filter((event) => event.startsWith('SuccessfulDelete'))
      .sort(),
  ).toEqual(gone.map(({ metadata }) => `SuccessfulDelete: Deleted pod: ${metadata.name}`).sort());
});

test('a Pod that matches is adopted, and counts', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<Pod>(loosePod('loose'));
  controlPlane.apply<ReplicaSet>(rs(2));
  sim.runFor(1_000);
  expect(controlPlane.pods()).toHaveLength(2);
  const owners = client.resource(pods).get('loose', 'default').metadata.ownerReferences;
  expect(owners).toMatchObject([{ kind: 'ReplicaSet', name: 'rs', controller: true, blockOwnerDeletion: true }]);
});

test('a Pod that is relabelled is let go and replaced', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<ReplicaSet>(rs(2));
  sim.runFor(1_000);
  const [{ metadata }] = controlPlane.pods() as [Pod];
  client.resource(pods).patch(metadata.name, 'default', 'merge', { metadata: { labels: { app: 'debug' } } });
  sim.runFor(1_000);
  expect(controlPlane.pods()).toHaveLength(3);
  expect(client.resource(pods).get(metadata.name, 'default').metadata.ownerReferences ?? []).toEqual([]);
});

test('a surplus Pod made by hand is deleted', () => {
  const controlPlane = setUp();
  controlPlane.apply<ReplicaSet>(rs(2));
  controlPlane.sim.runFor(1_000);
  controlPlane.apply<Pod>(loosePod('loose'));
  controlPlane.sim.runFor(1_000);
  expect(controlPlane.pods()).toHaveLength(2);
});

test('Pods that the server refuses are tried again, a few at a time', () => {
  let creations = 0;
  let isRefusing = true;
  const controlPlane = setUp((transport) => (request) => {
    if (request.method !== 'POST' || !request.path.endsWith('/pods')) return transport(request);
    creations += 1;
    if (!isRefusing) return transport(request);
    const message = 'pods "rs-" is forbidden: exceeded quota: q';
    const { status } = new StatusError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'Forbidden',
      message,
      code: 403,
    });
    return { status: 403, headers: {}, body: status };
  });
  controlPlane.apply<ReplicaSet>(rs(100));
  controlPlane.sim.runFor(60);
  expect(creations).toBeLessThan(10);
  expect(status(controlPlane)?.conditions).toMatchObject([
    {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'pods "rs-" is forbidden: exceeded quota: q',
    },
  ]);
  expect(controlPlane.eventsOf('ReplicaSet')).toEqual([
    'FailedCreate: Error creating: pods "rs-" is forbidden: exceeded quota: q',
  ]);
  isRefusing = false;
  controlPlane.sim.runFor(60_000);
  expect(controlPlane.pods()).toHaveLength(100);
  expect(status(controlPlane)?.conditions).toBeUndefined();
});

test('a terminating Pod is replaced at once, and counted apart', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.createNode('node-1');
  controlPlane.apply<ReplicaSet>(rs(1));
  sim.runFor(1_000);
  const [pod] = controlPlane.pods();
  const { name, uid } = pod!.metadata;
  client.resource(pods).createSubresource(name, 'default', 'binding', {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, uid },
    target: { kind: 'Node', name: 'node-1' },
  });
  client.resource(pods).delete(name, 'default');
  sim.runFor(1_000);
  expect(controlPlane.pods()).toHaveLength(2);
  expect(status(controlPlane)).toMatchObject({ replicas: 1, terminatingReplicas: 1 });
  client.resource(pods).delete(name, 'default', { gracePeriodSeconds: 0 });
  sim.runFor(1_000);
  expect(status(controlPlane)).toMatchObject({ replicas: 1, terminatingReplicas: 0 });
});

test('a thousand Pods are made in bursts, and not one too many', () => {
  const controlPlane = setUp();
  controlPlane.apply<ReplicaSet>(rs(1_000));
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.pods()).toHaveLength(1_000);
});

test('a status that is on its way back is waited for, and nothing is refused', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<ReplicaSet>(rs(20));
  sim.runFor(1_000);
  for (const pod of controlPlane.pods()) {
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    client.resource(pods).updateStatus({ ...pod, status: { ...pod.status, phase: 'Running', conditions } });
    sim.runFor(1);
  }
  sim.runFor(100);
  expect(status(controlPlane)).toMatchObject({ replicas: 20, readyReplicas: 20, availableReplicas: 20 });
  const troubles = sim.trace.entries.filter(({ kind }) => kind === 'request.refused' || kind === 'reconcile.error');
  expect(troubles.map(({ detail }) => detail)).toEqual([]);
});

test('one that is deleted and made again at once has a status of its own', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  controlPlane.apply<ReplicaSet>(rs(2));
  sim.runFor(1_000);
  const [pod] = controlPlane.pods();
  client.resource(pods).delete(pod!.metadata.name, 'default');
  sim.runFor(2);
  client.resource(replicaSets).delete('rs', 'default');
  controlPlane.apply<ReplicaSet>(rs(3));
  sim.runFor(1_000);
  expect(status(controlPlane)).toMatchObject({ replicas: 3 });
});
