import { expect, test } from 'vitest';
import { nodes, podGroups } from '../api/resources.ts';
import { startScheduler } from './index.ts';
import { Gangs } from './testing/gangs.ts';

const all = (group: string, count: number) => Array.from({ length: count }, (_, index) => `${group}-${index}`);

test('two gangs of four on six places: one runs whole, then the other', () => {
  const cluster = new Gangs([3, 3]);
  cluster.gang('a', 4);
  cluster.gang('b', 4);
  // The Pods come by turns, so that one by one both groups would get three places.
  for (let index = 0; index < 4; index++) {
    cluster.members('a', index, index + 1);
    cluster.members('b', index, index + 1);
  }
  cluster.sim.runFor(60_000);
  expect(cluster.placed('a')).toEqual(all('a', 4));
  expect(cluster.placed('b')).toEqual([]);
  expect(cluster.condition('a')).toMatchObject({ status: 'True', reason: 'Scheduled', message: '' });
  expect(cluster.condition('b')).toMatchObject({
    status: 'False',
    reason: 'Unschedulable',
    message: 'pod group is unschedulable',
  });
  expect(cluster.podMessage('b-0')).toBe(
    'pod group is unschedulable, one or more plugins asked to wait and no plugin rejected pod "b-0"',
  );
  expect(cluster.podMessage('b-3')).toMatch(/^0\/2 nodes are available: 2 Insufficient cpu\./);
  expect(cluster.eventsOf('Pod', 'b-0')[0]).toBe(`FailedScheduling: ${cluster.podMessage('b-0')}`);

  for (const name of all('a', 4)) cluster.remove(name);
  cluster.sim.runFor(30_000);
  expect(cluster.placed('b')).toEqual(all('b', 4));
  expect(cluster.condition('b')).toMatchObject({ status: 'True', reason: 'Scheduled' });
});

test('without the plugin both groups hang half-started', () => {
  const cluster = new Gangs([3, 3], 'GenericWorkload=true');
  cluster.gang('a', 4);
  cluster.gang('b', 4);
  for (let index = 0; index < 4; index++) {
    cluster.members('a', index, index + 1);
    cluster.members('b', index, index + 1);
    cluster.sim.runFor(100);
  }
  cluster.sim.runFor(600_000);
  expect([cluster.placed('a').length, cluster.placed('b').length]).toEqual([3, 3]);
});

test('a group that never is complete holds no place, and says nothing of nodes', () => {
  const cluster = new Gangs([4]);
  cluster.gang('a', 4);
  cluster.members('a', 0, 3);
  cluster.members('plain', 0, 4, { schedulingGroup: undefined });
  cluster.sim.runFor(600_000);
  expect(cluster.placed('a')).toEqual([]);
  expect(cluster.pods().filter(({ spec }) => spec.nodeName === 'node-1')).toHaveLength(4);
  expect(cluster.podMessage('a-0')).toBeUndefined();
  expect(cluster.eventsOf('Pod', 'a-0')).toEqual([]);
  expect(cluster.condition('a')).toBeUndefined();
});

test('Pods wait for their PodGroup, whatever its policy', () => {
  const cluster = new Gangs([4]);
  cluster.members('late', 0, 2);
  cluster.members('basic', 0, 1);
  cluster.sim.runFor(10_000);
  expect(cluster.placed('late')).toEqual([]);
  cluster.gang('late', 2);
  cluster.group('basic', { basic: {} });
  cluster.sim.runFor(1_000);
  expect(cluster.placed('late')).toEqual(all('late', 2));
  expect(cluster.placed('basic')).toEqual(['basic-0']);
});

test('Pods beyond the least count join while there is room, and the condition stays true', () => {
  const cluster = new Gangs([3]);
  cluster.gang('a', 2);
  cluster.members('a', 0, 4);
  cluster.sim.runFor(5_000);
  expect(cluster.placed('a')).toHaveLength(3);
  expect(cluster.condition('a')).toMatchObject({ status: 'True' });
  cluster.createNode('node-2', { cpu: '1', memory: '64Gi' });
  cluster.sim.runFor(30_000);
  expect(cluster.placed('a')).toHaveLength(4);
  expect(cluster.condition('a')).toMatchObject({ status: 'True', reason: 'Scheduled' });
});

test('a member deleted while the group waits: the rest go on waiting until another has come', () => {
  const cluster = new Gangs([3]);
  cluster.gang('a', 4);
  cluster.members('a', 0, 4);
  cluster.sim.runFor(5_000);
  expect(cluster.placed('a')).toEqual([]);
  cluster.remove('a-1');
  cluster.createNode('node-2', { cpu: '1', memory: '64Gi' });
  cluster.sim.runFor(60_000);
  expect(cluster.placed('a')).toEqual([]);
  cluster.members('a', 4, 5);
  cluster.sim.runFor(60_000);
  expect(cluster.placed('a')).toEqual(['a-0', 'a-2', 'a-3', 'a-4']);
});

