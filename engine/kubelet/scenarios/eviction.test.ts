import { expect, test } from 'vitest';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';
const Mi = 1024 * 1024;

const eater = (megabytes: number, request?: string) => ({
  name: 'main',
  image: IMAGE,
  command: ['eat', String(megabytes * Mi)],
  resources: request === undefined ? {} : { requests: { memory: request } },
});

test('under memory pressure the Pod goes that uses most beyond what it asked for', () => {
  const node = new NodeFixture({ eviction: { hard: { 'memory.available': '1Gi' } } });
  node.run('modest', { containers: [eater(700, '800Mi')] });
  node.run('greedy', { containers: [eater(500, '100Mi')] });
  const { status } = node.untilPhase('greedy', 'Failed', 60_000);
  expect(status).toMatchObject({ reason: 'Evicted', qosClass: 'Burstable' });
  expect(status?.message).toMatch(
    /^The node was low on resource: memory\. Threshold quantity: 1Gi, available: \d+Ki\. Container main was using 500Mi, request is 100Mi, has larger consumption of memory\. $/,
  );
  expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'TerminationByKubelet',
    message: status?.message,
  });
  expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0);
  expect(node.events('greedy')).toContain(`Evicted: ${status?.message}`);
  const pressure = () => node.node().status?.conditions?.find(({ type }) => type === 'MemoryPressure');
  node.until(() => pressure()?.status === 'True', 1000);
  expect(pressure()).toMatchObject({ reason: 'KubeletHasInsufficientMemory' });
  expect(node.events('node-1')).toEqual(
    expect.arrayContaining([
      'EvictionThresholdMet: Attempting to reclaim memory',
      'NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory',
    ]),
  );
  node.run('late', { containers: [{ name: 'main', image: IMAGE }] });
  expect(node.untilPhase('late', 'Failed').status).toMatchObject({
    reason: 'Evicted',
    message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
  });
  // Five minutes after the pressure has gone the condition goes, too.
  node.sim.runFor(290_000);
  expect(pressure()?.status).toBe('True');
  node.sim.runFor(30_000);
  expect(pressure()?.status).toBe('False');
  expect(node.pod('modest').status?.phase).toBe('Running');
});

test('a soft threshold leaves some time', () => {
  const node = new NodeFixture({
    eviction: {
      hard: {},
      soft: { 'memory.available': '1800Mi' },
      softGracePeriodMs: 60_000,
      maxPodGracePeriodSeconds: 10,
    },
  });
  node.run('greedy', { containers: [eater(500)] });
  node.untilReady('greedy');
  node.sim.runFor(55_000);
  expect(node.pod('greedy').status?.phase).toBe('Running');
  node.untilPhase('greedy', 'Failed', 30_000);
});

test('an emptyDir and a container have limits of their own', () => {
  const node = new NodeFixture();
  const size = String(2 * Mi);
  node.run('volume', {
    volumes: [{ name: 'data', emptyDir: { sizeLimit: '1Mi' } }],
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['fill', '/data/big', size],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
  });
  node.run('layer', {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['fill', '/tmp/big', size],
        resources: { limits: { 'ephemeral-storage': '1Mi' } },
      },
    ],
  });
  expect(node.untilPhase('volume', 'Failed', 30_000).status).toMatchObject({
    reason: 'Evicted',
    message: 'Usage of EmptyDir volume "data" exceeds the limit "1Mi". ',
  });
  expect(node.untilPhase('layer', 'Failed', 30_000).status).toMatchObject({
    reason: 'Evicted',
    message: 'Container main exceeded its local ephemeral storage limit "1Mi". ',
  });
});

test('short of disk, images that nobody uses go before Pods do', () => {
  const node = new NodeFixture({ diskBytes: 1000 * Mi, eviction: { hard: { 'nodefs.available': '905Mi' } } });
  node.run('done', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'tools-two:2', command: ['exit', '0'] }],
  });
  node.untilPhase('done', 'Succeeded');
  node.delete('done', 0);
  node.run('stay', { containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('stay');
  const pressure = () => node.node().status?.conditions?.find(({ type }) => type === 'DiskPressure');
  node.until(() => pressure()?.status === 'True', 60_000);
  expect(node.containerd.listImages().map(({ repoTags }) => repoTags[0])).toEqual([
    'registry.k8s.io/pause:3.10.1',
    'docker.io/library/tools:1',
  ]);
  expect(node.pod('stay').status?.phase).toBe('Running');
  expect(pressure()).toMatchObject({ reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' });
});
