import { expect, test } from 'vitest';
import { createCluster, nodes } from '../index.ts';
import { startCluster } from './start-cluster.ts';

test('a cluster with GPUs comes up with its plugins, and as it does where everything is there at once', async () => {
  const options = { seed: 'gpus', workers: [{ gpus: 2 }] };
  const { cluster, complete } = await startCluster(options);
  await complete;
  cluster.sim.runFor(30_000);
  expect(cluster.client.resource(nodes).get('node-1').status?.allocatable?.['nvidia.com/gpu']).toBe('2');
  const other = createCluster(options);
  other.sim.runFor(30_000);
  expect(cluster.sim.trace.hash).toBe(other.sim.trace.hash);
});

test('a plugin that comes later finds the kubelet as it would have been', async () => {
  const options = { seed: 'late', workers: [{ gpus: 1 }], nvidiaDevicePlugin: false };
  const { cluster, complete } = await startCluster(options);
  await complete;
  const other = createCluster(options);
  for (const each of [cluster, other]) {
    each.run('node-1', ['nvidia-smi'], 10_000);
    each.run('node-1', ['bash', '-c', 'mkdir /dongles; echo ok >/dongles/red'], 10_000);
    each.sim.runFor(1000);
  }
  expect(cluster.sim.trace.hash).toBe(other.sim.trace.hash);
});
