import type { SchedulerCache } from '../cache.ts';
import { DomainCounts } from '../domain-counts.ts';
import { MAX_SCORE } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { counts, forEachCounted, hasAllKeys, type SpreadConstraint } from './spread-constraint.ts';

interface WeightedCounts {
  readonly constraint: SpreadConstraint;
  readonly matches: DomainCounts;
  /** Few domains differ more than many; the weight makes up for it. */
  readonly weight: number;
}

export interface SpreadScoring {
  readonly perConstraint: readonly WeightedCounts[];
  /** Nodes that lack a label which they must have. */
  readonly ignored: ReadonlySet<NodeInfo>;
}

const HOSTNAME = 'kubernetes.io/hostname';

/**
 * @param nodes those among which the choice is.
 * @param needsAll a node that lacks the label of any constraint is ignored.
 */
export function spreadScoring(
  cache: SchedulerCache,
  info: PodInfo,
  constraints: readonly SpreadConstraint[],
  nodes: readonly NodeInfo[],
  needsAll: boolean,
): SpreadScoring {
  const ignored = new Set(needsAll ? nodes.filter((node) => !hasAllKeys(constraints, node)) : []);
  const { nodeSelector, affinity } = info.pod.spec;
  const isChoosy = nodeSelector !== undefined || affinity?.nodeAffinity !== undefined;
  const perConstraint = constraints.map((constraint) => {
    const matches = new DomainCounts(constraint.domains);
    const checks = isChoosy || constraint.honorsTaints;
    forEachCounted(cache, constraint, info, (node, count) => {
      if (node.node === undefined || (needsAll && !hasAllKeys(constraints, node))) return;
      if (!checks || constraint.topologyKey === HOSTNAME || counts(constraint, info, node)) matches.add(node, count);
    });
    return { constraint, matches, weight: Math.log(domainsAmong(constraint, nodes, ignored) + 2) };
  });
  return { perConstraint, ignored };
}

function domainsAmong(
  { domains, topologyKey }: SpreadConstraint,
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<NodeInfo>,
): number {
  if (topologyKey === HOSTNAME) return nodes.length - ignored.size;
  const seen = new Uint8Array(domains.size);
  let size = 0;
  for (const node of nodes) {
    const domain = domains.of(node);
    if (domain < 0 || seen[domain] === 1 || ignored.has(node)) continue;
    seen[domain] = 1;
    size += 1;
  }
  return size;
}

/** The more like Pods are in the node's domains, the more: here lower is better. */
export function scoreSpread({ perConstraint, ignored }: SpreadScoring, node: NodeInfo): number {
  if (ignored.size > 0 && ignored.has(node)) return 0;
  let score = 0;
  for (const { constraint, matches, weight } of perConstraint) {
    if (constraint.domains.of(node) < 0) continue;
    // A skew that is allowed makes the differences between domains count for less.
    score += matches.at(node) * weight + (constraint.maxSkew - 1);
  }
  return Math.round(score);
}

/** Turns the scores round, so that the emptiest domains get the most; ignored nodes get nothing. */
export function normalizeSpreadScores(
  { ignored }: SpreadScoring,
  scores: Float64Array,
  nodes: readonly NodeInfo[],
): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < scores.length; i++) {
    if (ignored.has(nodes[i]!)) continue;
    least = Math.min(least, scores[i]!);
    most = Math.max(most, scores[i]!);
  }
  for (let i = 0; i < scores.length; i++) {
    if (ignored.has(nodes[i]!)) scores[i] = 0;
    else scores[i] = most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - scores[i]!)) / most);
  }
}
