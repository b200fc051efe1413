import { createCluster, pods } from '../index.ts';

// `node engine/bench/devices.ts`: what a device costs a Pod, from its creation to its container's start, beside a Pod that
// wants none: virtual time, events of the simulation, wall time. Prints figures and asserts nothing.
// 1,000 nodes with 8 GPUs each and 5,000 Pods are in `node engine/bench/scheduler.ts extended`.

const ROUNDS = 8;
const IMAGE = 'registry.k8s.io/pause:3.10.1';

const cluster = createCluster({ seed: 'bench', workers: [{ gpus: ROUNDS, cpu: '16', memory: '64Gi' }] });
const { sim } = cluster;
sim.runFor(60_000);

interface Cost {
  readonly virtualMs: number;
  readonly events: number;
  readonly wallMs: number;
}

function start(name: string, gpus: number): Cost {
  const limits: Record<string, string> = gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) };
  const spec = { containers: [{ name: 'main', image: IMAGE, resources: { limits } }] };
  const begin = { virtualMs: sim.nowMs, events: sim.steps, wallMs: performance.now() };
  const metadata = { name, namespace: 'default' };
  cluster.client.resource(pods).create({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const running = (): boolean => cluster.client.resource(pods).get(name, 'default').status?.phase === 'Running';
  sim.runUntil(running, 60_000);
  return {
    virtualMs: sim.nowMs - begin.virtualMs,
    events: sim.steps - begin.events,
    wallMs: performance.now() - begin.wallMs,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function report(what: string, costs: readonly Cost[]): void {
  const of = (field: keyof Cost): number => median(costs.map((cost) => cost[field]));
  const figures = `${of('virtualMs').toFixed(1)} ms virtual, ${of('events')} events, ${of('wallMs').toFixed(2)} ms wall`;
  console.log(`${what.padEnd(40)} ${figures}`);
}

const plain = Array.from({ length: ROUNDS }, (_, index) => start(`plain-${index}`, 0));
const devices = Array.from({ length: ROUNDS }, (_, index) => start(`gpu-${index}`, 1));
report('a Pod without a device, to Running', plain);
report('a Pod with a GPU, to Running', devices);
const calls = sim.trace.entries.filter(({ subject }) => subject === 'v1beta1.DevicePlugin/Allocate');
const latencies = calls
  .filter(({ kind }) => kind === 'grpc.message')
  .map(({ timeMs }, at) => timeMs - calls[2 * at]!.timeMs);
console.log(`${'Allocate, from call to answer'.padEnd(40)} ${median(latencies).toFixed(2)} ms virtual`);
