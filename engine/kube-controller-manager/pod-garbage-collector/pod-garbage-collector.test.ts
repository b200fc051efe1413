import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { nodes, pods } from '../../api/resources.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { storedPod } from '../testing/objects.ts';
import { byExpendability } from './pod-garbage-collector.ts';

function setUp() {
  const controlPlane = new ControlPlane('pod-gc');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  controlPlane.createNode('node-1');
  controlPlane.createNode('node-2');
  controlPlane.startHeartbeat('node-2');
  sim.runFor(1_000);
  return controlPlane;
}

function create(controlPlane: ControlPlane, name: string, nodeName: string): void {
  const containers = [{ name: 'c', image: 'nginx' }];
  controlPlane.apply<Pod>({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { nodeName, containers } });
}

const names = (controlPlane: ControlPlane) => controlPlane.pods().map(({ metadata }) => metadata.name);

test('what is to go from a node that was declared out of service goes, unless the node is well', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  for (const [name, node] of Object.entries({ dead: 'node-1', stays: 'node-1', ending: 'node-2' })) {
    create(controlPlane, name, node);
  }
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoSchedule' }];
  for (const node of ['node-1', 'node-2']) client.resource(nodes).patch(node, undefined, 'merge', { spec: { taints } });
  for (const name of ['dead', 'ending']) client.resource(pods).delete(name, 'default');
  expect(names(controlPlane)).toEqual(['dead', 'ending', 'stays']);
  sim.runFor(40_000);
  expect(names(controlPlane)).toEqual(['ending', 'stays']);
});

test('of too many ended Pods the evicted go first, then the oldest, then by name', () => {
  const ended = (name: string, creationTimestamp: string, status: Pod['status']): Pod => {
    const pod = storedPod(name, {}, status);
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp } };
  };
  const order = [
    ended('young', '2026-01-12T09:02:00Z', { phase: 'Succeeded' }),
    ended('b', '2026-01-12T09:00:00Z', { phase: 'Succeeded' }),
    ended('evicted', '2026-01-12T09:03:00Z', { phase: 'Failed', reason: 'Evicted' }),
    ended('a', '2026-01-12T09:00:00Z', { phase: 'Failed' }),
  ].toSorted(byExpendability);
  expect(order.map(({ metadata }) => metadata.name)).toEqual(['evicted', 'a', 'b', 'young']);
});
