import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';
import { type HttpServerRequest, type HttpServerResponse, type SignalVerdict, serveHttp } from '../linux/http.ts';
import { flagValue, klog } from '../linux/programs/go/runtime.ts';
import { print } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { WakeUp } from '../linux/wake-up.ts';
import type { Simulation, Task, Timer } from '../sim/index.ts';
import { NetworkPolicyController } from './network-policy-controller.ts';
import { NetworkRoutesController, NoPodCidrError } from './network-routes-controller.ts';
import { NodeWatch } from './node-watch.ts';
import { PolicyWatch } from './policy-watch.ts';

export const KUBE_ROUTER_VERSION = 'v2.5.0';

export interface KubeRouterSurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs. */
  connect(process: Process): Transport;
}

/** A burst of changes is taken in together. */
const SETTLE_MS = 50;

/** `--iptables-sync-period`: rules are made from the ground so often. */
const SYNC_PERIOD_MS = 300_000;

const HEALTH_PORT = 20_244;

/**
 * kube-router: the Pod network of one node, and NetworkPolicies as rules in its kernel; it writes with the tools that an
 * administrator has. It is on no packet's way: when it ends, what it wrote stays. https://www.kube-router.io/docs/user-guide/
 */
export function kubeRouterProgram(surroundings: KubeRouterSurroundings): Program {
  return function* (process): Task<number> {
    for (const signal of ['TERM', 'INT'] as const) process.setSignalAction(signal, 'catch');
    yield* print(
      process,
      `Running /usr/local/bin/kube-router version ${KUBE_ROUTER_VERSION}, built on 2025-02-21, go1.23.6\n`,
    );
    if (isOn(process, 'run-service-proxy')) {
      yield* klog(process, 'E', 'kube-router.go:103', 'the service proxy is not there: kube-proxy makes Services work');
      return 1;
    }
    const nodeName = flagValue(process.argv, 'hostname-override') ?? process.env['NODE_NAME'] ?? process.hostname;
    return yield* new KubeRouter(surroundings, process, nodeName).run();
  };
}

class KubeRouter {
  readonly #sim: Simulation;
  readonly #process: Process;
  readonly #wakeUp: WakeUp;
  readonly #watch: PolicyWatch;
  readonly #policies: NetworkPolicyController;
  readonly #nodes: NodeWatch;
  readonly #routes: NetworkRoutesController;
  /** What it was told to run. */
  readonly #router: boolean;
  readonly #firewall: boolean;
  #fatal: string | undefined;
  #wanted: 'no' | 'changes' | 'all' = 'no';
  #settling: Timer | undefined;
  #period: Timer | undefined;

  constructor({ sim, connect }: KubeRouterSurroundings, process: Process, nodeName: string) {
    this.#sim = sim;
    this.#process = process;
    this.#wakeUp = new WakeUp(process, () => this.#work());
    this.#router = isOn(process, 'run-router');
    this.#firewall = isOn(process, 'run-firewall');
    const client = new Client(connect(process), { userAgent: 'kube-router' });
    this.#watch = new PolicyWatch(sim, client, nodeName, () => this.#ask('changes'));
    this.#nodes = new NodeWatch(sim, client, nodeName, () => this.#ask('changes'));
    this.#routes = new NetworkRoutesController(nodeName);
    this.#policies = new NetworkPolicyController({
      nodeName,
      serviceClusterIpRange: flagValue(process.argv, 'service-cluster-ip-range') ?? '10.96.0.0/12',
      nodePortRange: (flagValue(process.argv, 'service-node-port-range') ?? '30000-32767').replace('-', ':'),
    });
  }

  *run(): Task<number> {
    const process = this.#process;
    try {
      const health = process.listen(HEALTH_PORT, '0.0.0.0');
      if (this.#firewall) {
        yield* klog(process, 'I', 'network_policy_controller.go:168', 'Starting network policy controller');
        this.#watch.start();
      }
      if (this.#router) {
        yield* klog(process, 'I', 'network_routes_controller.go:169', 'Populating ipsets.');
        this.#nodes.start();
      }
      this.#ask('all');
      this.#schedulePeriod();
      yield* serveHttp(process, [health], answer, { onSignals: (signals) => this.#wakeUp.answer(signals) });
      if (this.#fatal !== undefined) {
        yield* klog(process, 'E', 'kube-router.go:103', `Failed to run kube-router: ${this.#fatal}`);
        return 1;
      }
      yield* klog(process, 'I', 'server.go:231', 'Shutting down the controllers');
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* klog(process, 'E', 'kube-router.go:103', `Failed to run kube-router: ${error.message.toLowerCase()}`);
      return 1;
    } finally {
      this.#stop();
    }
  }

  #stop(): void {
    if (this.#firewall) this.#watch.stop();
    if (this.#router) this.#nodes.stop();
    this.#settling?.cancel();
    this.#period?.cancel();
  }

  #schedulePeriod(): void {
    this.#period = this.#sim.schedule(SYNC_PERIOD_MS, 'kube-router period', () => {
      this.#ask('all');
      this.#schedulePeriod();
    });
  }

  #ask(what: 'changes' | 'all'): void {
    if (this.#wanted !== 'all') this.#wanted = what;
    if (this.#settling !== undefined) return;
    this.#settling = this.#sim.schedule(SETTLE_MS, 'kube-router sync', () => {
      this.#settling = undefined;
      this.#wakeUp.call();
    });
  }

  get #ready(): boolean {
    return (!this.#firewall || this.#watch.ready) && (!this.#router || this.#nodes.ready);
  }

  *#work(): Task<SignalVerdict> {
    try {
      while (this.#wanted !== 'no' && this.#ready) yield* this.#sync();
      return 'continue';
    } catch (error) {
      if (!(error instanceof NoPodCidrError)) throw error;
      this.#fatal = error.message;
      return 'stop';
    }
  }

  *#sync(): Task<void> {
    const anew = this.#wanted === 'all';
    this.#wanted = 'no';
    const process = this.#process;
    if (this.#router) {
      const problem = yield* this.#routes.sync(process, this.#nodes.routes(), anew);
      if (problem !== undefined) yield* klog(process, 'E', 'network_routes_controller.go:314', problem);
    }
    if (!this.#firewall) return;
    const problem = yield* this.#policies.sync(process, this.#watch.policies(), anew);
    if (problem !== undefined)
      yield* klog(process, 'E', 'network_policy_controller.go:256', `Aborting sync. ${problem}`);
  }
}

function answer({ path }: HttpServerRequest): HttpServerResponse {
  return path === '/healthz' ? { body: 'OK\n' } : { status: 404, body: '404 page not found\n' };
}

/** Whether a switch is on; those of kube-router are unless told. */
function isOn(process: Process, name: string): boolean {
  return (flagValue(process.argv, name) ?? 'true') === 'true';
}
