import type { Random, Task } from '../sim/index.ts';
import type { SchedulerCache } from './cache.ts';
import { CycleState } from './cycle-state.ts';
import type { Diagnosis } from './diagnosis.ts';
import { EXTENDERS, type Extenders } from './extenders/extenders.ts';
import { FilterError, type Plugin } from './framework.ts';
import { LastFailure } from './last-failure.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import type { PluginScores } from './plugin-scores.ts';
import type { PodInfo } from './pod-info.ts';
import type { PreFilterResult, Profile, Scorer } from './profile.ts';
import { noneRejected, type RejectedNodes } from './rejected-nodes.ts';

/** A node was found. */
export interface Placement {
  readonly node: NodeInfo;
  readonly state: CycleState;
  /** All nodes found to do; in large clusters the search ends when there are enough. */
  readonly feasible: readonly NodeInfo[];
  readonly scores: readonly PluginScores[];
  readonly totals: Float64Array;
  /** The nodes looked at that would not do. */
  readonly rejected: RejectedNodes;
}

/** No node would do. */
export interface Failure {
  readonly state: CycleState;
  readonly diagnosis: Diagnosis;
}

/** It could not be found out: a filter, or an extender that must not be left out, has failed. */
export interface Trouble {
  readonly state: CycleState;
  readonly error: string;
  readonly rejected: RejectedNodes;
}

const NO_TOTALS = new Float64Array(0);
const NOBODY: ReadonlySet<string> = new Set();

/** Below this many nodes all are looked at. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/**
 * How many fitting nodes are enough: in large clusters a share of them, shrinking with size, is looked for.
 *
 * @param percentage the configured share; 0 for the adaptive one.
 */
export function feasibleNodesToFind(nodeCount: number, percentage = 0): number {
  if (nodeCount < MIN_FEASIBLE_NODES || percentage >= 100) return nodeCount;
  const share = percentage > 0 ? percentage : Math.max(50 - Math.floor(nodeCount / 125), MIN_PERCENTAGE);
  return Math.max(Math.floor((nodeCount * share) / 100), MIN_FEASIBLE_NODES);
}

/**
 * Finds the node for a Pod: filter, score, and pick the best, by lot among equals.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/, after `schedule_one.go`.
 */
export class PodPlacer {
  readonly #cache: SchedulerCache;
  readonly #nominator: Nominator;
  readonly #random: Random;
  readonly #extenders: Extenders;
  readonly #lastFailure: LastFailure;
  /** Where the search begins, so that over time all nodes get their turn. */
  #start = 0;

  constructor(cache: SchedulerCache, nominator: Nominator, random: Random, extenders: Extenders) {
    this.#cache = cache;
    this.#nominator = nominator;
    this.#random = random;
    this.#extenders = extenders;
    this.#lastFailure = new LastFailure(cache, nominator);
  }

  /** There must be at least one node. Waits for nothing but extenders. */
  *place(profile: Profile, info: PodInfo): Task<Placement | Failure | Trouble> {
    const state = new CycleState();
    try {
      return yield* this.#place(profile, info, state);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      return { state, error: error.message, rejected: noneRejected() };
    }
  }

