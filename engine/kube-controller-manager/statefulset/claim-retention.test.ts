import { expect, test } from 'vitest';
import type { Job, PersistentVolumeClaim, StatefulSet } from '../../api/kinds.ts';
import { persistentVolumeClaims, statefulSets } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { controllerReference } from '../claim.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { storedPod } from '../testing/objects.ts';
import { claimOwners } from './claim-retention.ts';

type Policy = StatefulSet['spec']['persistentVolumeClaimRetentionPolicy'];

const pod = storedPod('web-0');

function owner(policy: Policy): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...pod.metadata, name: 'web', uid: 'uid of web' },
    spec: { persistentVolumeClaimRetentionPolicy: policy } as StatefulSet['spec'],
  };
}

function claim(ownerReferences: PersistentVolumeClaim['metadata']['ownerReferences']): PersistentVolumeClaim {
  const metadata = { ...pod.metadata, name: 'data-web-0', uid: 'uid of claim', ownerReferences };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: {} } as PersistentVolumeClaim;
}

test.each([
  ['Retain', 'Retain', false, []],
  ['Retain', 'Retain', true, []],
  ['Delete', 'Retain', false, ['StatefulSet']],
  ['Delete', 'Retain', true, ['StatefulSet']],
  ['Retain', 'Delete', false, []],
  ['Retain', 'Delete', true, ['Pod']],
  ['Delete', 'Delete', false, ['StatefulSet']],
  ['Delete', 'Delete', true, ['Pod']],
] as const)('deleted: %s, scaled: %s, condemned: %s', (whenDeleted, whenScaled, isCondemned, kinds) => {
  const statefulSet = owner({ whenDeleted, whenScaled });
  for (const before of [[], [controllerReference(statefulSet)], [controllerReference(pod)]]) {
    const owners = claimOwners(claim(before), statefulSet, pod, isCondemned) ?? before;
    expect(owners.map(({ kind }) => kind)).toEqual(kinds);
    expect(claimOwners(claim(owners), statefulSet, pod, isCondemned)).toBeUndefined();
  }
});

test('a claim that somebody else controls is left to them', () => {
  const other = { ...controllerReference(pod), kind: 'Job' as Job['kind'], name: 'other', uid: 'x' };
  const theirs = claim([other]);
  const statefulSet = owner({ whenDeleted: 'Delete', whenScaled: 'Delete' });
  expect(claimOwners(theirs, statefulSet, pod, false)).toBeUndefined();
});

function run(persistentVolumeClaimRetentionPolicy: Policy): ControlPlane {
  const controlPlane = new ControlPlane('claim retention');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  // Binding is not under test: Pods run without a scheduler's word.
  controlPlane.startKubelets();
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }] },
  };
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  controlPlane.apply<StatefulSet>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      serviceName: 'web',
      selector: { matchLabels: { app: 'x' } },
      template,
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
      persistentVolumeClaimRetentionPolicy,
    },
  } as unknown as StatefulSet);
  sim.runFor(10_000);
  return controlPlane;
}

function claims({ client }: ControlPlane): string[] {
  return client
    .resource(persistentVolumeClaims)
    .list({ namespace: 'default' })
    .items.map(({ metadata }) => metadata.name);
}

test('scaled down, the claims of the Pods that go, go with them; scaled up again, new ones come', () => {
  const controlPlane = run({ whenScaled: 'Delete', whenDeleted: 'Retain' });
  const { client, sim } = controlPlane;
  expect(claims(controlPlane)).toEqual(['data-web-0', 'data-web-1']);
  const scale = (replicas: number) =>
    client.resource(statefulSets).patch('web', 'default', 'merge', { spec: { replicas } });
  const before = client.resource(persistentVolumeClaims).get('data-web-1', 'default').metadata.uid;
  scale(1);
  sim.runFor(10_000);
  expect(claims(controlPlane)).toEqual(['data-web-0']);
  scale(2);
  sim.runFor(10_000);
  expect(client.resource(persistentVolumeClaims).get('data-web-1', 'default').metadata.uid).not.toBe(before);
  client.resource(statefulSets).delete('web', 'default', { propagationPolicy: 'Background' });
  sim.runFor(20_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(claims(controlPlane)).toEqual(['data-web-0', 'data-web-1']);
});

test('deleted, a StatefulSet takes its claims along if it is told to', () => {
  const controlPlane = run({ whenScaled: 'Retain', whenDeleted: 'Delete' });
  const { client, sim } = controlPlane;
  client.resource(statefulSets).patch('web', 'default', 'merge', { spec: { replicas: 1 } });
  sim.runFor(10_000);
  expect(claims(controlPlane)).toEqual(['data-web-0', 'data-web-1']);
  client.resource(statefulSets).delete('web', 'default', { propagationPolicy: 'Background' });
  sim.runFor(20_000);
  expect(claims(controlPlane)).toEqual([]);
});
