import type { Node } from '../../api/kinds.ts';
import { type AffinityTerm, termSelects } from '../affinity-terms.ts';
import type { SchedulerCache } from '../cache.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { CloneableState, StateKey } from '../cycle-state.ts';
import { DomainCounts } from '../domain-counts.ts';
import type { PluginFactory } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Rejection, unresolvable, unschedulable } from '../rejection.ts';
import { affinityScores, normalizeAffinityScores } from './inter-pod-affinity-score.ts';

export interface InterPodAffinityArgs {
  /** What a required affinity of a Pod that is there already adds to the score, from 0 to 100. */
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

const NO_LABELS: Readonly<Record<string, string>> = {};
const AFFINITY = unresolvable("node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules");
const EXISTING_ANTI_AFFINITY = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** How many Pods each term finds in each domain. */
class AffinityState implements CloneableState {
  /** Pods that are there already and keep this one away, by topology key. */
  readonly keptAway: Map<string, DomainCounts>;
  /** Pods that all the required terms select, for each term. */
  readonly wanted: readonly DomainCounts[];
  /** Pods that each anti-affinity term selects. */
  readonly shunned: readonly DomainCounts[];

  constructor(keptAway: Map<string, DomainCounts>, wanted: readonly DomainCounts[], shunned: readonly DomainCounts[]) {
    this.keptAway = keptAway;
    this.wanted = wanted;
    this.shunned = shunned;
  }

  clone(): AffinityState {
    return new AffinityState(
      new Map([...this.keptAway].map(([key, counts]) => [key, counts.clone()])),
      this.wanted.map((counts) => counts.clone()),
      this.shunned.map((counts) => counts.clone()),
    );
  }
}

const STATE: StateKey<AffinityState> = { name: 'InterPodAffinity' };
const SCORES: StateKey<readonly DomainCounts[]> = { name: 'InterPodAffinity scores' };

/**
 * Pods that want others near, or far. Terms are asked once for each cohort of like Pods, not for each Pod.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity,
 * after `plugins/interpodaffinity/`.
 */
export const interPodAffinity: PluginFactory = ({ cache, objects }, args) => {
  const weights = args as InterPodAffinityArgs;
  const counting = new AffinityCounting(cache, objects);
  return {
    name: 'InterPodAffinity',

    preFilter(state, info) {
      const { required, requiredAnti } = info.affinity;
      const counts = counting.count(info);
      if (counts.keptAway.size === 0 && required.length === 0 && requiredAnti.length === 0) return 'Skip';
      state.write(STATE, counts);
      return undefined;
    },

    addPod: (state, info, other, node) => counting.change(state.read(STATE)!, info, other, node, 1),
    removePod: (state, info, other, node) => counting.change(state.read(STATE)!, info, other, node, -1),

    filter: (state, info, node) => rejectionOf(state.read(STATE)!, info, node, counting),

    preScore(state, info) {
      const scores = affinityScores(cache, objects, info, weights);
      if (scores.length === 0) return 'Skip';
      state.write(SCORES, scores);
      return undefined;
    },

    score(state, _info, node) {
      let sum = 0;
      for (const counts of state.read(SCORES)!) sum += counts.at(node);
      return sum;
    },

    normalizeScores: (_state, scores) => normalizeAffinityScores(scores),

    mayHelp: (event, info) => mayHelp(event, info, counting),
  };
};

/** Asks terms about Pods. */
class AffinityCounting {
  readonly #cache: SchedulerCache;
  readonly #objects: ClusterObjects;

  constructor(cache: SchedulerCache, objects: ClusterObjects) {
    this.#cache = cache;
    this.#objects = objects;
  }

  selects(term: AffinityTerm, { pod }: PodInfo): boolean {
    const { namespace = '', labels } = pod.metadata;
    const namespaceLabels =
      term.namespaceSelector === undefined ? undefined : this.#objects.namespaces.get(namespace)?.metadata.labels;
    return termSelects(term, namespace, labels, namespaceLabels);
  }

  selectsAll(terms: readonly AffinityTerm[], info: PodInfo): boolean {
    return terms.length > 0 && terms.every((term) => this.selects(term, info));
  }

  count(info: PodInfo): AffinityState {
    const { required, requiredAnti } = info.affinity;
    const { cohorts, topology } = this.#cache;
    const state = new AffinityState(
      new Map(),
      required.map(({ topologyKey }) => new DomainCounts(topology.domains(topologyKey))),
      requiredAnti.map(({ topologyKey }) => new DomainCounts(topology.domains(topologyKey))),
    );
    for (const { sample, nodes, counts } of cohorts.withRequiredAnti) {
      for (const term of sample.affinity.requiredAnti) {
        if (!this.selects(term, info)) continue;
        const keptAway = this.#keptAway(state, term.topologyKey);
        for (let i = 0; i < nodes.length; i++) keptAway.add(nodes[i]!, counts[i]!);
      }
    }
    if (required.length + requiredAnti.length === 0) return state;
    for (const { sample, nodes, counts } of cohorts.all) {
      const found = this.#countsThatSelect(state, info, sample);
      for (const each of found) for (let i = 0; i < nodes.length; i++) each.add(nodes[i]!, counts[i]!);
    }
    return state;
  }

