import { isReady } from '../api/core/ready.ts';
import { KINDS } from '../api/kind-list.ts';
import type { Pod } from '../api/kinds.ts';
import { deployments, namespaces, pods, serviceAccounts } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { HollowRuntime } from '../containerd/index.ts';
import { Etcd } from '../etcd/index.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { startKubelet } from '../kubelet/index.ts';
import { Simulation } from '../sim/index.ts';
import { idleDeployment } from './idle-deployment.ts';

// `node engine/bench/hollow-nodes.ts [pods] [nodes] [rounds]`: a Deployment on nodes whose kubelets are real and whose
// containers are not. Prints Pods a second from creation to Ready, for each of some rounds: in the first the code is still
// being compiled.

const VERSION = 'v1.36.2';
const [podCount = 1000, nodeCount = 20, rounds = 4] = process.argv.slice(2).map(Number);
const ADMIN = { username: 'system:admin', groups: ['system:masters'] };

interface HollowCluster {
  readonly sim: Simulation;
  readonly client: Client;
}

function startCluster(): HollowCluster {
  const sim = new Simulation({ seed: 'hollow' });
  const options = { sim, etcd: new Etcd(sim), kinds: KINDS, dialNode: () => undefined, serverVersion: VERSION };
  const server = createApiServer(options);
  const transport: Transport = (request) => server.handle({ ...request, user: ADMIN });
  for (let index = 1; index <= nodeCount; index++) startNode(sim, transport, index);
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  const client = new Client(transport);
  sim.runUntil(
    () =>
      client.resource(namespaces).list().items.length > 0 &&
      client.resource(serviceAccounts).list({ namespace: 'default' }).items.length > 0,
    60_000,
  );
  sim.runFor(10_000);
  return { sim, client };
}

function startNode(sim: Simulation, transport: Transport, index: number): void {
  const runtime = new HollowRuntime(sim, { name: `node-${index}`, subnet: `10.${244 + (index >> 8)}.${index & 255}` });
  startKubelet({
    sim,
    nodeName: `node-${index}`,
    nodeAddress: `10.0.${index >> 8}.${index & 255}`,
    transport,
    runtime,
    images: runtime,
    capacity: { cpu: '64', memory: '512Gi', pods: 1000 },
    kubeletVersion: VERSION,
  });
}

function readyPods({ client }: HollowCluster): number {
  const { items } = client.resource<Pod>(pods).list({ namespace: 'default' });
  return items.filter(isReady).length;
}

function measure(): void {
  const cluster = startCluster();
  const cpu = process.cpuUsage();
  const start = performance.now();
  cluster.client.resource(deployments).create(idleDeployment(podCount, { image: 'idle:1' }));
  while (readyPods(cluster) < podCount && cluster.sim.nowMs < 600_000) cluster.sim.runFor(100);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const rate = (ms: number): string => `${Math.round((podCount / ms) * 1000)} Pods/s`;
  console.log(
    `${readyPods(cluster)} Pods on ${nodeCount} hollow nodes: ${wallMs.toFixed(0)} ms, ${rate(wallMs)}, ${rate((user + system) / 1000)} by CPU time`,
  );
}

for (let round = 0; round < rounds; round++) measure();
