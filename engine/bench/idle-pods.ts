import { createCluster, pods } from '../index.ts';
import { idleDeployment } from './idle-deployment.ts';

// `node --expose-gc engine/bench/idle-pods.ts [pods]`: what a Pod with one idle container costs on a node with a kernel, a
// runtime and a kubelet: heap (API objects, events and their history included), and time from creation to Ready.

const [count = 100] = process.argv.slice(2).map(Number);

const STEP_MS = 500;
const LIMIT_MS = 600_000;

function allRun(): boolean {
  const { items } = cluster.client.resource(pods).list({ namespace: 'default' });
  return items.length === count && items.every(({ status }) => status?.phase === 'Running');
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const cluster = createCluster({ seed: 'idle', workers: [{ cpu: '64', memory: '512Gi' }] });
const body = idleDeployment(count, { image: 'busybox', command: ['sleep', '1000000'] });
const before = heapBytes();
const start = performance.now();
const request = { method: 'POST' as const, path: '/apis/apps/v1/namespaces/default/deployments', body };
cluster.submit({ kind: 'api', request });
for (let waitedMs = 0; !allRun(); waitedMs += STEP_MS) {
  if (waitedMs > LIMIT_MS) throw new Error('not all Pods run');
  cluster.sim.runFor(STEP_MS);
}
const tookMs = performance.now() - start;
const perPod = (heapBytes() - before) / count;
console.log(`${count} Pods in ${tookMs.toFixed(0)} ms: ${((count / tookMs) * 1000).toFixed(0)} a second`);
console.log(`${(perPod / 1024).toFixed(1)} KiB of heap a Pod, its objects and their history included`);