  /** Brings the counts to where they would be with `other` on the node (+1) or gone from it (-1). */
  change(state: AffinityState, info: PodInfo, other: PodInfo, node: NodeInfo, amount: 1 | -1): void {
    for (const term of other.affinity.requiredAnti) {
      if (this.selects(term, info)) this.#keptAway(state, term.topologyKey).add(node, amount);
    }
    for (const counts of this.#countsThatSelect(state, info, other)) counts.add(node, amount);
  }

  #keptAway(state: AffinityState, topologyKey: string): DomainCounts {
    let counts = state.keptAway.get(topologyKey);
    if (counts === undefined) {
      counts = new DomainCounts(this.#cache.topology.domains(topologyKey));
      state.keptAway.set(topologyKey, counts);
    }
    return counts;
  }

  /** A Pod counts for affinity only when all the required terms select it. */
  #countsThatSelect(state: AffinityState, { affinity }: PodInfo, other: PodInfo): readonly DomainCounts[] {
    const wanted = this.selectsAll(affinity.required, other) ? state.wanted : [];
    if (state.shunned.length === 0) return wanted;
    return [...wanted, ...state.shunned.filter((_, i) => this.selects(affinity.requiredAnti[i]!, other))];
  }
}

function rejectionOf(
  { keptAway, wanted, shunned }: AffinityState,
  info: PodInfo,
  node: NodeInfo,
  counting: AffinityCounting,
): Rejection | undefined {
  let isMissing = false;
  for (const counts of wanted) {
    if (counts.domains.of(node) < 0) return AFFINITY;
    if (counts.at(node) <= 0) isMissing = true;
  }
  // The first of a group of Pods that want one another has to begin somewhere.
  if (isMissing && !(wanted.every(({ sum }) => sum === 0) && counting.selectsAll(info.affinity.required, info))) {
    return AFFINITY;
  }
  for (const counts of shunned) if (counts.at(node) > 0) return ANTI_AFFINITY;
  for (const counts of keptAway.values()) if (counts.at(node) > 0) return EXISTING_ANTI_AFFINITY;
  return undefined;
}

function mayHelp(event: ClusterEvent, info: PodInfo, counting: AffinityCounting): boolean {
  const { required, requiredAnti } = info.affinity;
  /** Whether the Pod is one that was wanted near. */
  const isWanted = (other: PodInfo) => counting.selectsAll(required, other);
  /** Whether the Pod was in the way, by its own terms or by ours. */
  const isInTheWay = (other: PodInfo) =>
    requiredAnti.some((term) => counting.selects(term, other)) ||
    other.affinity.requiredAnti.some((term) => counting.selects(term, info));
  switch (event.kind) {
    case 'AssignedPodAdd':
      return isWanted(event.info);
    case 'AssignedPodDelete':
      return isInTheWay(event.info);
    case 'AssignedPodUpdate':
      return (
        (isWanted(event.info) && !isWanted(event.previous)) || (isInTheWay(event.previous) && !isInTheWay(event.info))
      );
    case 'NodeAdd':
      // One whose place has no name keeps clear of everybody.
      return (
        required.length === 0 ||
        requiredAnti.length > 0 ||
        required.some(({ topologyKey }) => topologyKey in labelsOf(event.node))
      );
    case 'NodeUpdate':
      return isInAnotherPlace(event.previous, event.node, info);
    case 'PodUpdate':
      return event.previous.metadata.labels !== info.pod.metadata.labels;
    default:
      return false;
  }
}

/** Whether a node has come to where the Pod wants to be near others, or has left where it must not be. */
function isInAnotherPlace(previous: Node, node: Node, { affinity }: PodInfo): boolean {
  const [before, after] = [labelsOf(previous), labelsOf(node)];
  const { required, requiredAnti } = affinity;
  const hasMoved = ({ topologyKey }: AffinityTerm) => before[topologyKey] !== after[topologyKey];
  // Without terms of its own it is others that keep it away, wherever they want to be alone.
  if (required.length + requiredAnti.length === 0) return before !== after;
  return (
    required.some((term) => hasMoved(term) && term.topologyKey in after) ||
    requiredAnti.some((term) => hasMoved(term) && term.topologyKey in before)
  );
}

function labelsOf({ metadata }: Node): Readonly<Record<string, string>> {
  return metadata.labels ?? NO_LABELS;
}
