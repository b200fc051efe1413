import { expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kinds.ts';
import { nodes, pods } from '../../api/resources.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { readySince } from '../testing/objects.ts';

function setUp(names = ['node-1', 'node-2']) {
  const controlPlane = new ControlPlane('nodes');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  sim.runFor(100);
  const hearts = names.map((name) => {
    controlPlane.createNode(name);
    return controlPlane.startHeartbeat(name);
  });
  sim.runFor(20_000);
  const node = (name: string): Node => client.resource(nodes).get(name);
  const taints = (name: string) => (node(name).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  const ready = (name: string) => node(name).status?.conditions?.find(({ type }) => type === 'Ready');
  const runPod = (name: string, spec: Partial<Pod['spec']> = {}) => {
    const pod = controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx' }], nodeName: 'node-1', ...spec },
    });
    client.resource(pods).updateStatus({ ...pod, status: readySince('2026-01-12T09:00:00Z') });
  };
  const isDeleted = (name: string) =>
    client
      .resource(pods)
      .list()
      .items.find(({ metadata }) => metadata.name === name)?.metadata.deletionTimestamp !== undefined;
  return { controlPlane, sim, client, hearts, node, taints, ready, runPod, isDeleted };
}

test('nodes get the ranges of their Pods in order of arrival', () => {
  const { node } = setUp(['node-1', 'node-2', 'node-3']);
  expect(['node-1', 'node-2', 'node-3'].map((name) => node(name).spec?.podCIDR)).toEqual([
    '10.244.0.0/24',
    '10.244.1.0/24',
    '10.244.2.0/24',
  ]);
  expect(node('node-2').spec?.podCIDRs).toEqual(['10.244.1.0/24']);
});

test('a node that gives signs of life stays ready, and its registration is noted', () => {
  const { controlPlane, sim, ready, taints } = setUp();
  sim.runFor(600_000);
  expect(ready('node-1')?.status).toBe('True');
  expect(taints('node-1')).toEqual([]);
  expect(controlPlane.eventsOf('Node', 'node-1')).toEqual([
    'RegisteredNode: Node node-1 event: Registered Node node-1 in Controller',
  ]);
});

test('a silent node becomes unknown after 50 s, is tainted, and its Pods are not ready', () => {
  const { controlPlane, sim, hearts, ready, taints, runPod, client } = setUp();
  runPod('web');
  hearts[0]!();
  sim.runFor(40_000);
  expect(ready('node-1')?.status).toBe('True');
  sim.runFor(25_000);
  expect(ready('node-1')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(taints('node-1').sort()).toEqual([
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
  expect(taints('node-2')).toEqual([]);
  expect(controlPlane.eventsOf('Node', 'node-1')).toContain('NodeNotReady: Node node-1 status is now: NodeNotReady');
  const conditions = client.resource(pods).get('web', 'default').status?.conditions;
  expect(conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
  expect(controlPlane.eventsOf('Pod', 'web')).toEqual(['NodeNotReady: Node is not ready']);
});

test('its Pods are evicted when their toleration has run out, five minutes by default', () => {
  const { controlPlane, sim, hearts, runPod, isDeleted } = setUp();
  const tolerations = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists' as const, effect: 'NoExecute' as const },
  ];
  runPod('web');
  runPod('daemon', { tolerations });
  runPod('hasty', { tolerations: [{ ...tolerations[0]!, tolerationSeconds: 30 }] });
  hearts[0]!();
  sim.runFor(70_000);
  expect(isDeleted('hasty')).toBe(false);
  sim.runFor(30_000);
  expect(isDeleted('hasty')).toBe(true);
  expect(isDeleted('web')).toBe(false);
  sim.runFor(280_000);
  expect(isDeleted('web')).toBe(true);
  expect(isDeleted('daemon')).toBe(false);
  expect(controlPlane.eventsOf('Pod', 'web')).toContain('TaintManagerEviction: Marking for deletion Pod default/web');
});

test('a node that comes back in time keeps its Pods', () => {
  const { controlPlane, sim, hearts, taints, runPod, isDeleted, client, node } = setUp();
  runPod('web');
  hearts[0]!();
  sim.runFor(120_000);
  controlPlane.restartHeartbeat('node-1');
  sim.runFor(10_000);
  expect(taints('node-1')).toEqual([]);
  expect(node('node-1').spec?.podCIDR).toBe('10.244.0.0/24');
  sim.runFor(600_000);
  expect(isDeleted('web')).toBe(false);
  expect(controlPlane.eventsOf('Pod', 'web')).toContain('TaintManagerEviction: Cancelling deletion of Pod default/web');
  expect(client.resource(pods).get('web', 'default').spec.nodeName).toBe('node-1');
});

test('when all nodes fall silent nobody is evicted', () => {
  const { sim, hearts, taints } = setUp();
  for (const stop of hearts) stop();
  sim.runFor(600_000);
  for (const name of ['node-1', 'node-2']) expect(taints(name)).toEqual(['node.kubernetes.io/unreachable:NoSchedule']);
});

test('a cordon and pressure become taints at once', () => {
  const { sim, client, node, taints } = setUp();
  client.resource(nodes).patch('node-1', undefined, 'merge', { spec: { unschedulable: true } });
  const conditions = (node('node-2').status?.conditions ?? []).map((condition) =>
    condition.type === 'MemoryPressure' ? { ...condition, status: 'True' } : condition,
  );
  client.resource(nodes).updateStatus({ ...node('node-2'), status: { ...node('node-2').status, conditions } });
  sim.runFor(100);
  expect(taints('node-1')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
  expect(taints('node-2')).toEqual(['node.kubernetes.io/memory-pressure:NoSchedule']);
  client.resource(nodes).patch('node-1', undefined, 'merge', { spec: { unschedulable: null } });
  sim.runFor(100);
  expect(taints('node-1')).toEqual([]);
});

test('the Pods of a node that is deleted are removed after a quarantine', () => {
  const { sim, client, hearts, runPod, controlPlane } = setUp();
  runPod('web');
  hearts[0]!();
  client.resource(nodes).delete('node-1');
  sim.runFor(35_000);
  expect(controlPlane.pods()).toHaveLength(1);
  sim.runFor(45_000);
  expect(controlPlane.pods()).toEqual([]);
});
