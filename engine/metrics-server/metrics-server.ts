import type { Node, Pod } from '../api/kinds.ts';
import type { ApiHandler } from '../api/request.ts';
import { nodes, pods } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Transport } from '../client/transport.ts';
import type { HttpServerRequest, HttpServerResponse } from '../linux/http.ts';
import { klog } from '../linux/programs/go/runtime.ts';
import type { Process } from '../linux/syscalls.ts';
import { TaskGroup } from '../linux/task-group.ts';
import type { Simulation, Task } from '../sim/index.ts';
import { Figures, type Scrapes } from './figures.ts';
import { answerHealth } from './health.ts';
import { type KubeletClientOptions, type SendHttpFrom, scrapeKubelet } from './kubelet-client.ts';
import { JSON_HEADERS, serveMetrics } from './serve-metrics.ts';

export interface MetricsServerOptions {
  readonly kubelet: KubeletClientOptions;
  /** `--metric-resolution`: from one look at the kubelets to the next. */
  readonly resolutionMs: number;
}

export interface MetricsServerSurroundings {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** How a request is made from a process. */
  readonly send: SendHttpFrom;
}

/** How often is looked whether the first lists have come. */
const SYNC_MS = 100;

/**
 * Asks every kubelet every fifteen seconds what its containers have used, and serves what came of it as the API group
 * metrics.k8s.io. The real one's requests are spread over some milliseconds for each node.
 * https://github.com/kubernetes-sigs/metrics-server
 */
export class MetricsServer {
  /** What the program does besides answering. */
  readonly threads = new TaskGroup();
  readonly #process: Process;
  readonly #surroundings: MetricsServerSurroundings;
  readonly #options: MetricsServerOptions;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  #scrapes: ReadonlyMap<string, Scrapes> = new Map();

  constructor(process: Process, surroundings: MetricsServerSurroundings, options: MetricsServerOptions) {
    this.#process = process;
    this.#surroundings = surroundings;
    this.#options = options;
    const { sim, transport } = surroundings;
    const client = new Client(transport, { userAgent: 'metrics-server' });
    this.#nodes = new Informer<Node>(sim, client.resource(nodes), { name: 'metrics-server nodes' });
    this.#pods = new Informer<Pod>(sim, client.resource(pods), { name: 'metrics-server pods' });
    this.#nodes.start();
    this.#pods.start();
    this.threads.start(this.#run());
  }

  stop(): void {
    this.#nodes.stop();
    this.#pods.stop();
  }

  /** The API group. */
  readonly handle: ApiHandler = (request) => {
    try {
      return serveMetrics(this.#figures(), request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return { status: error.status.code, headers: JSON_HEADERS, body: error.status };
    }
  };

  /** What its port answers to whoever is not the API server. */
  answer({ path }: HttpServerRequest): HttpServerResponse {
    const { response, problem } = answerHealth(path, this.#figures().ready());
    if (problem !== undefined) this.threads.start(klog(this.#process, 'I', 'server.go:191', problem));
    return response;
  }

  #figures(): Figures {
    const { lister: nodeLister } = this.#nodes;
    const { lister: podLister } = this.#pods;
    return new Figures(nodeLister, podLister, this.#scrapes, this.#options.resolutionMs);
  }

  *#run(): Task<void> {
    while (!(this.#nodes.hasSynced && this.#pods.hasSynced)) yield* this.#process.sleep(SYNC_MS);
    const { resolutionMs } = this.#options;
    for (let nextMs = this.#process.now(); ; ) {
      yield* this.#round();
      nextMs += resolutionMs;
      yield* this.#process.sleep(Math.max(0, nextMs - this.#process.now()));
    }
  }

  /** A kubelet that does not answer has no figures until it does again. */
  *#round(): Task<void> {
    const found = new Map<string, Scrapes>();
    const group = new TaskGroup();
    for (const node of this.#nodes.lister.list()) group.start(this.#scrape(node, found));
    yield* group.run();
    this.#scrapes = found;
  }

  *#scrape(node: Node, found: Map<string, Scrapes>): Task<void> {
    const { name } = node.metadata;
    const { kubelet } = this.#options;
    const page = yield* scrapeKubelet(this.#process, this.#surroundings.send, kubelet, node);
    if (!('error' in page)) {
      found.set(name, { before: this.#scrapes.get(name)?.last, last: page });
      return;
    }
    if (!isReady(node)) return;
    const what = page.late === true ? 'Failed to scrape node, timeout to access kubelet' : 'Failed to scrape node';
    const about = `"${what}" err=${JSON.stringify(page.error)} node="${name}"`;
    const limit = page.late === true ? ` timeout="${kubelet.timeoutMs / 1000}s"` : '';
    yield* klog(this.#process, 'E', page.late === true ? 'scraper.go:147' : 'scraper.go:149', `${about}${limit}`);
  }
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}
