import type { ConfigMap, Ingress, Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';
import { type SignalVerdict, serveHttp } from '../linux/http.ts';
import { klog } from '../linux/programs/go/runtime.ts';
import { NginxProcess } from '../linux/programs/nginx/nginx-process.ts';
import { print } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { WakeUp } from '../linux/wake-up.ts';
import type { Simulation, Task, Timer } from '../sim/index.ts';
import { FAKE_CERTIFICATE, writeFakeCertificate } from './certificates.ts';
import { ControllerFiles } from './controller-files.ts';
import { banner, type Flags, readFlags, VERSION } from './flags.ts';
import { buildModel } from './model.ts';
import { nginxConf } from './nginx-conf.ts';
import { readOptions } from './options.ts';
import { publishStatus } from './status.ts';
import { nameOf, WatchedCluster } from './watched-cluster.ts';

export interface IngressNginxSurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, for whoever its token says it is. */
  connect(process: Process): Transport;
}

const STATUS_EVERY_MS = 60_000;
/** How long the process stays after nginx has ended, for connections that are still being closed. */
const EXIT_DELAY_MS = 10_000;

/**
 * The controller of ingress-nginx: watches Ingresses and what they name, writes nginx's configuration, and has the nginx in
 * its container use it. https://kubernetes.github.io/ingress-nginx/how-it-works/
 */
export function ingressNginxProgram(surroundings: IngressNginxSurroundings): Program {
  return function* (process): Task<number> {
    if (process.argv.includes('--version')) {
      yield* print(process, `${banner()}\n`);
      return 0;
    }
    yield* print(process, `${banner()}\n`);
    const flags = readFlags(process);
    const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
    if (pod === undefined || namespace === undefined) {
      yield* klog(
        process,
        'E',
        'main.go:74',
        'unable to get POD information (missing POD_NAME or POD_NAMESPACE environment variable',
      );
      return 255;
    }
    return yield* new IngressController(surroundings, process, flags, { pod, namespace }).run();
  };
}

interface Identity {
  readonly pod: string;
  readonly namespace: string;
}

type Line = readonly [severity: 'I' | 'W' | 'E', place: string, text: string];

class IngressController {
  readonly #sim: Simulation;
  readonly #process: Process;
  readonly #wakeUp: WakeUp;
  readonly #flags: Flags;
  readonly #identity: Identity;
  readonly #client: Client;
  readonly #cluster: WatchedCluster;
  readonly #recorder: EventRecorder;
  readonly #elector: LeaderElector;
  readonly #nginx: NginxProcess;
  readonly #files: ControllerFiles;
  #lines: Line[] = [];
  #self: Pod | undefined;
  #configMap: ConfigMap | undefined;
  #syncWanted = true;
  #statusWanted = false;
  #reloads = 0;
  #nextSyncMs = 0;
  #syncTimer: Timer | undefined;
  #statusTimer: Timer | undefined;

