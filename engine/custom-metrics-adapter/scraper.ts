import type { ConfigMap, Pod, Service } from '../api/kinds.ts';
import { configMaps, pods, services } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';
import { HttpProtocolError, httpRequest } from '../linux/http.ts';
import { klog } from '../linux/programs/go/runtime.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { TaskGroup } from '../linux/task-group.ts';
import type { Task } from '../sim/index.ts';
import { readScrape, type Scrape, type Series, seriesOf } from './series.ts';

/** What one round has found out. */
export interface Figures {
  /** Of each Pod that answered. */
  readonly pods: readonly { readonly pod: Pod; readonly series: readonly Series[] }[];
  readonly services: readonly Service[];
  /** What comes from outside the cluster. */
  readonly external: readonly Series[];
}

export interface ScraperOptions {
  readonly client: Client;
  readonly intervalMs: number;
  /** Where the external metrics are written: a ConfigMap whose values are pages like those of Pods. */
  readonly external: { readonly namespace: string; readonly name: string };
}

const ANNOTATION = 'prometheus.io/';
const TIMEOUT_MS = 5_000;

/**
 * Asks every Pod with the annotation `prometheus.io/scrape: "true"` for its metrics, round after round. `prometheus.io/port`
 * says where (the first port that the Pod declares, unless told), `prometheus.io/path` what for (`/metrics`).
 */
export class Scraper {
  figures: Figures = { pods: [], services: [], external: [] };
  readonly #process: Process;
  readonly #options: ScraperOptions;
  /** The last page of each Pod, by its uid, and of the ConfigMap. */
  #last = new Map<string, Scrape>();
  /** What has been complained of, so that it is not said in every round. */
  #complaints = new Set<string>();

  constructor(process: Process, options: ScraperOptions) {
    this.#process = process;
    this.#options = options;
  }

  *run(): Task<void> {
    for (;;) {
      yield* this.#round();
      yield* this.#process.sleep(this.#options.intervalMs);
    }
  }

  *#round(): Task<void> {
    const { client, external } = this.#options;
    const complaints: string[] = [];
    const last = new Map<string, Scrape>();
    try {
      const all = client.resource<Pod>(pods).list().items;
      const found: { pod: Pod; series: readonly Series[] }[] = [];
      const group = new TaskGroup();
      for (const pod of all.filter(isWanted)) {
        group.start(
          this.#scrape(pod, (outcome) => {
            if (typeof outcome === 'string') complaints.push(`${nameOf(pod)}: ${outcome}`);
            else found.push({ pod, series: this.#note(last, pod.metadata.uid ?? '', outcome) });
          }),
        );
      }
      yield* group.run();
      found.sort((a, b) => (nameOf(a.pod) < nameOf(b.pod) ? -1 : 1));
      const map = client
        .resource<ConfigMap>(configMaps)
        .list({ namespace: external.namespace, fieldSelector: `metadata.name=${external.name}` }).items[0];
      this.figures = {
        pods: found,
        services: client.resource<Service>(services).list().items,
        external: this.#readExternal(last, map, complaints),
      };
      this.#last = last;
    } catch (error) {
      // What is known already stays until the API server answers again.
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      complaints.push(`the API server: ${error.message}`);
    }
    yield* this.#complain(complaints);
  }

  /** Tells the page, or why there is none. */
  *#scrape(pod: Pod, tell: (outcome: Scrape | string) => void): Task<void> {
    const port = portOf(pod);
    if (port === undefined) return tell('has no port: set the annotation prometheus.io/port');
    const path = pod.metadata.annotations?.[`${ANNOTATION}path`] ?? '/metrics';
    const host = pod.status?.podIP ?? '';
    try {
      const response = yield* httpRequest(this.#process, { host, port, path, timeoutMs: TIMEOUT_MS });
      if (response.status !== 200) return tell(`http://${host}:${port}${path} answers ${response.status}`);
      tell(readScrape(decode(response.body), this.#process.now()));
    } catch (error) {
      if (error instanceof SyntaxError)
        return tell(`http://${host}:${port}${path} is no page of metrics, ${error.message}`);
      if (!(error instanceof HttpProtocolError) && !(error instanceof Errno && error.code !== 'EINTR')) throw error;
      tell(`http://${host}:${port}${path}: ${error.message.toLowerCase()}`);
    }
  }

  #readExternal(last: Map<string, Scrape>, map: ConfigMap | undefined, complaints: string[]): readonly Series[] {
    return Object.entries(map?.data ?? {}).flatMap(([key, text]) => {
      try {
        return this.#note(last, `external ${key}`, readScrape(text, this.#process.now()));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        complaints.push(`configmap ${map!.metadata.namespace}/${map!.metadata.name}, ${key}, ${error.message}`);
        return [];
      }
    });
  }

  #note(last: Map<string, Scrape>, key: string, scrape: Scrape): readonly Series[] {
    last.set(key, scrape);
    return seriesOf(scrape, this.#last.get(key));
  }

  *#complain(complaints: readonly string[]): Task<void> {
    const before = this.#complaints;
    this.#complaints = new Set(complaints);
    for (const text of this.#complaints) if (!before.has(text)) yield* klog(this.#process, 'W', 'scraper.go:71', text);
  }
}

function isWanted({ metadata, status }: Pod): boolean {
  return (
    metadata.annotations?.[`${ANNOTATION}scrape`] === 'true' &&
    metadata.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    status.podIP !== undefined
  );
}

function portOf({ metadata, spec }: Pod): number | undefined {
  const told = metadata.annotations?.[`${ANNOTATION}port`];
  if (told !== undefined) {
    const port = Number(told);
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  }
  return spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}
