import { badRequest, methodNotAllowed, noSuchResource, notFound, resourceName } from '../api/errors.ts';
import type { Node, Pod } from '../api/kinds.ts';
import { parseLabelSelector } from '../api/label-selector.ts';
import type { NodeDialer, NodeUsage } from '../api/node-api.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiHandler, ApiRequest, ApiResponse } from '../api/request.ts';
import { nodes, pods } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Transport } from '../client/transport.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import { GROUP, nodeMetrics, podMetrics, VERSION } from './metrics-api.ts';
import { podRates, rate } from './rates.ts';

/** `--metric-resolution` */
const RESOLUTION_MS = 15_000;

interface Scrapes {
  readonly before: NodeUsage | undefined;
  readonly last: NodeUsage;
}

interface MetricsServerOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** Reaches the kubelets. */
  readonly dialNode: NodeDialer;
}

interface MetricsServer {
  readonly handle: ApiHandler;
  /** Whether there is something to tell. */
  ready(): boolean;
  stop(): void;
}

/**
 * Asks every kubelet every fifteen seconds what its containers have used, and serves what came of it as the API group
 * metrics.k8s.io. https://github.com/kubernetes-sigs/metrics-server
 */
export function startMetricsServer({ sim, transport, dialNode }: MetricsServerOptions): MetricsServer {
  const client = new Client(transport, { userAgent: 'metrics-server' });
  const nodeInformer = new Informer<Node>(sim, client.resource(nodes), { name: 'metrics-server nodes' });
  const podInformer = new Informer<Pod>(sim, client.resource(pods), { name: 'metrics-server pods' });
  const scrapes = new Map<string, Scrapes>();
  let timer: Timer | undefined;
  const scrape = (): void => {
    const known = new Set<string>();
    for (const { metadata } of nodeInformer.lister.list()) {
      known.add(metadata.name);
      const usage = dialNode(metadata.name)?.usage();
      // A kubelet that does not answer has no figures until it does again.
      if (usage === undefined) scrapes.delete(metadata.name);
      else scrapes.set(metadata.name, { before: scrapes.get(metadata.name)?.last, last: usage });
    }
    for (const name of scrapes.keys()) if (!known.has(name)) scrapes.delete(name);
    timer = sim.schedule(RESOLUTION_MS, 'metrics-server scrape', scrape);
  };
  nodeInformer.start();
  podInformer.start();
  nodeInformer.whenSynced(scrape);
  const figures = new Figures(nodeInformer, podInformer, scrapes);
  return {
    handle: (request) => {
      try {
        return serve(figures, request);
      } catch (error) {
        if (error instanceof StatusError)
          return { status: error.status.code, headers: JSON_HEADERS, body: error.status };
        throw error;
      }
    },
    ready: () => [...scrapes.values()].some(({ before }) => before !== undefined),
    stop: () => {
      timer?.cancel();
      nodeInformer.stop();
      podInformer.stop();
    },
  };
}

/** The metrics objects of this moment. */
class Figures {
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #scrapes: ReadonlyMap<string, Scrapes>;

  constructor(nodeInformer: Informer<Node>, podInformer: Informer<Pod>, scrapes: ReadonlyMap<string, Scrapes>) {
    this.#nodes = nodeInformer;
    this.#pods = podInformer;
    this.#scrapes = scrapes;
  }

  nodes(): KubeObject[] {
    return this.#nodes.lister.list().flatMap((node) => this.#node(node) ?? []);
  }

  pods(namespace: string | undefined): KubeObject[] {
    return this.#pods.lister.list(namespace).flatMap((pod) => this.#pod(pod) ?? []);
  }

  node(name: string): KubeObject | undefined {
    const node = this.#nodes.lister.get(name);
    return node && this.#node(node);
  }

  pod(name: string, namespace: string): KubeObject | undefined {
    const pod = this.#pods.lister.get(name, namespace);
    return pod && this.#pod(pod);
  }

  #node(node: Node): KubeObject | undefined {
    const scraped = this.#scrapes.get(node.metadata.name);
    const found = scraped?.before && rate(scraped.before.node, scraped.last.node);
    return found && nodeMetrics(node, found);
  }

  #pod(pod: Pod): KubeObject | undefined {
    const scraped = this.#scrapes.get(pod.spec.nodeName ?? '');
    // A static Pod's mirror has another uid than the Pod itself.
    const uid = pod.metadata.annotations?.['kubernetes.io/config.hash'] ?? pod.metadata.uid;
    const rates = scraped && podRates(scraped.before, scraped.last, uid);
    return rates && podMetrics(pod, rates);
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** `/apis/metrics.k8s.io/v1beta1/nodes[/NAME]`, `…/[namespaces/NS/]pods[/NAME]` */
function serve(figures: Figures, { method, path, query = {} }: ApiRequest): ApiResponse {
  if (method !== 'GET') throw methodNotAllowed();
  const [, , , ...rest] = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
  const inNamespace = rest[0] === 'namespaces';
  const [resource, name] = inNamespace ? rest.slice(2) : rest;
  const namespace = inNamespace ? rest[1] : undefined;
  if (resource !== 'nodes' && resource !== 'pods') throw noSuchResource();
  if (name !== undefined) {
    const object = resource === 'nodes' ? figures.node(name) : figures.pod(name, namespace ?? '');
    const plural = resource === 'nodes' ? 'nodemetrics' : 'podmetrics';
    const full = namespace === undefined ? name : `${namespace}/${name}`;
    if (object === undefined) throw notFound(resourceName(plural, GROUP), full);
    return { status: 200, headers: JSON_HEADERS, body: object };
  }
  const selector = readSelector(String(query['labelSelector'] ?? ''));
  const all = resource === 'nodes' ? figures.nodes() : figures.pods(namespace);
  const kind = resource === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList';
  const items = all.filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
  return { status: 200, headers: JSON_HEADERS, body: { kind, apiVersion: `${GROUP}/${VERSION}`, metadata: {}, items } };
}

function readSelector(text: string) {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}
