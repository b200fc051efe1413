import { expect, test } from 'vitest';
import { createCluster, nodes } from '../index.ts';
import { startCluster } from './start-cluster.ts';

test('a cluster with GPUs comes up with its plugins, and as it does where everything is there at once', async () => {
  const options = { seed: 'gpus', workers: [{ gpus: 2 }] };
  const { cluster, late } = await startCluster(options);
  await late.complete;
  cluster.sim.runFor(30_000);
  expect(cluster.client.resource(nodes).get('node-1').status?.allocatable?.['nvidia.com/gpu']).toBe('2');
  const other = createCluster(options);
  other.sim.runFor(30_000);
  expect(cluster.sim.trace.hash).toBe(other.sim.trace.hash);
});

test('a plugin that comes later finds the kubelet as it would have been', async () => {
  const options = { seed: 'late', workers: [{ gpus: 1 }], nvidiaDevicePlugin: false };
  const { cluster, late } = await startCluster(options);
  await late.complete;
  const other = createCluster(options);
  for (const each of [cluster, other]) {
    each.run('node-1', ['nvidia-smi'], 10_000);
    each.run('node-1', ['bash', '-c', 'mkdir /dongles; echo ok >/dongles/red'], 10_000);
    each.sim.runFor(1000);
  }
  expect(cluster.sim.trace.hash).toBe(other.sim.trace.hash);
});

test('a command whose program is still on its way ends as it would have, at the same time', async () => {
  const options = { seed: 'early', workers: [{}] };
  const { cluster, late } = await startCluster(options);
  const other = createCluster(options);
  await late.ready;
  for (const each of [cluster, other]) {
    each.submit({ kind: 'terminal.open', terminal: 'a', columns: 80, rows: 24 });
    each.submit({ kind: 'terminal.input', terminal: 'a', text: 'kubectl explain pod | grep VERSION; ls -a\r' });
  }
  other.sim.runFor(10_000);
  const endMs = cluster.sim.nowMs + 10_000;
  for (;;) {
    while (late.missing() !== undefined) await late.missing();
    if (!cluster.sim.step(endMs)) break;
  }
  cluster.sim.advance(endMs, 0);
  expect(cluster.sim.trace.hash).toBe(other.sim.trace.hash);
  expect(cluster.sim.steps).toBe(other.sim.steps);
});
