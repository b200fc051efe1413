import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { readExerciseFolder } from '../../graders/exercise-folder.ts';
import { gradeFiles, parseExercise, parseProof } from '../../graders/index.ts';
import { isReady } from '../api/core/ready.ts';
import { type Cluster, createCluster, type Pod, pods } from '../index.ts';
import { idleDeployment } from './idle-deployment.ts';
import { runPeer } from './webernetes.ts';

// `npm run bench`: what the engine costs. It prints figures and fails no build. `npm run bench -- --quick` leaves out the
// peer's thousand Pods, which take it some minutes.

const ROOT = join(import.meta.dirname, '..', '..');
const PEER_NODES = 3;
const PEER_LIMIT_MS = 120_000;
const REPETITIONS = 5;

function wallMs(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

function medianMs(body: () => void): number {
  const times = Array.from({ length: REPETITIONS }, () => wallMs(body));
  return times.toSorted((a, b) => a - b)[Math.floor(REPETITIONS / 2)]!;
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(58)} ${figure}`);
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

/** Ten workers big enough for a thousand idle Pods; a node holds 110. */
function bootForPods(): Cluster {
  return createCluster({ seed: 'bench', workers: Array.from({ length: 10 }, () => ({ cpu: '64', memory: '512Gi' })) });
}

/** Wall time from creating a Deployment to all its Pods Ready on full nodes: sandboxes, processes, status and all. */
function deploymentMs(replicas: number): number {
  const cluster = bootForPods();
  const path = '/apis/apps/v1/namespaces/default/deployments';
  return wallMs(() => {
    cluster.submit({
      kind: 'api',
      request: { method: 'POST', path, body: idleDeployment(replicas, { image: 'registry.k8s.io/pause:3.10.1' }) },
    });
    while (readyPods(cluster) < replicas) cluster.sim.runFor(100);
  });
}

function readyPods(cluster: Cluster): number {
  const { items } = cluster.client.resource<Pod>(pods).list({ namespace: 'default' });
  return items.filter(isReady).length;
}

function benchBoot(): void {
  report('first boot in this process', milliseconds(wallMs(() => createCluster())));
  report('cluster boot to all system Pods Ready, warm (median)', milliseconds(medianMs(() => createCluster())));
}

/** Both sides get their best of a few runs, so that neither is measured while its code is still being compiled. */
async function benchDeployment(replicas: number, peerRuns: number): Promise<void> {
  const own = Math.min(...Array.from({ length: REPETITIONS }, () => deploymentMs(replicas)));
  const rate = Math.round((replicas / own) * 1000);
  report(`Deployment of ${replicas} Pods to all Ready`, `${milliseconds(own)}  (${rate} Pods/s)`);
  let best: number | undefined;
  for (let run = 0; run < peerRuns; run++) {
    const figures = await runPeer(replicas, PEER_NODES, PEER_LIMIT_MS);
    if (figures !== undefined) best = Math.min(best ?? Number.POSITIVE_INFINITY, figures.deploymentMs);
  }
  if (peerRuns === 0) return;
  const figure =
    best === undefined
      ? `not finished after ${PEER_LIMIT_MS / 1000} s  (more than ${(PEER_LIMIT_MS / own).toFixed(0)} × ours)`
      : `${milliseconds(best)}  (${(best / own).toFixed(1)} × ours)`;
  report('  the same in @ngrok/webernetes', figure);
}

function benchGrading(): void {
  const folder = readExerciseFolder('shared-page');
  const exercise = parseExercise('shared-page', folder);
  const { solutions } = parseProof(exercise, folder);
  const files = Object.entries(solutions['reference']!).map(([name, text]) => ({ name, text }));
  report('grading the exercise shared-page (median)', milliseconds(medianMs(() => void gradeFiles(exercise, files))));
}

/** Bytes of the built site; built by `npm run build`. */
function benchSite(): void {
  if (!existsSync(join(ROOT, 'dist'))) {
    report('bytes of the first lesson', 'run `npm run build` first');
    return;
  }
  spawnSync(process.execPath, [join(ROOT, 'lessons', 'browser', 'weight.ts')], { stdio: 'inherit' });
}

/** The API server's own figures, each in a process of its own. */
function benchApiServer(): void {
  for (const [script, ...flags] of [
    ['api-creates.ts'],
    ['http.ts'],
    ['idle-watches.ts'],
    ['api-size.ts', '--expose-gc'],
  ] as const) {
    spawnSync(process.execPath, [...flags, join(import.meta.dirname, script)], { stdio: 'inherit' });
  }
}

const quick = process.argv.includes('--quick');
report('machine', `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`);
benchBoot();
await benchDeployment(100, 3);
await benchDeployment(1000, quick ? 0 : 1);
benchGrading();
benchSite();
benchApiServer();
// The peer leaves timers behind.
process.exit(0);
