import type { Service } from '../api/kinds.ts';
import { services } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { timestamp } from '../api/timestamp.ts';
import { Client } from '../client/client.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { type SignalVerdict, serveHttp } from '../linux/http.ts';
import { flagValue } from '../linux/programs/go/runtime.ts';
import { NginxProcess } from '../linux/programs/nginx/nginx-process.ts';
import { print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { WakeUp } from '../linux/wake-up.ts';
import type { Simulation, Task, Timer } from '../sim/index.ts';
import { type Configuration, configurationOf } from './configuration.ts';
import { gatewayConf } from './gateway-conf.ts';
import { publishStatuses } from './gateway-status.ts';
import type { Gateway, GatewayClass } from './kinds.ts';
import { byAge, WatchedGateways } from './watched-gateways.ts';

export interface GatewaySurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, for whoever its token says it is. */
  connect(process: Process): Transport;
}

const VERSION = '1.6.2';
const HEALTH_PORT = 8081;
/** Changes that come together are one. */
const BATCH_MS = 250;

/**
 * NGINX Gateway Fabric: watches Gateways, HTTPRoutes and what they name, writes nginx's configuration, has the nginx beside it
 * use that, and tells in their statuses what came of them.
 * https://docs.nginx.com/nginx-gateway-fabric/overview/gateway-architecture/
 */
export function nginxGatewayProgram(surroundings: GatewaySurroundings): Program {
  return function* (process): Task<number> {
    const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
    if (process.argv[1] !== 'static-mode') {
      yield* printError(
        process,
        `Error: unknown command ${JSON.stringify(process.argv[1] ?? '')} for "gateway"\nRun 'gateway --help' for usage.\n`,
      );
      return 1;
    }
    if (pod === undefined || namespace === undefined) {
      yield* printError(process, 'Error: environment variable POD_NAMESPACE or POD_NAME not set\n');
      return 1;
    }
    return yield* new GatewayController(surroundings, process, { pod, namespace }).run();
  };
}

interface Identity {
  readonly pod: string;
  readonly namespace: string;
}

class GatewayController {
  readonly #sim: Simulation;
  readonly #process: Process;
  readonly #identity: Identity;
  readonly #client: Client;
  readonly #cluster: WatchedGateways;
  readonly #elector: LeaderElector;
  readonly #nginx: NginxProcess;
  readonly #wakeUp: WakeUp;
  readonly #controllerName: string;
  readonly #service: string | undefined;
  #wanted = true;
  #timer: Timer | undefined;
  #lines: string[] = [];
  #problem: string | undefined;

  constructor({ sim, connect }: GatewaySurroundings, process: Process, identity: Identity) {
    this.#sim = sim;
    this.#process = process;
    this.#identity = identity;
    this.#wakeUp = new WakeUp(process, () => this.#work());
    this.#client = new Client(connect(process), { userAgent: `nginx-gateway-fabric/${VERSION}` });
    this.#cluster = new WatchedGateways(sim, this.#client, `nginx-gateway/${identity.pod}`);
    this.#nginx = new NginxProcess(process);
    this.#controllerName = flagValue(process.argv, 'gateway-ctlr-name') ?? 'gateway.nginx.org/nginx-gateway-controller';
    this.#service = flagValue(process.argv, 'service');
    this.#elector = new LeaderElector(sim, this.#client, {
      name: flagValue(process.argv, 'leader-election-lock-name') ?? 'nginx-gateway-leader-election',
      namespace: identity.namespace,
      identity: identity.pod,
      onStartedLeading: () => this.#want(),
      onStoppedLeading: () => {},
    });
  }

  *run(): Task<number> {
    const process = this.#process;
    for (const signal of ['TERM', 'INT', 'QUIT'] as const) process.setSignalAction(signal, 'catch');
    process.setSignalAction('CHLD', 'default');
    const health = process.listen(HEALTH_PORT);
    try {
      yield* this.#log('info', 'Starting NGINX Gateway Fabric in static mode', { version: VERSION });
      this.#nginx.start();
      this.#cluster.start(() => this.#want());
      this.#elector.start();
      yield* serveHttp(process, [health], ({ path }) => this.#answer(path), {
        onSignals: (signals) => this.#wakeUp.answer(signals),
      });
      yield* this.#log('info', 'Stopping NGINX Gateway Fabric', {});
      this.#stop();
      yield* this.#nginx.quit();
      return 0;
    } finally {
      this.#stop();
    }
  }

  #want(): void {
    this.#wanted = true;
    this.#timer ??= this.#sim.schedule(BATCH_MS, 'nginx-gateway sync', () => {
      this.#timer = undefined;
      this.#wakeUp.call();
    });
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#elector.stop();
    this.#cluster.stop();
  }

  #answer(path: string): { readonly status: number; readonly body: string } {
    if (path !== '/readyz') return { status: 404, body: '404 page not found\n' };
    const ready = this.#nginx.isRunning && this.#cluster.hasSynced;
    return ready ? { status: 200, body: 'ok' } : { status: 503, body: 'not ready\n' };
  }

  *#work(): Task<SignalVerdict> {
    if (this.#wanted && this.#timer === undefined && this.#cluster.hasSynced) {
      this.#wanted = false;
      yield* this.#sync();
    }
    for (const line of this.#lines.splice(0)) yield* this.#log('error', line, {});
    if (this.#wakeUp.ended()) return 'stop';
    if (this.#wanted) this.#want();
    return 'continue';
  }

  *#sync(): Task<void> {
    const classes = this.#cluster.gatewayClasses().filter(({ spec }) => spec.controllerName === this.#controllerName);
    const names = new Set(classes.map(({ metadata }) => metadata.name));
    const gateways = this.#cluster
      .gateways()
      .filter(({ spec }) => names.has(spec.gatewayClassName))
      .sort(byAge);
    const configuration = configurationOf(this.#cluster, gateways);
    for (const [path, pem] of configuration.certificates) this.#process.writeFile(path, pem, { mode: 0o600 });
    const text = gatewayConf(configuration);
    if (!this.#nginx.has(text)) {
      this.#problem = yield* this.#nginx.use(text);
      if (this.#problem === undefined) yield* this.#log('info', 'NGINX configuration was successfully updated', {});
      else yield* this.#log('error', 'Failed to update NGINX configuration', { error: this.#problem });
    }
    if (this.#elector.isLeader) this.#publish(classes, gateways, configuration);
  }

  #publish(classes: readonly GatewayClass[], gateways: readonly Gateway[], configuration: Configuration): void {
    const publication = {
      controllerName: this.#controllerName,
      classes,
      gateways,
      routes: this.#cluster.routes(),
      configuration,
      addresses: this.#addresses(),
      problem: this.#problem,
      now: timestamp(this.#sim.wallMs),
    };
    const said = this.#sim.trace.during({ component: 'nginx-gateway', key: this.#identity.pod }, () =>
      publishStatuses(this.#client, publication),
    );
    this.#lines.push(...said);
  }

  /** Those of the Service before this Pod. */
  #addresses(): readonly string[] {
    if (this.#service === undefined) return [];
    try {
      const { spec, status } = this.#client.resource<Service>(services).get(this.#service, this.#identity.namespace);
      const given = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
      return spec.type === 'LoadBalancer' ? given : spec.clusterIP === undefined ? [] : [spec.clusterIP];
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      return [];
    }
  }

  *#log(level: 'info' | 'error', msg: string, more: object): Task<void> {
    const line = { level, ts: timestamp(this.#sim.wallMs), logger: 'nginxGateway', msg, ...more };
    yield* print(this.#process, `${JSON.stringify(line)}\n`);
  }
}
