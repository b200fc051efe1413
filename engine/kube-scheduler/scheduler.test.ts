import { expect, test } from 'vitest';
import type { Event, Pod } from '../api/kinds.ts';
import { events, nodes, pods } from '../api/resources.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from './index.ts';

function setUp(options: { readonly leaderElect?: boolean } = { leaderElect: false }) {
  const controlPlane = new ControlPlane('scheduler');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(100);
  const scheduler = startScheduler({ sim, transport, ...options });
  const createPod = (name: string, memory: string[], spec: Partial<Pod['spec']> = {}): Pod =>
    controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: memory.map((request, i) => ({
          name: `c${i}`,
          image: 'nginx',
          resources: { requests: { memory: request } },
        })),
        ...spec,
      },
    });
  const nodeOf = (name: string) => controlPlane.client.resource(pods).get(name, 'default').spec.nodeName;
  const eventsAbout = (name: string): Event[] =>
    controlPlane.client
      .resource(events)
      .list({ namespace: 'default' })
      .items.filter(({ involvedObject }) => involvedObject.name === name);
  return { ...controlPlane, controlPlane, sim, scheduler, createPod, nodeOf, eventsAbout };
}

test('a Pod goes as a whole to a node that has room for all its containers', () => {
  const { sim, controlPlane, createPod, nodeOf, eventsAbout } = setUp();
  controlPlane.createNode('node-1', { cpu: '2', memory: '1.25Gi' });
  controlPlane.createNode('node-2', { cpu: '2', memory: '2Gi' });
  createPod('first', ['1Gi', '0.5Gi']);
  sim.runFor(100);
  expect(nodeOf('first')).toBe('node-2');
  expect(eventsAbout('first')).toMatchObject([
    {
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      message: 'Successfully assigned default/first to node-2',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-control-plane',
      eventTime: expect.stringMatching(/^2026-01-12T09:00:00\.\d{6}Z$/),
    },
  ]);

  createPod('second', ['1Gi', '0.5Gi']);
  sim.runFor(100);
  const message =
    '0/2 nodes are available: 2 Insufficient memory. no new claims to deallocate, preemption: 0/2 nodes are available: ' +
    '1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.';
  const second = controlPlane.client.resource(pods).get('second', 'default');
  expect(second.spec.nodeName).toBeUndefined();
  expect(second.status).toMatchObject({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  });
  expect(eventsAbout('second')).toMatchObject([
    { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message },
  ]);
});

test('a waiting Pod is bound when another makes room', () => {
  const { sim, controlPlane, createPod, nodeOf } = setUp();
  controlPlane.createNode('node-1', { cpu: '2', memory: '2Gi' });
  createPod('first', ['1.5Gi']);
  sim.runFor(100);
  createPod('second', ['1.5Gi']);
  sim.runFor(1_000);
  expect(nodeOf('second')).toBeUndefined();
  controlPlane.client.resource(pods).delete('first', 'default', { gracePeriodSeconds: 0 });
  sim.runFor(100);
  expect(nodeOf('second')).toBe('node-1');
});

test('a waiting Pod is bound when a node joins, is uncordoned or loses its taint', () => {
  const { sim, controlPlane, createPod, nodeOf } = setUp();
  const nodeClient = controlPlane.client.resource(nodes);
  createPod('first', ['1Gi']);
  sim.runFor(30_000);
  expect(nodeOf('first')).toBeUndefined();
  controlPlane.createNode('node-1');
  nodeClient.patch('node-1', undefined, 'merge', { spec: { unschedulable: true, taints: null } });
  createPod('second', ['1Gi']);
  sim.runFor(30_000);
  expect(nodeOf('second')).toBeUndefined();
  nodeClient.patch('node-1', undefined, 'merge', { spec: { unschedulable: false } });
  sim.runFor(100);
  expect(nodeOf('second')).toBe('node-1');

  nodeClient.patch('node-1', undefined, 'merge', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
  sim.runFor(100);
  createPod('third', ['1Gi']);
  sim.runFor(30_000);
  expect(nodeOf('third')).toBeUndefined();
  nodeClient.patch('node-1', undefined, 'merge', { spec: { taints: null } });
  sim.runFor(100);
  expect(nodeOf('third')).toBe('node-1');
});

test('without any node the Pod says so, and is tried again', () => {
  const { sim, controlPlane, createPod, nodeOf } = setUp();
  createPod('web', ['1Gi']);
  sim.runFor(1_000);
  const pod = controlPlane.client.resource(pods).get('web', 'default');
  expect(pod.status?.conditions).toMatchObject([
    { type: 'PodScheduled', reason: 'Unschedulable', message: 'no nodes available to schedule pods' },
  ]);
  controlPlane.createNode('node-1');
  sim.runFor(15_000);
  expect(nodeOf('web')).toBe('node-1');
});

test('Pods of another scheduler are left alone', () => {
  const { sim, controlPlane, createPod, nodeOf, eventsAbout } = setUp();
  controlPlane.createNode('node-1');
  createPod('web', ['1Gi'], { schedulerName: 'my-scheduler' });
  sim.runFor(60_000);
  expect(nodeOf('web')).toBeUndefined();
  expect(eventsAbout('web')).toEqual([]);
});

test('no node gets more than it has, however many Pods come at once', () => {
  const { sim, controlPlane, createPod } = setUp();
  for (let i = 0; i < 4; i++) controlPlane.createNode(`node-${i}`, { cpu: '2', memory: '2Gi' });
  for (let i = 0; i < 20; i++) createPod(`p${i}`, ['0.5Gi']);
  sim.runFor(1_000);
  const counts = new Map<string, number>();
  for (const { spec } of controlPlane.pods())
    counts.set(spec.nodeName ?? '', (counts.get(spec.nodeName ?? '') ?? 0) + 1);
  expect([...counts.values()].sort()).toEqual([4, 4, 4, 4, 4]);
  expect(counts.get('')).toBe(4);
});

test('a stopped scheduler binds nothing; one started later does', () => {
  const { sim, transport, scheduler, controlPlane, createPod, nodeOf } = setUp();
  controlPlane.createNode('node-1');
  sim.runFor(100);
  scheduler.stop();
  createPod('web', ['1Gi']);
  sim.runFor(600_000);
  expect(nodeOf('web')).toBeUndefined();
  startScheduler({ sim, transport, leaderElect: false });
  sim.runFor(100);
  expect(nodeOf('web')).toBe('node-1');
});

test('with leader election a second scheduler takes over after the first is killed', () => {
  const { sim, transport, scheduler, controlPlane, createPod, nodeOf } = setUp({ leaderElect: true });
  controlPlane.createNode('node-1');
  startScheduler({ sim, transport, hostname: 'standby' });
  createPod('first', ['1Gi']);
  sim.runFor(5_000);
  expect(nodeOf('first')).toBe('node-1');
  scheduler.stop();
  createPod('second', ['1Gi']);
  sim.runFor(10_000);
  expect(nodeOf('second')).toBeUndefined();
  sim.runFor(15_000);
  expect(nodeOf('second')).toBe('node-1');
});
