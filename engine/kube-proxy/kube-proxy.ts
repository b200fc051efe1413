import { Client } from '../client/client.ts';
import { EventSeriesRecorder } from '../client/event-series-recorder.ts';
import type { Transport } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';
import { type HttpServerRequest, type HttpServerResponse, type SignalVerdict, serveHttp } from '../linux/http.ts';
import { flagValue, klog } from '../linux/programs/go/runtime.ts';
import { decode } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { WakeUp } from '../linux/wake-up.ts';
import type { Simulation, Task, Timer } from '../sim/index.ts';
import { ConfigurationError, type ProxyConfiguration, type ProxyMode, readConfiguration } from './configuration.ts';
import { HealthCheckPorts } from './health-check-ports.ts';
import { IptablesProxier } from './iptables/iptables-proxier.ts';
import { metricsText } from './metrics.ts';
import type { OtherModes, Proxier } from './proxier.ts';
import { ProxyHealth } from './proxy-health.ts';
import { ProxyWatch } from './proxy-state.ts';
import { SyncRunner } from './sync-runner.ts';

export interface KubeProxySurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs. */
  connect(process: Process): Transport;
  /** What works in modes other than iptables. */
  readonly otherModes: OtherModes;
}

/** Rules are made from the ground at least so often. */
const FULL_SYNC_MS = 3_600_000;

/** Go programs end so when a signal comes that they do not handle and they are the first process of a container. */
const EXIT_BY_SIGNAL = 2;

/**
 * kube-proxy: makes Services work on one node by rules in its kernel, which it writes with the tools that an administrator
 * has. It is on no packet's way: when it ends, what it wrote stays.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
 */
export function kubeProxyProgram(surroundings: KubeProxySurroundings): Program {
  return function* (process): Task<number> {
    for (const signal of ['TERM', 'INT'] as const) process.setSignalAction(signal, 'catch');
    let configuration: ProxyConfiguration;
    let proxier: Proxier;
    try {
      configuration = readConfiguration(decode(process.readFile(flagValue(process.argv, 'config') ?? '')));
      const { mode } = configuration;
      proxier = mode === 'iptables' ? new IptablesProxier() : surroundings.otherModes(mode);
    } catch (error) {
      if (!(error instanceof Errno || error instanceof ConfigurationError)) throw error;
      const reason =
        error instanceof Errno
          ? `open ${flagValue(process.argv, 'config')}: ${error.message.toLowerCase()}`
          : error.message;
      yield* logError(process, `"Error running ProxyServer" err=${JSON.stringify(reason)}`);
      return 1;
    }
    const proxy = new KubeProxy(surroundings, process, configuration, proxier);
    return yield* proxy.run();
  };
}

class KubeProxy {
  readonly #sim: Simulation;
  readonly #process: Process;
  readonly #wakeUp: WakeUp;
  readonly #configuration: ProxyConfiguration;
  readonly #nodeName: string;
  readonly #watch: ProxyWatch;
  readonly #runner: SyncRunner;
  readonly #recorder: EventSeriesRecorder;
  readonly #proxier: Proxier;
  readonly #health: ProxyHealth;
  readonly #listening: number[] = [];
  readonly #checks = new HealthCheckPorts(this.#listening);
  #syncWanted = false;
  #checkWanted = false;
  #checkTimer: Timer | undefined;

