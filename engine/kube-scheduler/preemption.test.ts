import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from './index.ts';

function setUp(nodeCount: number, cpu = '4') {
  const controlPlane = new ControlPlane('preemption');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(100);
  const scheduler = startScheduler({ sim, transport, leaderElect: false });
  for (const [name, value] of Object.entries({ low: 10, middle: 50, high: 100 })) {
    controlPlane.apply({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    } as never);
  }
  for (let i = 0; i < nodeCount; i++) controlPlane.createNode(`node-${i}`, { cpu, memory: '8Gi' });
  const createPod = (
    name: string,
    priorityClassName: string,
    request: string,
    spec: Partial<Pod['spec']> = {},
  ): Pod => {
    const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: request } } }];
    const metadata = { name, labels: { app: name.replace(/-\d+$/, '') } };
    const pod = controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { priorityClassName, containers, terminationGracePeriodSeconds: 10, ...spec },
    });
    sim.runFor(50);
    return pod;
  };
  const get = (name: string) => client.resource(pods).get(name, 'default');
  const exists = (name: string) => controlPlane.pods().some(({ metadata }) => metadata.name === name);
  const end = (name: string) => client.resource(pods).delete(name, 'default', { gracePeriodSeconds: 0 });
  return { ...controlPlane, controlPlane, scheduler, sim, createPod, get, exists, end };
}

test('a Pod of higher priority makes a victim go, waits for its end on the nominated node, and takes its place', () => {
  const { controlPlane, sim, createPod, get, end } = setUp(3);
  for (let i = 0; i < 3; i++) createPod(`low-${i}`, 'low', '3');
  const { uid } = createPod('high', 'high', '3').metadata;
  const high = get('high');
  const nominated = high.status?.nominatedNodeName;
  expect(high.spec.nodeName).toBeUndefined();
  expect(controlPlane.eventsOf('Pod', 'high')).toEqual([
    'FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu.',
  ]);
  const [victim] = controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  expect(victim!.spec.nodeName).toBe(nominated);
  expect(victim!.status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    }),
  );
  const victimName = victim!.metadata.name;
  expect(controlPlane.eventsOf('Pod', victimName)).toEqual([
    `Scheduled: Successfully assigned default/${victimName} to ${nominated}`,
    `Preempted: Preempted by pod ${uid} on node ${nominated}`,
  ]);
  // While the victim terminates, others of lower priority do not get the place, and no second victim is taken.
  createPod('late', 'middle', '3');
  sim.runFor(5_000);
  expect(get('late').spec.nodeName).toBeUndefined();
  end(victimName);
  sim.runFor(2_000);
  expect(get('high').spec.nodeName).toBe(nominated);
});

test('one that may not preempt waits', () => {
  const { controlPlane, sim, createPod } = setUp(1);
  createPod('low-0', 'low', '3');
  createPod('polite', 'high', '3', { preemptionPolicy: 'Never' });
  sim.runFor(1_000);
  expect(controlPlane.eventsOf('Pod', 'polite')).toEqual([
    'FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ' +
      'preemption: not eligible due to preemptionPolicy=Never.',
  ]);
  expect(controlPlane.pods().every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true);
});

test('Pods of the same priority are no victims', () => {
  const { controlPlane, createPod } = setUp(2);
  createPod('a', 'high', '3');
  createPod('b', 'high', '3');
  createPod('c', 'high', '3');
  expect(controlPlane.eventsOf('Pod', 'c')).toEqual([
    'FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, ' +
      'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  ]);
});

test('as few Pods as possible go, and the less important ones', () => {
  const { controlPlane, createPod } = setUp(1);
  createPod('low-0', 'low', '1');
  createPod('low-1', 'low', '1');
  createPod('middle-0', 'middle', '2');
  createPod('high', 'high', '2');
  const leaving = controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  expect(leaving.map(({ metadata }) => metadata.name).sort()).toEqual(['low-0', 'low-1']);
});

test('the node where the least important Pods would go is chosen', () => {
  const { createPod, get } = setUp(2);
  const one = createPod('middle-0', 'middle', '3');
  createPod('low-0', 'low', '3');
  createPod('high', 'high', '3');
  expect(get('high').status?.nominatedNodeName).not.toBe(get(one.metadata.name).spec.nodeName);
});

test('a disruption budget spares its Pods where others can go instead', () => {
  const { client, controlPlane, createPod, get, sim } = setUp(2);
  createPod('guarded-0', 'low', '3');
  createPod('free-0', 'low', '3');
  controlPlane.apply({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'guarded' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
  } as never);
  sim.runFor(100);
  createPod('high-0', 'high', '3');
  expect(get('free-0').metadata.deletionTimestamp).toBeDefined();
  expect(get('guarded-0').metadata.deletionTimestamp).toBeUndefined();
  // A budget is no guarantee: when nothing else helps, its Pods go, too.
  client.resource(pods).delete('free-0', 'default', { gracePeriodSeconds: 0 });
  sim.runFor(2_000);
  createPod('high-1', 'high', '3');
  expect(get('guarded-0').metadata.deletionTimestamp).toBeDefined();
});

test('a still more important Pod takes over the nomination', () => {
  const { createPod, get, sim, end } = setUp(1);
  createPod('low-0', 'low', '3');
  createPod('middle-0', 'middle', '3');
  expect(get('middle-0').status?.nominatedNodeName).toBe('node-0');
  createPod('high-0', 'high', '3');
  end('low-0');
  sim.runFor(15_000);
  expect(get('high-0').spec.nodeName).toBe('node-0');
  expect(get('middle-0').spec.nodeName).toBeUndefined();
});

test('a scheduler that is restarted meanwhile keeps the nomination', () => {
  const { createPod, get, end, scheduler, sim, transport } = setUp(1);
  createPod('low-0', 'low', '3');
  createPod('high-0', 'high', '3');
  scheduler.stop();
  startScheduler({ sim, transport, leaderElect: false });
  sim.runFor(100);
  createPod('middle-0', 'middle', '3');
  end('low-0');
  sim.runFor(15_000);
  expect(get('high-0').spec.nodeName).toBe('node-0');
});
