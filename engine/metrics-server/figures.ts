import type { Node, Pod } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { Lister } from '../client/lister.ts';
import { nodeMetrics, podMetrics } from './metrics-api.ts';
import { podRates, rate } from './rates.ts';
import type { ResourcePage } from './resource-page.ts';

/** What the kubelet of a node has told, and what the time before. */
export interface Scrapes {
  readonly before: ResourcePage | undefined;
  readonly last: ResourcePage;
}

/** The metrics objects of this moment. */
export class Figures {
  readonly #nodes: Lister<Node>;
  readonly #pods: Lister<Pod>;
  readonly #scrapes: ReadonlyMap<string, Scrapes>;
  readonly #resolutionMs: number;

  constructor(nodes: Lister<Node>, pods: Lister<Pod>, scrapes: ReadonlyMap<string, Scrapes>, resolutionMs: number) {
    this.#nodes = nodes;
    this.#pods = pods;
    this.#scrapes = scrapes;
    this.#resolutionMs = resolutionMs;
  }

  /** Whether there is something to tell. */
  ready(): boolean {
    return [...this.#scrapes.values()].some(({ before }) => before?.node !== undefined && before.pods.size > 0);
  }

  nodes(): KubeObject[] {
    return this.#nodes.list().flatMap((node) => this.#node(node) ?? []);
  }

  pods(namespace: string | undefined): KubeObject[] {
    return this.#pods.list(namespace).flatMap((pod) => this.#pod(pod) ?? []);
  }

  node(name: string): KubeObject | undefined {
    const node = this.#nodes.get(name);
    return node && this.#node(node);
  }

  pod(name: string, namespace: string): KubeObject | undefined {
    const pod = this.#pods.get(name, namespace);
    return pod && this.#pod(pod);
  }

  #node(node: Node): KubeObject | undefined {
    const { before, last } = this.#scrapes.get(node.metadata.name) ?? {};
    const found = before?.node && last?.node && rate(before.node, last.node);
    return found && nodeMetrics(node, found);
  }

  /** Of what a kubelet tells, only Pods that are bound to its node count. */
  #pod(pod: Pod): KubeObject | undefined {
    const { before, last } = this.#scrapes.get(pod.spec.nodeName ?? '') ?? {};
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const rates = podRates(before?.pods.get(key), last?.pods.get(key), this.#resolutionMs);
    return rates && podMetrics(pod, rates);
  }
}