  *#place(profile: Profile, info: PodInfo, state: CycleState): Task<Placement | Failure | Trouble> {
    const found = profile.preFilter(state, info);
    if ('rejection' in found) return this.#refusedAtOnce(state, found);
    const filters = profile.filters(state);
    const nominated = this.#nominatedNode(profile, filters, state, info, found.nodes);
    if (nominated !== undefined) {
      const passed = yield* this.#pastExtenders(state, info, [nominated], noneRejected());
      // An extender that fails here is asked again, about all nodes.
      if (!('error' in passed) && passed.length > 0) return onlyChoice(state, passed, noneRejected());
    }
    const known = found.nodes === undefined ? this.#refusals(profile, filters, state, info) : undefined;
    const rejected = known ?? noneRejected();
    const fitting = known ? [] : this.#fittingNodes(profile, filters, state, info, found.nodes, rejected);
    const rejectors = fitting.length === 0 || !this.#extenders.isEmpty ? new Set(rejected.rejectors) : NOBODY;
    const feasible = yield* this.#pastExtenders(state, info, fitting, rejected);
    if ('error' in feasible) return { state, error: feasible.error, rejected };
    if (feasible.length === 1) return onlyChoice(state, feasible, rejected);
    if (feasible.length > 0) return yield* this.#best(profile, state, info, feasible, rejected);
    const nodeCount = this.#cache.nodes.length;
    const naming = rejected.nodes.length < nodeCount ? found.naming : [];
    const plugins = new Set([...rejectors, ...naming, ...(fitting.length > 0 ? [EXTENDERS] : [])]);
    return { state, diagnosis: { nodeCount, ...rejected, naming, plugins } };
  }

  #refusedAtOnce(state: CycleState, { plugin, rejection }: Extract<PreFilterResult, { plugin: unknown }>): Failure {
    const diagnosis: Diagnosis = {
      nodeCount: this.#cache.nodes.length,
      ...noneRejected(),
      naming: [],
      preFilter: { plugin, rejection },
      plugins: new Set([plugin]),
    };
    return { state, diagnosis };
  }

  /** A node that preemption has made room on is tried before all others. */
  #nominatedNode(
    profile: Profile,
    filters: readonly Plugin[],
    state: CycleState,
    info: PodInfo,
    named: ReadonlySet<string> | undefined,
  ): NodeInfo | undefined {
    const nominated = this.#nominator.nodeOf(info.pod.metadata.uid) ?? info.pod.status?.nominatedNodeName ?? '';
    if (nominated === '' || named?.has(nominated) === false) return undefined;
    const node = this.#cache.node(nominated);
    if (node === undefined) return undefined;
    return profile.firstRejection(filters, state, info, node) === undefined ? node : undefined;
  }

  *#pastExtenders(
    state: CycleState,
    { pod }: PodInfo,
    nodes: readonly NodeInfo[],
    rejected: RejectedNodes,
  ): Task<readonly NodeInfo[] | { readonly error: string }> {
    if (this.#extenders.isEmpty || nodes.length === 0) return nodes;
    return yield* this.#extenders.filter(state, pod, nodes, rejected, (name) => this.#cache.node(name));
  }

  /** Why no node will do, where that is known without asking them all. */
  #refusals(profile: Profile, filters: readonly Plugin[], state: CycleState, info: PodInfo): RejectedNodes | undefined {
    const { nodes } = this.#cache;
    return this.#lastFailure.again(profile, filters, info, nodes[this.#start % nodes.length], (node) =>
      profile.firstRejection(filters, state, info, node),
    );
  }

  #fittingNodes(
    profile: Profile,
    filters: readonly Plugin[],
    state: CycleState,
    info: PodInfo,
    named: ReadonlySet<string> | undefined,
    rejected: RejectedNodes,
  ): readonly NodeInfo[] {
    if (named === undefined) {
      const fitting = this.#search(profile, filters, state, info, this.#cache.nodes, rejected);
      if (fitting.length === 0) this.#lastFailure.note(profile, filters, info, rejected);
      return fitting;
    }
    const nodes: NodeInfo[] = [];
    for (const name of named) {
      const node = this.#cache.node(name);
      if (node !== undefined) nodes.push(node);
    }
    return nodes.length === 0 ? [] : this.#search(profile, filters, state, info, nodes, rejected);
  }

  /** The inner loop of scheduling: nothing here allocates for a node that will do. */
  #search(
    profile: Profile,
    filters: readonly Plugin[],
    state: CycleState,
    info: PodInfo,
    nodes: readonly NodeInfo[],
    rejected: RejectedNodes,
  ): NodeInfo[] {
    // Where nobody compares nodes, nor strikes any out afterwards, the first is as good as the next.
    const isOneEnough = profile.at('score').length === 0 && !this.#extenders.wantSeveral;
    const enough = isOneEnough ? 1 : feasibleNodesToFind(nodes.length, profile.percentageOfNodesToScore);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    let index = this.#start % nodes.length;
    for (; looked < nodes.length && feasible.length < enough; looked++) {
      const node = nodes[index]!;
      index = index + 1 === nodes.length ? 0 : index + 1;
      const found = profile.firstRejection(filters, state, info, node);
      if (found === undefined) {
        feasible.push(node);
      } else {
        rejected.nodes.push(node);
        rejected.rejections.push(found.rejection);
        rejected.rejectors.push(found.plugin.name);
      }
    }
    this.#start = index;
    return feasible;
  }

  *#best(
    profile: Profile,
    state: CycleState,
    info: PodInfo,
    feasible: readonly NodeInfo[],
    rejected: RejectedNodes,
  ): Task<Placement> {
    const scorers = profile.preScore(state, info, feasible);
    const table = scoreTable(feasible.length, 1 + 2 * scorers.length);
    const totals = table(0);
    let scores = scorers.map((scorer, i) =>
      scoresOf(scorer, state, info, feasible, { raw: table(2 * i + 1), normalized: table(2 * i + 2), totals }),
    );
    if (!this.#extenders.isEmpty) {
      scores = [...scores, ...(yield* this.#extenders.prioritize(state, info.pod, feasible, totals))];
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
    return { node: feasible[best]!, state, feasible, scores, totals, rejected };
  }
}

/** A single node needs no comparison: the real scheduler does not score it either. */
function onlyChoice(state: CycleState, feasible: readonly NodeInfo[], rejected: RejectedNodes): Placement {
  return { node: feasible[0]!, state, feasible, scores: [], totals: NO_TOTALS, rejected };
}

/** Rows of figures, one for each node, in one piece of memory. */
function scoreTable(nodeCount: number, rows: number): (row: number) => Float64Array {
  const figures = new Float64Array(nodeCount * rows);
  return (row) => figures.subarray(row * nodeCount, (row + 1) * nodeCount);
}

/** One plugin's scores, added to the totals by their weight. The rows are there to be filled in. */
function scoresOf(
  { plugin, weight }: Scorer,
  state: CycleState,
  info: PodInfo,
  nodes: readonly NodeInfo[],
  { raw, normalized, totals }: Pick<PluginScores, 'raw' | 'normalized'> & { readonly totals: Float64Array },
): PluginScores {
  for (let i = 0; i < nodes.length; i++) normalized[i] = raw[i] = plugin.score!(state, info, nodes[i]!);
  plugin.normalizeScores?.(state, normalized, nodes);
  for (let i = 0; i < nodes.length; i++) totals[i]! += normalized[i]! * weight;
  return { plugin: plugin.name, weight, raw, normalized };
}
