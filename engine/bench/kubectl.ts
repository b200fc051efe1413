import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Cluster, createCluster, HOME } from '../index.ts';

// What kubectl costs in the terminal: milliseconds a command, and bytes of its code in the browser.
// `node engine/bench/kubectl.ts`

const REPETITIONS = 9;
const DOCUMENTS = 50;
const COMMAND_LIMIT_MS = 600_000;
const PODS = '/api/v1/namespaces/default/pods';

function boot(pods: number): Cluster {
  const documents = Array.from(
    { length: DOCUMENTS },
    (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map-${index}\ndata:\n  key: value\n`,
  );
  const cluster = createCluster({ seed: 'bench', files: { 'fifty.yaml': documents.join('---\n') } });
  for (let index = 0; index < pods; index++) {
    const spec = { schedulerName: 'nobody', containers: [{ name: 'web', image: 'nginx:1.29' }] };
    const body = { metadata: { name: `web-${index}`, labels: { app: 'web' } }, spec };
    cluster.submit({ kind: 'api', request: { method: 'POST', path: PODS, body } });
  }
  return cluster;
}

function run(cluster: Cluster, line: string): void {
  const outcome = cluster.run('workstation', ['bash', '-c', line], COMMAND_LIMIT_MS);
  if (outcome?.exitCode !== 0) throw new Error(`${line}: ${outcome?.stderr ?? 'not ended'}`);
}

function medianMs(cluster: Cluster, line: string): number {
  const times = Array.from({ length: REPETITIONS }, () => {
    const start = performance.now();
    run(cluster, line);
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(REPETITIONS / 2)]!;
}

const LINES = [
  'kubectl version',
  'kubectl get pods > /dev/null',
  'kubectl get pods -o wide > /dev/null',
  'kubectl get pods -o yaml > /dev/null',
  'kubectl describe pod web-1 > /dev/null',
  'kubectl get nodes > /dev/null',
  `kubectl apply -f ${HOME}/fifty.yaml > /dev/null`,
];

for (const pods of [100, 1000]) {
  const cluster = boot(pods);
  for (const line of LINES) {
    console.log(`${`${pods} Pods: ${line}`.padEnd(62)} ${medianMs(cluster, line).toFixed(1)} ms`);
  }
}

/** What a page loads for kubectl beyond what it has loaded already is less: it shares the API schema with the server. */
async function bundleBytes(): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../kubectl/index.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents).length;
}

console.log(
  `kubectl with everything that it imports, minified and gzipped: ${((await bundleBytes()) / 1024).toFixed(0)} KiB`,
);