test('a node lost while the group waits, and another come', () => {
  const cluster = new Gangs([2, 1]);
  cluster.gang('a', 4);
  cluster.members('a', 0, 4);
  cluster.sim.runFor(5_000);
  cluster.client.resource(nodes).delete('node-2');
  cluster.sim.runFor(30_000);
  expect(cluster.placed('a')).toEqual([]);
  cluster.createNode('node-3', { cpu: '2', memory: '64Gi' });
  cluster.sim.runFor(30_000);
  expect(cluster.placed('a')).toEqual(all('a', 4));
});

test('no node at all', () => {
  const cluster = new Gangs([]);
  cluster.gang('a', 2);
  cluster.members('a', 0, 2);
  cluster.sim.runFor(5_000);
  expect(cluster.podMessage('a-1')).toBe('no nodes available to schedule pods');
  expect(cluster.condition('a')).toMatchObject({ status: 'False', reason: 'Unschedulable' });
  cluster.createNode('node-1', { cpu: '2', memory: '64Gi' });
  cluster.sim.runFor(30_000);
  expect(cluster.placed('a')).toEqual(all('a', 2));
});

test('a scheduler that is started again finds the group as it was', () => {
  const cluster = new Gangs([3]);
  cluster.gang('a', 3);
  cluster.gang('b', 2);
  cluster.members('a', 0, 3);
  cluster.sim.runFor(5_000);
  cluster.members('b', 0, 2);
  cluster.sim.runFor(5_000);
  cluster.scheduler.stop();
  cluster.sim.runFor(5_000);
  for (const name of ['a-0', 'a-1']) cluster.remove(name);
  cluster.startScheduler();
  cluster.sim.runFor(5_000);
  expect(cluster.placed('a')).toEqual(['a-2']);
  expect(cluster.placed('b')).toEqual(all('b', 2));
  // One that comes back joins those who run: with two of three it is not enough, with three it is.
  cluster.createNode('node-2', { cpu: '2', memory: '64Gi' });
  cluster.members('a', 3, 4);
  cluster.sim.runFor(20_000);
  expect(cluster.placed('a')).toEqual(['a-2']);
  cluster.members('a', 4, 5);
  cluster.sim.runFor(20_000);
  expect(cluster.placed('a')).toEqual(['a-2', 'a-3', 'a-4']);
});

test('Pods of different schedulers are no group', () => {
  const cluster = new Gangs([4]);
  const { sim, transport, featureGates } = cluster;
  const profiles = 'profiles: [{schedulerName: default-scheduler}, {schedulerName: other}]';
  cluster.scheduler.stop();
  const configuration = `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${profiles}`;
  startScheduler({ sim, transport, featureGates, leaderElect: false, configuration });
  cluster.gang('a', 2);
  cluster.members('a', 0, 1);
  cluster.members('a', 1, 2, { schedulerName: 'other' });
  cluster.sim.runFor(3_000);
  expect(cluster.placed('a')).toEqual([]);
  const message =
    'all pods in a single pod group should have the same .spec.schedulerName set, got: "default-scheduler" and "other"';
  expect(cluster.podMessage('a-0')).toBe(message);
  expect(cluster.condition('a')).toMatchObject({ status: 'False', reason: 'SchedulerError', message });
});

test('a gang with priority has room made for all of it', () => {
  const cluster = new Gangs([2, 2]);
  cluster.apply({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1000,
  } as never);
  cluster.startKubelets();
  cluster.members('low', 0, 4, { schedulingGroup: undefined });
  cluster.sim.runFor(5_000);
  cluster.gang('a', 3);
  cluster.members('a', 0, 3, { priorityClassName: 'high' });
  cluster.sim.runFor(120_000);
  expect(cluster.placed('a')).toEqual(all('a', 3));
});

test('a PodGroup that is deleted stays until its Pods are gone', () => {
  const cluster = new Gangs([2]);
  cluster.gang('a', 2);
  cluster.members('a', 0, 2);
  cluster.sim.runFor(5_000);
  cluster.client.resource(podGroups).delete('a', 'default');
  cluster.sim.runFor(5_000);
  const kept = cluster.client.resource(podGroups).get('a', 'default');
  expect(kept.metadata).toMatchObject({ finalizers: ['scheduling.k8s.io/podgroup-protection'] });
  expect(kept.metadata.deletionTimestamp).toBeDefined();
  for (const name of all('a', 2)) cluster.remove(name);
  cluster.sim.runFor(5_000);
  expect(cluster.client.resource(podGroups).list({ namespace: 'default' }).items).toEqual([]);
});
