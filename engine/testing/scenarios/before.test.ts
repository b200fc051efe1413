import { expect, test } from 'vitest';
import { pods } from '../../api/resources.ts';
import { createCluster } from '../../cluster/create.ts';
import type { ClusterOptions } from '../../cluster/options.ts';

const POD = `apiVersion: v1
kind: Pod
metadata: {name: old}
spec:
  containers: [{name: main, image: "busybox:1.37", command: [sleep, infinity]}]
`;

const past: ClusterOptions = {
  workers: [{ name: 'node-1' }],
  files: { '/srv/before/old.yaml': POD },
  before: [
    { run: ['kubectl', 'apply', '-f', '/srv/before/old.yaml'] },
    { waitMs: 5000 },
    { fault: { type: 'kill-container', namespace: 'default', pod: 'old', container: 'main' } },
    { waitMs: 3000 },
  ],
};

test('what has happened before is there, and in no journal', () => {
  const cluster = createCluster(past);
  const old = cluster.client.resource(pods).get('old', 'default');
  expect(old.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  expect(cluster.journal).toEqual([]);
});

test('a fork has the same past, and goes on from it', () => {
  const cluster = createCluster(past);
  expect(cluster.run('workstation', ['kubectl', 'delete', 'pod', 'old', '--now'], 30_000)?.exitCode).toBe(0);
  const fork = cluster.fork();
  expect(fork.client.resource(pods).list({ namespace: 'default' }).items).toEqual([]);
  expect(fork.sim.nowMs).toBe(cluster.sim.nowMs);
  expect(fork.journal).toEqual(cluster.journal);
});

test('what could not be done before stops the cluster from coming up, with the reason', () => {
  const before = [{ run: ['kubectl', 'apply', '-f', '/srv/nothing.yaml'] }];
  expect(() => createCluster({ workers: [{ name: 'node-1' }], before })).toThrow(
    'what should have been done before could not be: kubectl apply -f /srv/nothing.yaml: ',
  );
});
