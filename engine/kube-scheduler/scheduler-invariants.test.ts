import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import type { ApiRequest, ApiResponse, StartWatch, WatchSink } from '../api/request.ts';
import { nodes, pods } from '../api/resources.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import type { Random, Simulation } from '../sim/index.ts';
import { startScheduler } from './index.ts';

// Whatever goes wrong, no Pod is bound twice, no node gets more than it has, and once nothing goes wrong any more every Pod
// that fits has a node. A hundred seeded runs; a failing one is named by its seed.
//
// In every other run answers are lost, too: the scheduler then takes a Pod for unbound that is not, and may give its place
// away before the watch tells. A real one does, and the kubelet turns the Pod away that came too much.

const NODES = 4;
const PODS = 24;
const TROUBLE_MS = 20_000;

/** Loses requests on their way, loses answers on theirs, refuses some, and cuts watches, while there is trouble. */
type Trouble = { readonly sim: Simulation; readonly losesAnswers: boolean; readonly isTroubled: () => boolean };

function troubled(transport: Transport, random: Random, { sim, losesAnswers, isTroubled }: Trouble): Transport {
  /** A watch that ends before long, so that what happens meanwhile has to be found out by a new list. */
  const cut = (watch: StartWatch, sink: WatchSink) => {
    const stop = watch(sink);
    sim.schedule(random.below(5_000), 'cut watch', () => {
      stop();
      sink.end();
    });
    return stop;
  };
  return (request: ApiRequest): ApiResponse => {
    if (!isTroubled()) return transport(request);
    const chance = random.float();
    if (chance < 0.05) throw new ConnectionError('dial tcp 10.0.0.10:6443: connect: connection refused');
    if (chance < 0.1 && request.method !== 'GET') return conflict();
    const response = transport(request);
    // The write was done, but the client does not get to know.
    if (losesAnswers && chance < 0.15 && request.method !== 'GET')
      throw new ConnectionError('read tcp: connection reset by peer');
    const { watch } = response;
    return watch === undefined ? response : { ...response, watch: (sink) => cut(watch, sink) };
  };
}

function conflict(): ApiResponse {
  const message =
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version';
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Conflict',
    code: 409,
  };
  return { status: 409, headers: { 'content-type': 'application/json' }, body } as ApiResponse;
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))('seed %i', (seed) => {
  const controlPlane = new ControlPlane(`trouble ${seed}`);
  const { sim, client, transport } = controlPlane;
  const random = sim.random('trouble');
  let isTroubled = false;
  const losesAnswers = seed % 2 === 1;
  const schedulerTransport = troubled(transport, random, { sim, losesAnswers, isTroubled: () => isTroubled });
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(500);
  controlPlane.apply({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 100,
  } as never);
  for (let i = 0; i < NODES; i++) controlPlane.createNode(`node-${i}`, { cpu: '4', memory: '8Gi' });

  const nodeOf = new Map<string, string>();
  client.resource(pods).watch(
    {},
    {
      event: ({ object }) => {
        const { metadata, spec } = object as Pod;
        if (!spec?.nodeName) return;
        const before = nodeOf.get(metadata.uid);
        if (before !== undefined && before !== spec.nodeName)
          throw new Error(`${metadata.name}: ${before}, ${spec.nodeName}`);
        nodeOf.set(metadata.uid, spec.nodeName);
      },
      end: () => {},
    },
  );
  controlPlane.startKubelets();
  const start = () => startScheduler({ sim, transport: schedulerTransport, leaderElect: false });
  let scheduler = start();
  sim.runFor(100);
  isTroubled = true;
  for (let i = 0; i < PODS; i++) {
    createPod(controlPlane, i, random);
    sim.runFor(random.below(TROUBLE_MS / PODS));
    if (random.below(6) === 0) {
      scheduler.stop();
      sim.runFor(random.below(500));
      scheduler = start();
    }
    if (random.below(8) === 0) {
      const unschedulable = random.below(2) === 0;
      client.resource(nodes).patch(`node-${random.below(NODES)}`, undefined, 'merge', { spec: { unschedulable } });
    }
    if (!losesAnswers) expect(overfull(controlPlane)).toEqual([]);
  }
  isTroubled = false;
  for (let i = 0; i < NODES; i++) {
    client.resource(nodes).patch(`node-${i}`, undefined, 'merge', { spec: { unschedulable: false } });
  }
  sim.runFor(400_000);
  if (!losesAnswers) expect(overfull(controlPlane)).toEqual([]);
  const waiting = controlPlane.pods().filter(({ spec }) => !spec.nodeName);
  const free = freeCpus(controlPlane);
  for (const { metadata, spec } of waiting) {
    const wanted = cpusOf(spec);
    expect(
      free.every((cpus) => cpus < wanted),
      `${metadata.name} wants ${wanted} of ${free}`,
    ).toBe(true);
  }
  scheduler.stop();
});

function createPod(controlPlane: ControlPlane, index: number, random: Random): void {
  const cpu = String(1 + random.below(2));
  const priorityClassName = random.below(4) === 0 ? 'high' : undefined;
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }];
  const labels = { app: 'web' };
  const spread = { maxSkew: 2, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' as const };
  const spec = {
    containers,
    priorityClassName,
    terminationGracePeriodSeconds: 1,
    topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
  };
  controlPlane.apply<Pod>({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${index}`, labels }, spec });
}

function cpusOf(spec: Pod['spec']): number {
  return Number(spec.containers[0]!.resources!.requests!['cpu']);
}

function freeCpus(controlPlane: ControlPlane): number[] {
  return Array.from({ length: NODES }, (_, i) => {
    const here = controlPlane.pods().filter(({ spec }) => spec.nodeName === `node-${i}`);
    return 4 - here.reduce((sum, { spec }) => sum + cpusOf(spec), 0);
  });
}

function overfull(controlPlane: ControlPlane): number[] {
  return freeCpus(controlPlane).filter((cpus) => cpus < 0);
}