  constructor({ sim, connect }: IngressNginxSurroundings, process: Process, flags: Flags, identity: Identity) {
    this.#sim = sim;
    this.#process = process;
    this.#wakeUp = new WakeUp(process, () => this.#work());
    this.#flags = flags;
    this.#identity = identity;
    this.#client = new Client(connect(process), { userAgent: `nginx-ingress-controller/${VERSION}` });
    this.#cluster = new WatchedCluster(sim, this.#client, flags, `ingress-nginx/${identity.pod}`);
    this.#recorder = new EventRecorder(sim, this.#client, { component: 'nginx-ingress-controller' });
    this.#nginx = new NginxProcess(process);
    this.#files = new ControllerFiles(process, this.#cluster, (line) => this.#lines.push(line));
    this.#elector = new LeaderElector(sim, this.#client, {
      name: flags.electionId,
      namespace: identity.namespace,
      identity: identity.pod,
      onStartedLeading: () => {
        this.#lines.push(
          ['I', 'leaderelection.go:271', `successfully acquired lease ${identity.namespace}/${flags.electionId}`],
          ['I', 'status.go:85', `"New leader elected" identity="${identity.pod}"`],
        );
        this.#statusWanted = true;
        this.#wakeUp.call();
      },
      onStoppedLeading: () => {},
    });
  }

  *run(): Task<number> {
    const process = this.#process;
    for (const signal of ['TERM', 'INT', 'QUIT'] as const) process.setSignalAction(signal, 'catch');
    process.setSignalAction('CHLD', 'default');
    if (!(yield* this.#introduce())) return 255;
    const { electionId, healthPort } = this.#flags;
    const health = process.listen(healthPort);
    try {
      yield* klog(process, 'I', 'nginx.go:273', '"Starting NGINX Ingress controller"');
      yield* writeFakeCertificate(process);
      yield* klog(process, 'I', 'main.go:101', `"SSL fake certificate created" file="${FAKE_CERTIFICATE}"`);
      this.#listen();
      this.#cluster.start();
      yield* klog(process, 'I', 'nginx.go:319', '"Starting NGINX process"');
      this.#nginx.start();
      yield* klog(
        process,
        'I',
        'leaderelection.go:257',
        `attempting to acquire leader lease ${this.#identity.namespace}/${electionId}...`,
      );
      this.#elector.start();
      this.#scheduleStatus();
      yield* serveHttp(process, [health], ({ path }) => this.#answer(path), {
        onSignals: (signals) => this.#wakeUp.answer(signals),
      });
      return yield* this.#end();
    } finally {
      this.#stop();
    }
  }

  /** Finds itself in the API; false when it may not. */
  *#introduce(): Task<boolean> {
    const process = this.#process;
    const { namespace, pod } = this.#identity;
    yield* klog(process, 'I', 'main.go:205', '"Creating API client" host="https://10.96.0.1:443"');
    try {
      this.#self = this.#client.resource<Pod>(pods).get(pod, namespace);
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof StatusError)) throw error;
      yield* klog(
        process,
        'E',
        'main.go:81',
        `unable to get information about the ingress controller pod: ${error.message}`,
      );
      return false;
    }
    return true;
  }

  #listen(): void {
    this.#cluster.onChange(
      () => {
        this.#syncWanted = true;
        this.#scheduleSync();
      },
      (ingress, what) => this.#hear(ingress, what),
    );
  }

  #hear(ingress: Ingress, what: 'add' | 'update' | 'delete'): void {
    const ingressClass = this.#cluster.classOf(ingress);
    const key = nameOf(ingress);
    if (ingressClass === undefined) {
      if (what !== 'delete')
        this.#lines.push([
          'I',
          'store.go:423',
          `"Ignoring ingress because of error while validating ingress class" ingress="${key}" error="ingress does not contain a valid IngressClass"`,
        ]);
      return;
    }
    if (what === 'delete') return;
    if (what === 'add')
      this.#lines.push([
        'I',
        'store.go:443',
        `"Found valid IngressClass" ingress="${key}" ingressclass="${ingressClass === '' ? '_' : ingressClass}"`,
      ]);
    this.#event(ingress, 'Normal', 'Sync', 'Scheduled for sync');
  }

  #event(object: Ingress | ConfigMap | Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { metadata, kind, apiVersion } = object;
    this.#lines.push([
      'I',
      'event.go:377',
      `Event(v1.ObjectReference{Kind:"${kind}", Namespace:"${metadata.namespace}", Name:"${metadata.name}", UID:"${metadata.uid}", APIVersion:"${apiVersion}", ResourceVersion:"${metadata.resourceVersion}", FieldPath:""}): type: '${type}' reason: '${reason}' ${message}`,
    ]);
    this.#recorder.event(object, type, reason, message);
  }

  /** Not more often than the flag says: changes that come in the meantime are one. */
  #scheduleSync(): void {
    if (this.#syncTimer !== undefined) return;
    const delayMs = Math.max(0, this.#nextSyncMs - this.#sim.nowMs);
    this.#syncTimer = this.#sim.schedule(delayMs, 'ingress-nginx sync', () => {
      this.#syncTimer = undefined;
      this.#wakeUp.call();
    });
  }

  #scheduleStatus(): void {
    this.#statusTimer = this.#sim.schedule(STATUS_EVERY_MS, 'ingress-nginx status', () => {
      this.#statusWanted = true;
      this.#wakeUp.call();
      this.#scheduleStatus();
    });
  }

  #stop(): void {
    this.#syncTimer?.cancel();
    this.#statusTimer?.cancel();
    this.#elector.stop();
    this.#recorder.stop();
    this.#cluster.stop();
  }

  *#work(): Task<SignalVerdict> {
    yield* this.#flush();
    if (this.#syncWanted && this.#cluster.hasSynced && this.#sim.nowMs >= this.#nextSyncMs) {
      this.#syncWanted = false;
      this.#nextSyncMs = this.#sim.nowMs + this.#flags.syncEveryMs;
      yield* this.#sync();
    }
    if (this.#statusWanted) {
      this.#statusWanted = false;
      if (this.#elector.isLeader) this.#publish();
    }
    yield* this.#flush();
    if (this.#wakeUp.ended()) return 'stop';
    if (this.#syncWanted) this.#scheduleSync();
    return 'continue';
  }

  *#sync(): Task<void> {
    const process = this.#process;
    const { options, complaints } = readOptions(this.#readConfigMap());
    const model = buildModel(this.#cluster, options);
    for (const text of [...complaints, ...model.complaints]) yield* klog(process, 'W', 'controller.go:1232', text);
    const text = nginxConf(model, options, this.#files.prepare(model));
    yield* this.#flush();
    if (this.#nginx.has(text)) return;
    yield* klog(process, 'I', 'controller.go:214', '"Configuration changes detected, backend reload required"');
    const problem = yield* this.#nginx.use(text);
    if (problem !== undefined) {
      yield* klog(process, 'E', 'controller.go:226', `Unexpected failure reloading the backend:\n${problem}`);
      yield* klog(process, 'E', 'queue.go:131', `"requeuing" err=${JSON.stringify(problem)} key="initial-sync"`);
      this.#event(this.#self!, 'Warning', 'RELOAD', `Error reloading NGINX: ${problem}`);
      return;
    }
    yield* klog(process, 'I', 'controller.go:228', '"Backend successfully reloaded"');
    this.#event(this.#self!, 'Normal', 'RELOAD', 'NGINX reload triggered due to a change in configuration');
    this.#reloads += 1;
    if (this.#reloads === 1) yield* klog(process, 'I', 'controller.go:240', '"Initial sync, sleeping for 1 second"');
  }

  #readConfigMap(): ConfigMap['data'] {
    const configMap = this.#flags.configMap === undefined ? undefined : this.#cluster.configMap(this.#flags.configMap);
    const before = this.#configMap;
    this.#configMap = configMap;
    if (configMap !== undefined && configMap.metadata.resourceVersion !== before?.metadata.resourceVersion)
      this.#event(configMap, 'Normal', before === undefined ? 'CREATE' : 'UPDATE', `ConfigMap ${nameOf(configMap)}`);
    return configMap?.data;
  }

  #publish(): void {
    const said = this.#sim.trace.during({ component: 'ingress-nginx', key: this.#identity.pod }, () =>
      publishStatus(this.#client, this.#cluster, { ...this.#identity, publishService: this.#flags.publishService }),
    );
    for (const text of said) this.#lines.push([text.startsWith('"updating') ? 'I' : 'E', 'status.go:304', text]);
  }

  *#flush(): Task<void> {
    const lines = this.#lines;
    this.#lines = [];
    for (const line of lines) yield* klog(this.#process, ...line);
  }

  #answer(path: string): { readonly status: number; readonly body: string } {
    if (path !== '/healthz') return { status: 404, body: '404 page not found\n' };
    const healthy = this.#nginx.isRunning;
    return healthy ? { status: 200, body: 'ok' } : { status: 500, body: 'nginx is not running\n' };
  }

  *#end(): Task<number> {
    const process = this.#process;
    yield* klog(process, 'I', 'sigterm.go:28', '"Received SIGTERM, shutting down"');
    yield* klog(process, 'I', 'nginx.go:395', '"Shutting down controller queues"');
    this.#stop();
    yield* klog(process, 'I', 'nginx.go:410', '"Stopping NGINX process"');
    yield* this.#nginx.quit();
    yield* klog(process, 'I', 'nginx.go:423', '"NGINX process has stopped"');
    yield* klog(process, 'I', 'sigterm.go:33', '"Handled quit, delaying controller exit for 10 seconds"');
    const endMs = process.now() + EXIT_DELAY_MS;
    while (process.now() < endMs) {
      try {
        yield* process.sleep(endMs - process.now());
      } catch (error) {
        // Told once more: it is on its way.
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        process.takeSignals();
      }
    }
    yield* klog(process, 'I', 'sigterm.go:36', '"Exiting" code=0');
    return 0;
  }
}
