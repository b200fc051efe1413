import { gzipSync } from 'node:zlib';
import { type Cluster, createCluster, type Pod, pods } from '../index.ts';
import { runPeer } from './webernetes.ts';

// `npm run bench`: what the engine costs. Prints figures; nothing here fails a build.

const PEER_NODES = 3;

function wallMs(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(58)} ${figure}`);
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

/** Boots with three workers big enough for any number of idle Pods. */
function bootForPods(): Cluster {
  const worker = { cpu: '64', memory: '512Gi' };
  return createCluster({ seed: 'bench', workers: Array.from({ length: 10 }, () => worker) });
}

/** Wall time from creating a Deployment to all its Pods Ready, on full nodes: processes, probes and all. */
function deploymentMs(replicas: number): number {
  const cluster = bootForPods();
  const labels = { app: 'idle' };
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'idle', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'idle', image: 'registry.k8s.io/pause:3.10.1' }] },
      },
    },
  };
  return wallMs(() => {
    cluster.submit({
      kind: 'api',
      request: { method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body },
    });
    while (readyPods(cluster) < replicas) cluster.sim.runFor(500);
  });
}

function readyPods(cluster: Cluster): number {
  const { items } = cluster.client.resource<Pod>(pods).list({ namespace: 'default' });
  return items.filter((pod) =>
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length;
}

async function main(): Promise<void> {
  report('node', process.version);
  createCluster({ seed: 'warm-up' });
  report(
    'cluster boot to all system Pods Ready (warm)',
    milliseconds(median([1, 2, 3, 4, 5].map(() => wallMs(() => createCluster())))),
  );
  for (const replicas of [100, 1000]) {
    const own = deploymentMs(replicas);
    report(
      `Deployment of ${replicas} Pods to all Ready`,
      `${milliseconds(own)}  (${Math.round((replicas / own) * 1000)} Pods/s)`,
    );
    const peer = await runPeer(replicas, PEER_NODES, 300_000);
    if (peer === undefined) report(`the same in @ngrok/webernetes`, 'not finished after 300 s');
    else
      report(
        `the same in @ngrok/webernetes`,
        `${milliseconds(peer.deploymentMs)}  (${(peer.deploymentMs / own).toFixed(1)} × ours)`,
      );
  }
  void gzipSync;
}

await main();
process.exit(0);
