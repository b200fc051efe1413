import { expect, test } from 'vitest';
import type { Deployment } from '../api/kinds.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { startControllerManager } from './index.ts';
import { ControlPlane } from './testing/control-plane.ts';

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
};

/** A control plane on which a Deployment has run for a minute; its history as a hash. */
function history(seed: string): string {
  const controlPlane = new ControlPlane(seed);
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport });
  startScheduler({ sim, transport });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  sim.runFor(100);
  controlPlane.apply<Deployment>(web);
  sim.runFor(60_000);
  return sim.trace.hash;
}

test('the same seed gives the same history', () => {
  expect(history('a')).toBe(history('a'));
  expect(history('a')).not.toBe(history('b'));
});

test('what is written names its cause', () => {
  const controlPlane = new ControlPlane('cause');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport });
  sim.runFor(1_000);
  controlPlane.apply<Deployment>(web);
  sim.runFor(1_000);
  const [pod] = controlPlane.pods();
  const entry = sim.trace.entries.find(
    ({ kind, subject }) => kind === 'etcd.put' && subject.endsWith(pod!.metadata.name),
  );
  expect(entry?.activity).toMatchObject({
    component: 'replicaset-controller',
    key: `default/${controlPlane.replicaSets()[0]?.metadata.name}`,
    causeRevision: expect.any(Number),
  });
});

test('of two controller managers one works; the other takes over when it is killed', () => {
  const controlPlane = new ControlPlane('leader');
  const { sim, transport } = controlPlane;
  const first = startControllerManager({ sim, transport, hostname: 'a' });
  sim.runFor(1_000);
  startControllerManager({ sim, transport, hostname: 'b' });
  sim.runFor(5_000);
  first.stop();
  controlPlane.apply<Deployment>(web);
  sim.runFor(8_000);
  expect(controlPlane.pods()).toEqual([]);
  sim.runFor(20_000);
  expect(controlPlane.pods()).toHaveLength(3);
  expect(controlPlane.eventsOf('Lease', 'kube-controller-manager')).toHaveLength(2);
});

test('a wrong name among the controllers is refused before anything starts', () => {
  const { sim, transport } = new ControlPlane('wrong');
  expect(() => startControllerManager({ sim, transport, controllers: ['*', 'deploymnet'] })).toThrow(
    '"deploymnet" is not in the list of known controllers',
  );
});
