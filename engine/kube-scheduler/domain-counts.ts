import type { NodeInfo } from './node-info.ts';
import type { TopologyDomains } from './topology.ts';

/** A number for every domain of a topology key: how many Pods of some sort are there, or how much they weigh. */
export class DomainCounts {
  readonly domains: TopologyDomains;
  /** Not an ordinary array: one is made for every Pod, and the collector need not look into it. */
  #counts: Float64Array;
  #sum: number;

  constructor(domains: TopologyDomains, counts = new Float64Array(domains.size), sum = 0) {
    this.domains = domains;
    this.#counts = counts;
    this.#sum = sum;
  }

  /** Counts for the domain of the node; a node without the label has none. */
  add(node: NodeInfo, amount: number): void {
    const domain = this.domains.of(node);
    if (domain < 0) return;
    if (domain >= this.#counts.length) this.#grow();
    this.#counts[domain]! += amount;
    this.#sum += amount;
  }

  #grow(): void {
    const larger = new Float64Array(this.domains.size);
    larger.set(this.#counts);
    this.#counts = larger;
  }

  /** 0 also for a node without the label. */
  at(node: NodeInfo): number {
    return this.#counts[this.domains.of(node)] ?? 0;
  }

  /** Of a domain by its number. */
  of(domain: number): number {
    return this.#counts[domain] ?? 0;
  }

  /** Over all domains. */
  get sum(): number {
    return this.#sum;
  }

  clone(): DomainCounts {
    return new DomainCounts(this.domains, this.#counts.slice(), this.#sum);
  }
}
