import { expect, test } from 'vitest';
import type { Job, StatefulSet } from '../api/kinds.ts';
import { jobs, statefulSets } from '../api/resources.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { readSchedule } from './cronjob/cron-times.ts';
import { startControllerManager } from './index.ts';
import { ControlPlane } from './testing/control-plane.ts';

/** A control plane whose controllers are killed and started anew every few seconds. */
function setUp(seed: string, options: Parameters<ControlPlane['startKubelets']>[0] = {}) {
  const controlPlane = new ControlPlane(seed);
  const { sim, transport } = controlPlane;
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2', 'node-3']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets(options);
  const random = sim.random('restarts');
  const run = (rounds: number, observe: () => void) => {
    for (let round = 0; round < rounds; round++) {
      const controllers = startControllerManager({ sim, transport, leaderElect: false, readSchedule });
      for (let tick = 0; tick < 10; tick++) {
        sim.runFor(50 + random.below(700));
        observe();
      }
      if (round < rounds - 1) controllers.stop();
    }
  };
  return { controlPlane, run };
}

const SEEDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const podSpec = { containers: [{ name: 'c', image: 'nginx' }] };

test.each(SEEDS)('a Job counts each Pod once, whenever its controller dies (seed %s)', (seed) => {
  const { controlPlane, run } = setUp(seed, { end: () => 'Succeeded' });
  controlPlane.apply<Job>({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { completions: 12, parallelism: 3, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
  });
  const get = () => controlPlane.client.resource(jobs).get('j', 'default');
  run(14, () => {
    const { status } = get();
    const counted = (status?.succeeded ?? 0) + (status?.uncountedTerminatedPods?.succeeded?.length ?? 0);
    const ended = controlPlane.pods().filter((pod) => pod.status?.phase === 'Succeeded').length;
    expect(counted).toBeLessThanOrEqual(ended);
  });
  expect(get().status).toMatchObject({ succeeded: 12, uncountedTerminatedPods: {} });
  expect(controlPlane.pods().filter(({ metadata }) => metadata.finalizers?.length)).toEqual([]);
});

test.each(SEEDS)('a StatefulSet never lacks more than one, whenever its controller dies (seed %s)', (seed) => {
  const { controlPlane, run } = setUp(seed);
  const client = controlPlane.client.resource(statefulSets);
  controlPlane.apply<StatefulSet>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 's' } },
      template: { metadata: { labels: { app: 's' } }, spec: podSpec },
    },
  });
  run(6, () => {});
  expect(client.get('s', 'default').status).toMatchObject({ readyReplicas: 4 });
  const containers = [{ name: 'c', image: 'nginx:2' }];
  client.patch('s', 'default', 'strategic-merge', { spec: { template: { spec: { containers } } } });
  run(12, () => {
    const serving = controlPlane
      .pods()
      .filter(
        ({ status, metadata }) =>
          metadata.deletionTimestamp === undefined &&
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      );
    expect(serving.length).toBeGreaterThanOrEqual(3);
  });
  expect(controlPlane.pods().map(({ spec }) => spec.containers[0]?.image)).toEqual(Array(4).fill('nginx:2'));
  const { status } = client.get('s', 'default');
  expect(status?.currentRevision).toBe(status?.updateRevision);
});
