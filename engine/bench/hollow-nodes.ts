import { KINDS } from '../api/kind-list.ts';
import type { Pod } from '../api/kinds.ts';
import { deployments, namespaces, pods, serviceAccounts } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import { HollowRuntime } from '../containerd/index.ts';
import { Etcd } from '../etcd/index.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { startKubelet } from '../kubelet/index.ts';
import { Simulation } from '../sim/index.ts';

// `node engine/bench/hollow-nodes.ts [pods] [nodes]`: a Deployment on nodes whose kubelets are real and whose containers
// are not. Prints Pods a second from creation to Ready.

const VERSION = 'v1.36.2';
const [podCount = 1000, nodeCount = 20] = process.argv.slice(2).map(Number);

const sim = new Simulation({ seed: 'hollow' });
const etcd = new Etcd(sim);
const server = createApiServer({ sim, etcd, kinds: KINDS, dialNode: () => undefined, serverVersion: VERSION });
const user = { username: 'system:admin', groups: ['system:masters'] };
const transport = (request: Parameters<typeof server.handle>[0]) => server.handle({ ...request, user });
const client = new Client(transport);

for (let index = 1; index <= nodeCount; index++) {
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
startControllerManager({ sim, transport, leaderElect: false });
startScheduler({ sim, transport, leaderElect: false });
sim.runUntil(() => serviceAccountsReady(), 60_000);
sim.runFor(10_000);

function serviceAccountsReady(): boolean {
  return (
    client.resource(namespaces).list().items.length > 0 &&
    client.resource(serviceAccounts).list({ namespace: 'default' }).items.length > 0
  );
}

function readyPods(): number {
  const { items } = client.resource<Pod>(pods).list({ namespace: 'default' });
  return items.filter((pod) => pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'))
    .length;
}

const labels = { app: 'idle' };
const start = performance.now();
client.resource(deployments).create({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'idle', namespace: 'default' },
  spec: {
    replicas: podCount,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'idle', image: 'idle:1' }] } },
  },
});
while (readyPods() < podCount && sim.nowMs < 600_000) sim.runFor(100);
const wallMs = performance.now() - start;
console.log(
  `${readyPods()} Pods on ${nodeCount} hollow nodes: ${wallMs.toFixed(0)} ms (${Math.round((podCount / wallMs) * 1000)} Pods/s)`,
);
