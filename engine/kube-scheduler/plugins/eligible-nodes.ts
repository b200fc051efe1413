import type { SchedulerCache } from '../cache.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { counts, hasAllKeys, type SpreadConstraint } from './spread-constraint.ts';

/** The nodes among which a constraint spreads Pods. */
interface Eligible {
  /** 1 at the slot of each such node. */
  readonly slots: Uint8Array;
  /** Their domains, each once. */
  readonly domains: readonly number[];
}

/** More sorts of constraints than any cluster has at a time. */
const REMEMBERED = 16;

/**
 * Which nodes count for a constraint: those with the labels of all the Pod's constraints that its node affinity and its
 * tolerations let it run on. For Pods to which any node is good it is remembered while the nodes stay as they are.
 */
export class EligibleNodes {
  readonly #cache: SchedulerCache;
  readonly #remembered = new Map<string, Eligible>();
  #version = -1;

  constructor(cache: SchedulerCache) {
    this.#cache = cache;
  }

  of(info: PodInfo, constraint: SpreadConstraint, constraints: readonly SpreadConstraint[]): Eligible {
    const { nodeSelector, affinity } = info.pod.spec;
    const isChoosy = nodeSelector !== undefined || affinity?.nodeAffinity !== undefined;
    if (isChoosy || constraint.honorsTaints) {
      return this.#find(constraint, constraints, (node) => counts(constraint, info, node));
    }
    const { version } = this.#cache.topology;
    if (version !== this.#version || this.#remembered.size > REMEMBERED) this.#remembered.clear();
    this.#version = version;
    const key = JSON.stringify([constraint.topologyKey, ...constraints.map(({ topologyKey }) => topologyKey)]);
    let found = this.#remembered.get(key);
    if (found === undefined) {
      found = this.#find(constraint, constraints, () => true);
      this.#remembered.set(key, found);
    }
    return found;
  }

  #find(
    { domains: all }: SpreadConstraint,
    constraints: readonly SpreadConstraint[],
    isGood: (node: NodeInfo) => boolean,
  ): Eligible {
    const slots = new Uint8Array(this.#cache.slots);
    const seen = new Uint8Array(all.size);
    const domains: number[] = [];
    for (const node of this.#cache.nodes) {
      if (!hasAllKeys(constraints, node) || !isGood(node)) continue;
      slots[node.slot] = 1;
      const domain = all.of(node);
      if (seen[domain] === 1) continue;
      seen[domain] = 1;
      domains.push(domain);
    }
    return { slots, domains };
  }
}
