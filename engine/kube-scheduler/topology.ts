import type { NodeInfo } from './node-info.ts';

/** The values that one label has on the nodes, as small numbers, so that Pods can be counted per value in an array. */
export class TopologyDomains {
  readonly #ids = new Map<string, number>();
  readonly #values: string[] = [];
  readonly #bySlot: number[] = [];

  /** One more than the highest number given. */
  get size(): number {
    return this.#values.length;
  }

  /** The number of the node's domain; -1 when the node lacks the label. */
  of(node: NodeInfo): number {
    return this.#bySlot[node.slot] ?? -1;
  }

  value(domain: number): string {
    return this.#values[domain]!;
  }

  /** The domain of that value; -1 when no node has ever had it. */
  find(value: string): number {
    return this.#ids.get(value) ?? -1;
  }

  set(slot: number, value: string | undefined): void {
    if (value === undefined) {
      this.#bySlot[slot] = -1;
      return;
    }
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#values.length;
      this.#ids.set(value, id);
      this.#values.push(value);
    }
    this.#bySlot[slot] = id;
  }
}

/** The domains of every topology key that anyone has asked for, kept in step with the nodes. */
export class Topology {
  readonly #keys = new Map<string, TopologyDomains>();
  readonly #nodes: ReadonlyMap<string, NodeInfo>;
  #version = 0;

  constructor(nodes: ReadonlyMap<string, NodeInfo>) {
    this.#nodes = nodes;
  }

  /** Another number after every change of which nodes there are and how they are labelled. */
  get version(): number {
    return this.#version;
  }

  domains(key: string): TopologyDomains {
    let domains = this.#keys.get(key);
    if (domains === undefined) {
      domains = new TopologyDomains();
      for (const node of this.#nodes.values()) domains.set(node.slot, labelOf(node, key));
      this.#keys.set(key, domains);
    }
    return domains;
  }

  /** A node has come, gone or got other labels. */
  update(node: NodeInfo): void {
    this.#version += 1;
    for (const [key, domains] of this.#keys) {
      domains.set(node.slot, labelOf(node, key));
      // Values that no node has any more must not pile up: they are gone when the key is next asked for.
      if (domains.size > 2 * this.#nodes.size + FORGET_AFTER) this.#keys.delete(key);
    }
  }
}

const FORGET_AFTER = 1_000;

function labelOf(info: NodeInfo, key: string): string | undefined {
  const labels = info.node?.metadata.labels;
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}
