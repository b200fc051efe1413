import type { Random } from '../sim/index.ts';
import type { Diagnosis } from './fit-error.ts';
import { normalizeScores, type Rejection } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { ProfilePlugin } from './profile.ts';

export type Placement = { readonly node: NodeInfo } | { readonly diagnosis: Diagnosis };

/** Below this many nodes all are looked at. */
const MIN_FEASIBLE_NODES = 100;

/** How many fitting nodes are enough: in large clusters a share of them, shrinking with size, is looked for. */
export function feasibleNodesToFind(nodeCount: number): number {
  if (nodeCount < MIN_FEASIBLE_NODES) return nodeCount;
  const percentage = Math.max(50 - Math.floor(nodeCount / 125), 5);
  return Math.max(Math.floor((nodeCount * percentage) / 100), MIN_FEASIBLE_NODES);
}

/**
 * Finds the node for a Pod: filter, score, and pick the best, by lot among equals.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/, after `schedule_one.go`.
 */
export class PodPlacer {
  readonly #profile: readonly ProfilePlugin[];
  readonly #random: Random;
  /** Where the search begins, so that over time all nodes get their turn. */
  #start = 0;

  constructor(profile: readonly ProfilePlugin[], random: Random) {
    this.#profile = profile;
    this.#random = random;
  }

  /** @param nodes all nodes, at least one. */
  place(info: PodInfo, nodes: readonly NodeInfo[]): Placement {
    const named = this.#namedNodes(info);
    const candidates = named === undefined ? nodes : nodes.filter((node) => named.has(node.name));
    const rejections: Rejection[] = [];
    const plugins = new Set<string>();
    const feasible = this.#filter(info, candidates, rejections, plugins);
    if (feasible.length > 0) return { node: this.#best(info, feasible) };
    const notNamed = nodes.length - candidates.length;
    if (notNamed > 0) plugins.add('NodeAffinity');
    return { diagnosis: { nodeCount: nodes.length, rejections, notNamed, plugins } };
  }

  #namedNodes(info: PodInfo): ReadonlySet<string> | undefined {
    for (const { plugin } of this.#profile) {
      const names = plugin.nodeNames?.(info);
      if (names !== undefined) return names;
    }
    return undefined;
  }

  #filter(info: PodInfo, nodes: readonly NodeInfo[], rejections: Rejection[], rejectors: Set<string>): NodeInfo[] {
    const plugins = this.#profile
      .map(({ plugin }) => plugin)
      .filter((plugin) => plugin.filter !== undefined && (plugin.filters?.(info) ?? true));
    const enough = feasibleNodesToFind(nodes.length);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < enough; looked++) {
      const node = nodes[(this.#start + looked) % nodes.length]!;
      let rejection: Rejection | undefined;
      for (const plugin of plugins) {
        rejection = plugin.filter!(info, node);
        if (rejection === undefined) continue;
        rejectors.add(plugin.name);
        rejections.push(rejection);
        break;
      }
      if (rejection === undefined) feasible.push(node);
    }
    if (nodes.length > 0) this.#start = (this.#start + looked) % nodes.length;
    return feasible;
  }

  #best(info: PodInfo, nodes: readonly NodeInfo[]): NodeInfo {
    if (nodes.length === 1) return nodes[0]!;
    const totals = new Array<number>(nodes.length).fill(0);
    for (const { plugin, weight } of this.#profile) {
      if (weight === 0 || plugin.score === undefined || plugin.scores?.(info) === false) continue;
      const scores = nodes.map((node) => plugin.score!(info, node));
      if (plugin.normalize !== undefined) normalizeScores(scores, plugin.normalize === 'reverse');
      for (let i = 0; i < scores.length; i++) totals[i]! += scores[i]! * weight;
    }
    let best = 0;
    let equals = 1;
    for (let i = 1; i < totals.length; i++) {
      if (totals[i]! > totals[best]!) {
        best = i;
        equals = 1;
      } else if (totals[i] === totals[best]) {
        equals += 1;
        if (this.#random.below(equals) === 0) best = i;
      }
    }
    return nodes[best]!;
  }
}
