import { expect, test } from 'vitest';
import { type Cluster, type ClusterOptions, createCluster, restoreCluster } from '../../index.ts';
import { scriptPod } from './testbed.ts';

// A cluster is its options and its journal: the same gives the same, byte for byte.

const OPTIONS: ClusterOptions = { seed: 'again', files: { 'crash.yaml': scriptPod('crash', 'sleep 3; exit 1') } };

/** A busy afternoon: every kind of input. */
function live(cluster: Cluster): void {
  const { sim } = cluster;
  cluster.submit({ kind: 'terminal.open', terminal: 't', columns: 80, rows: 24 });
  cluster.submit({ kind: 'terminal.input', terminal: 't', text: 'kubectl apply -f crash.yaml\r' });
  sim.runFor(1500);
  cluster.run('workstation', ['kubectl', 'create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=3'], 60_000);
  sim.runFor(7300);
  cluster.submit({ kind: 'terminal.input', terminal: 't', text: 'kubectl get pods -w\r' });
  cluster.submit({ kind: 'fault', fault: { type: 'kill-process', host: 'control-plane', process: 'kube-apiserver' } });
  sim.runFor(20_000);
  cluster.submit({ kind: 'file.write', path: 'x.yaml', text: 'nonsense' });
  cluster.submit({ kind: 'fault', fault: { type: 'power-off', host: 'node-2' } });
  sim.runFor(30_000);
  cluster.submit({ kind: 'terminal.input', terminal: 't', text: '\u0003kubectl get nodes\r' });
  sim.runFor(2000);
}

const original = createCluster(OPTIONS);
live(original);

const look = (cluster: Cluster) =>
  cluster.run('workstation', ['kubectl', 'get', 'pods,nodes,events', '-A', '-o', 'yaml'], 60_000)?.stdout;

test('the same seed and the same inputs give the same history', () => {
  const twin = createCluster(OPTIONS);
  live(twin);
  expect(twin.sim.trace.hash).toBe(original.sim.trace.hash);
  expect(twin.sim.steps).toBe(original.sim.steps);
});

test('another seed gives another', () => {
  const other = createCluster({ ...OPTIONS, seed: 'other' });
  live(other);
  expect(other.sim.trace.hash).not.toBe(original.sim.trace.hash);
});

test('a journal that went through JSON restores the cluster, and kubectl prints the same', () => {
  const journal = JSON.parse(JSON.stringify(original.journal));
  const restored = restoreCluster(OPTIONS, journal);
  restored.sim.runFor(original.sim.nowMs - restored.sim.nowMs);
  expect(restored.sim.trace.hash).toBe(original.sim.trace.hash);
  expect(restored.view()).toEqual(original.view());
  expect(look(restored)).toBe(look(original.fork()));
});

test('a fork of which nobody asks how it came about is in the same state, and remembers nothing of the way', () => {
  const fork = original.fork({ unrecorded: true });
  expect(fork.sim.trace.recorded).toBe(0);
  expect(fork.requests()).toEqual([]);
  expect(fork.view()).toEqual(original.view());
  expect(look(fork)).toBe(look(original.fork()));
  const probe = { from: 'node-1', host: '10.96.0.1', port: 443 };
  expect(fork.followRequest(probe).hops).not.toEqual([]);
});

test('a fork may be broken: the original neither moves nor hears of it', () => {
  const { nowMs, steps } = original.sim;
  const hash = original.sim.trace.hash;
  const fork = original.fork();
  fork.run('workstation', ['kubectl', 'delete', 'deployment', 'web'], 60_000);
  fork.sim.runFor(60_000);
  expect(original.sim.nowMs).toBe(nowMs);
  expect(original.sim.steps).toBe(steps);
  expect(original.sim.trace.hash).toBe(hash);
  expect(fork.view().revision).toBeGreaterThan(original.view().revision);
});

test('how the clock is driven does not matter: crumbs of events or one gulp', () => {
  const gulp = original.fork();
  const crumbs = original.fork();
  const goal = gulp.sim.nowMs + 30_000;
  gulp.sim.runFor(30_000);
  let at = crumbs.sim.nowMs;
  let budgets = 0;
  while (crumbs.sim.nowMs < goal) {
    at = Math.min(goal, at + 37);
    while (!crumbs.sim.advance(at, 3)) budgets += 1;
  }
  expect(budgets).toBeGreaterThan(10);
  expect(crumbs.sim.trace.hash).toBe(gulp.sim.trace.hash);
  expect(crumbs.sim.steps).toBe(gulp.sim.steps);
});

test('looking leaves no mark', () => {
  const looked = original.fork();
  const blind = original.fork();
  for (let second = 0; second < 20; second++) {
    looked.sim.runFor(1000);
    looked.view();
    looked.ready();
    looked.readFile('/root/crash.yaml');
    looked.listFiles();
  }
  blind.sim.runFor(20_000);
  expect(looked.sim.trace.hash).toBe(blind.sim.trace.hash);
});

test('two clusters in one process do not touch', () => {
  const alone = createCluster({ seed: 'solo' });
  const first = createCluster({ seed: 'solo' });
  const second = createCluster({ seed: 'duo' });
  for (let turn = 0; turn < 20; turn++) {
    first.sim.runFor(500);
    second.sim.runFor(700);
  }
  alone.sim.runFor(10_000);
  expect(first.sim.trace.hash).toBe(alone.sim.trace.hash);
});
