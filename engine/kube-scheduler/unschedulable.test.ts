import { expect, test } from 'vitest';
import type { Event, Pod } from '../api/kinds.ts';
import { events, nodes } from '../api/resources.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from './index.ts';
import { UNSCHEDULABLE } from './testdata/unschedulable.ts';

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

/** Where 1.36 words it differently from 1.20, with the change that did it. */
const TODAY: Readonly<Record<string, string>> = {
  // 1.22: the selector is part of what may not match.
  nodeselector: "3 node(s) didn't match Pod's node affinity/selector",
  affinity: "3 node(s) didn't match Pod's node affinity/selector",
  // 1.22: affinity and anti-affinity give one reason each instead of one more for both.
  'pod-affinity': "3 node(s) didn't match pod affinity rules",
  'pod-antiaffinity': "3 node(s) didn't match pod anti-affinity rules",
  // 1.24: what is known before any node is looked at is not counted by nodes.
  'pvc-missing': 'persistentvolumeclaim "nope" not found',
  'pvc-unbound-noclass': 'pod has unbound immediate PersistentVolumeClaims',
  'pvc-missing-class': 'pod has unbound immediate PersistentVolumeClaims',
  // 1.35: taints are not told apart.
  tainted: '3 node(s) had untolerated taint(s)',
};

/** What removing Pods might help. */
const RESOLVABLE = ['hostport', 'pod-antiaffinity'];

test.each(UNSCHEDULABLE.map((each) => [each.scenario, each] as const))('%s', (scenario, { objects, message }) => {
  const controlPlane = new ControlPlane(scenario);
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  sim.runFor(1_000);
  for (let i = 0; i < 3; i++) {
    const name = `node-${i}`;
    controlPlane.createNode(name, { cpu: '16', memory: '64Gi' });
    const spec = {
      unschedulable: scenario === 'cordoned' ? true : null,
      taints: scenario === 'tainted' ? [{ key: 'k', value: 'v', effect: 'NoSchedule' }] : null,
    };
    const metadata = { labels: { 'kubernetes.io/hostname': name } };
    client.resource(nodes).patch(name, undefined, 'merge', { metadata, spec });
  }
  sim.runFor(1_000);
  for (const object of objects) {
    controlPlane.apply<Pod>(object as Pod);
    sim.runFor(200);
  }
  sim.runFor(3_000);

  const because = TODAY[scenario] ?? message.slice('0/3 nodes are available: '.length, -1);
  const prospect = RESOLVABLE.includes(scenario) ? NO_VICTIMS : NOT_HELPFUL;
  const expected =
    `0/3 nodes are available: ${because}. no new claims to deallocate, ` +
    `preemption: 0/3 nodes are available: 3 ${prospect}.`;
  const waiting = controlPlane.pods().filter(({ spec }) => spec.nodeName === undefined);
  expect(waiting).toHaveLength(1);
  expect(waiting[0]!.status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: expected },
  ]);
  const told = client
    .resource(events)
    .list()
    .items.filter(({ reason }: Event) => reason === 'FailedScheduling');
  expect(told[0]).toMatchObject({
    type: 'Warning',
    message: expected,
    action: 'Scheduling',
    reportingComponent: 'default-scheduler',
    involvedObject: { kind: 'Pod', name: waiting[0]!.metadata.name },
  });
});
