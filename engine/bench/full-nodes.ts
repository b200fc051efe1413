import { type Cluster, createCluster, type Pod, pods } from '../index.ts';
import { idleDeployment } from './idle-deployment.ts';

// `node engine/bench/full-nodes.ts [pods] [rounds]`: a Deployment's whole life on full nodes: sandboxes, processes, networks,
// volumes, status and all, from its creation to all Pods Ready, and from its deletion to the last Pod's end. CPU time, since
// machines are shared. In the first rounds the code is still being compiled.

const [podCount = 1000, rounds = 4] = process.argv.slice(2).map(Number);
const PATH = '/apis/apps/v1/namespaces/default/deployments';
/** Ten workers big enough for a thousand idle Pods; a node holds 110. */
const WORKERS = Math.ceil(podCount / 100);

function cpuMs(body: () => void): number {
  const before = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function present(cluster: Cluster): readonly Pod[] {
  return cluster.client.resource<Pod>(pods).list({ namespace: 'default' }).items;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
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
  const up = cpuMs(() => start(cluster));
  const down = cpuMs(() => end(cluster));
  const rate = (ms: number): string => `${ms.toFixed(0)} ms, ${Math.round((podCount / ms) * 1000)}/s`;
  console.log(
    `${podCount} Pods on full nodes by CPU time: to Ready ${rate(up)}; to gone ${rate(down)}; both ${rate(up + down)}`,
  );
}
