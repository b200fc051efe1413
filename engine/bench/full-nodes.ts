import { isReady } from '../api/core/ready.ts';
import { type Cluster, createCluster, type Pod, pods } from '../index.ts';
import { idleDeployment } from './idle-deployment.ts';

// `node engine/bench/full-nodes.ts [pods] [rounds]`: a Deployment's whole life on full nodes: sandboxes, processes, networks,
// volumes, status and all, from its creation to all Pods Ready, and from its deletion to the last Pod's end. By the clock on the
// wall and by CPU time, since machines are shared. In the first rounds the code is still being compiled.

const [podCount = 1000, rounds = 4] = process.argv.slice(2).map(Number);
const PATH = '/apis/apps/v1/namespaces/default/deployments';
/** Ten workers big enough for a thousand idle Pods; a node holds 110. */
const WORKERS = Math.ceil(podCount / 100);

interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function measure(body: () => void): Took {
  const [start, before] = [performance.now(), process.cpuUsage()];
  body();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

function told({ wallMs, cpuMs }: Took): string {
  const rate = (ms: number): string => `${Math.round((podCount / ms) * 1_000)}/s`;
  return `${wallMs.toFixed(0)} ms, ${rate(wallMs)}, ${rate(cpuMs)} by CPU time`;
}

function present(cluster: Cluster): readonly Pod[] {
  return cluster.client.resource<Pod>(pods).list({ namespace: 'default' }).items;
}

function start(cluster: Cluster): void {
  const body = idleDeployment(podCount, { image: 'registry.k8s.io/pause:3.10.1' });
  cluster.submit({ kind: 'api', request: { method: 'POST', path: PATH, body } });
  while (present(cluster).filter(isReady).length < podCount) cluster.sim.runFor(100);
}

function end(cluster: Cluster): void {
  cluster.submit({ kind: 'api', request: { method: 'DELETE', path: `${PATH}/idle` } });
  while (present(cluster).length > 0) cluster.sim.runFor(100);
}

for (let round = 0; round < rounds; round++) {
  const workers = Array.from({ length: WORKERS }, () => ({ cpu: '64', memory: '512Gi' }));
  const cluster = createCluster({ seed: 'bench', workers });
  const up = measure(() => start(cluster));
  const down = measure(() => end(cluster));
  console.log(`${podCount} Pods on full nodes to Ready: ${told(up)}; to gone: ${told(down)}`);
}
