import { KINDS } from '../../api/kind-list.ts';
import { Client } from '../../client/client.ts';
import type { Transport } from '../../client/transport.ts';
import { HollowRuntime } from '../../containerd/index.ts';
import { Etcd } from '../../etcd/index.ts';
import { createApiServer } from '../../kube-apiserver/index.ts';
import { readSchedule } from '../../kube-controller-manager/cronjob/cron-times.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startKubelet } from '../../kubelet/index.ts';
import { Simulation } from '../../sim/index.ts';
import { FaultyTransport } from './faulty-transport.ts';

const VERSION = 'v1.36.2';
const ADMIN = { username: 'system:admin', groups: ['system:masters'] };

/** A node whose kubelet can be stopped and started; its containers run on without it. */
export class FaultyNode {
  readonly name: string;
  readonly runtime: HollowRuntime;
  readonly line: FaultyTransport;
  readonly #start: () => { stop(): void };
  #kubelet: { stop(): void } | undefined;

  constructor(sim: Simulation, transport: Transport, index: number) {
    this.name = `node-${index}`;
    const runtime = new HollowRuntime(sim, { name: this.name, subnet: `10.244.${index}` });
    const line = new FaultyTransport(sim, transport, this.name);
    this.runtime = runtime;
    this.line = line;
    this.#start = () =>
      startKubelet({
        sim,
        nodeName: this.name,
        nodeAddress: `10.0.0.${index}`,
        transport: line.send,
        runtime,
        images: runtime,
        capacity: { cpu: '16', memory: '64Gi', pods: 110 },
        kubeletVersion: VERSION,
      });
    this.start();
  }

  get isLost(): boolean {
    return this.#kubelet === undefined;
  }

  lose(): void {
    this.#kubelet?.stop();
    this.#kubelet = undefined;
  }

  start(): void {
    this.#kubelet ??= this.#start();
  }
}

/** A real control plane over hollow nodes, each part with a line of its own that can be made to fail. */
export class SmallCluster {
  readonly sim: Simulation;
  readonly etcd: Etcd;
  readonly client: Client;
  readonly nodes: readonly FaultyNode[];
  readonly controllersLine: FaultyTransport;
  readonly schedulerLine: FaultyTransport;
  #controllers: { stop(): void };
  #scheduler: { stop(): void };

  constructor(seed: string, nodeCount: number) {
    const sim = new Simulation({ seed });
    this.sim = sim;
    this.etcd = new Etcd(sim);
    const options = { sim, etcd: this.etcd, kinds: KINDS, dialNode: () => undefined, serverVersion: VERSION };
    const server = createApiServer(options);
    const transport: Transport = (request) => server.handle({ ...request, user: ADMIN });
    this.client = new Client(transport, { userAgent: 'learner' });
    this.controllersLine = new FaultyTransport(sim, transport, 'controllers');
    this.schedulerLine = new FaultyTransport(sim, transport, 'scheduler');
    this.#controllers = this.#startControllers();
    this.#scheduler = this.#startScheduler();
    this.nodes = Array.from({ length: nodeCount }, (_, i) => new FaultyNode(sim, transport, i + 1));
    sim.runFor(3_000);
  }

  restartControllers(): void {
    this.#controllers.stop();
    this.#controllers = this.#startControllers();
  }

  restartScheduler(): void {
    this.#scheduler.stop();
    this.#scheduler = this.#startScheduler();
  }

  #startControllers() {
    return startControllerManager({
      sim: this.sim,
      transport: this.controllersLine.send,
      leaderElect: false,
      readSchedule,
    });
  }

  #startScheduler() {
    return startScheduler({ sim: this.sim, transport: this.schedulerLine.send, leaderElect: false });
  }
}