  constructor(
    { sim, connect }: KubeProxySurroundings,
    process: Process,
    configuration: ProxyConfiguration,
    proxier: Proxier,
  ) {
    this.#sim = sim;
    this.#process = process;
    this.#wakeUp = new WakeUp(process, () => this.#workAll());
    this.#configuration = configuration;
    this.#proxier = proxier;
    this.#nodeName = flagValue(process.argv, 'hostname-override') ?? configuration.hostnameOverride ?? process.hostname;
    const client = new Client(connect(process), { userAgent: 'kube-proxy' });
    const { minSyncMs, syncMs } = configuration;
    this.#health = new ProxyHealth(sim, syncMs);
    this.#runner = new SyncRunner(sim, { minMs: minSyncMs, retryMs: syncMs, maxMs: FULL_SYNC_MS }, () => {
      this.#syncWanted = true;
      this.#wakeUp.call();
    });
    this.#watch = new ProxyWatch(sim, client, this.#nodeName, configuration.mode, () => {
      if (!this.#watch.ready) return;
      this.#health.queued();
      this.#runner.ask();
    });
    this.#recorder = new EventSeriesRecorder(sim, client, 'kube-proxy', this.#nodeName);
  }

  *run(): Task<number> {
    const process = this.#process;
    try {
      const { healthz, metrics } = this.#configuration;
      yield* this.#listen('healthz server', healthz.port, healthz.address);
      yield* this.#listen('metrics server', metrics.port, metrics.address);
      yield* this.#introduce();
      this.#watch.start();
      this.#scheduleCheck();
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.#nodeName, uid: this.#nodeName } };
      this.#recorder.event(node as never, 'Normal', 'Starting', 'StartKubeProxy', '');
      yield* serveHttp(process, this.#listening, (request) => this.#answer(request), {
        onSignals: (signals) => this.#wakeUp.answer(signals),
      });
      return EXIT_BY_SIGNAL;
    } finally {
      this.#stop();
    }
  }

  /** In which mode it works, and what is to be said against that mode. */
  *#introduce(): Task<void> {
    const { mode } = this.#configuration;
    const process = this.#process;
    yield* log(process, `"Using ${mode} Proxier"`);
    const against = COMPLAINTS[mode];
    if (against !== undefined) yield* klog(process, 'W', 'kube-proxy', JSON.stringify(against));
  }

  #stop(): void {
    this.#watch.stop();
    this.#runner.stop();
    this.#recorder.stop();
    this.#checkTimer?.cancel();
    this.#proxier.stop?.(this.#process);
  }

  *#listen(what: string, port: number, address: string): Task<void> {
    try {
      this.#listening.push(this.#process.listen(port, address));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const reason = `listen tcp ${address}:${port}: bind: ${error.message.toLowerCase()}`;
      yield* logError(this.#process, `"Failed to start ${what}" err=${JSON.stringify(reason)}`);
    }
  }

  #scheduleCheck(): void {
    this.#checkTimer = this.#sim.schedule(this.#configuration.syncMs, 'kube-proxy canary', () => {
      this.#checkWanted = true;
      this.#wakeUp.call();
      this.#scheduleCheck();
    });
  }

  *#workAll(): Task<SignalVerdict> {
    // Whoever has lost their Node writes nothing until they know of one again.
    while (this.#checkWanted || (this.#syncWanted && this.#watch.ready)) yield* this.#work();
    return 'continue';
  }

  *#work(): Task<void> {
    const process = this.#process;
    if (this.#checkWanted) {
      this.#checkWanted = false;
      if (!(yield* this.#proxier.check(process))) {
        yield* log(process, RULES_GONE[this.#proxier.mode]);
        this.#syncWanted = true;
      }
    }
    if (!this.#syncWanted || !this.#watch.ready) return;
    this.#syncWanted = false;
    this.#runner.begun();
    const beganMs = this.#sim.nowMs;
    const state = this.#watch.state(this.#configuration);
    const problem = yield* this.#proxier.sync(process, state);
    this.#runner.finished(problem === undefined);
    if (problem === undefined) this.#health.synced(this.#sim.nowMs - beganMs);
    else
      yield* logError(
        process,
        `"Sync failed" err=${JSON.stringify(problem)} retryingTime="${this.#configuration.syncMs / 1000}s"`,
      );
    for (const each of this.#checks.update(process, state)) yield* logError(process, JSON.stringify(each));
  }

  #answer({ local, path }: HttpServerRequest): HttpServerResponse {
    const { healthz, metrics } = this.#configuration;
    const check = this.#checks.answer(local.port, this.#health.healthy);
    if (check !== undefined) return check;
    if (local.port === healthz.port && (path === '/healthz' || path === '/livez')) {
      return this.#health.answer(path === '/healthz' ? this.#watch.node : undefined);
    }
    if (local.port === metrics.port) {
      const text = { '/proxyMode': this.#configuration.mode, '/healthz': 'ok' }[path];
      if (text !== undefined) return { headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: text };
      if (path === '/metrics')
        return {
          headers: { 'Content-Type': 'text/plain; version=0.0.4' },
          body: metricsText(this.#health, this.#proxier.figures),
        };
    }
    return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
  }
}

const COMPLAINTS: Readonly<Partial<Record<ProxyMode, string>>> = {
  ipvs: "The ipvs proxier is now deprecated and may be removed in a future release. Please use 'nftables' instead.",
  userspace: 'The userspace proxier was removed in Kubernetes 1.26. It is here as history: do not use it.',
};

const RULES_GONE: Readonly<Record<ProxyMode, string>> = {
  iptables: '"iptables canary deleted" table="mangle" chain="KUBE-PROXY-CANARY"',
  ipvs: '"iptables canary deleted" table="mangle" chain="KUBE-PROXY-CANARY"',
  nftables: '"nftables table deleted" table="kube-proxy"',
  userspace: '"iptables rules deleted"',
};

function log(process: Process, text: string): Task<void> {
  return klog(process, 'I', 'kube-proxy', text);
}

function logError(process: Process, text: string): Task<void> {
  return klog(process, 'E', 'kube-proxy', text);
}
