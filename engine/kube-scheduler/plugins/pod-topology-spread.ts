import type { Node } from '../../api/kinds.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import type { CloneableState, StateKey } from '../cycle-state.ts';
import { DomainCounts } from '../domain-counts.ts';
import type { Handle, PluginFactory } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Rejection, unresolvable, unschedulable } from '../rejection.ts';
import { EligibleNodes } from './eligible-nodes.ts';
import { normalizeSpreadScores, type SpreadScoring, scoreSpread, spreadScoring } from './pod-topology-spread-score.ts';
import {
  counts,
  defaultSelector,
  forEachCounted,
  hasAllKeys,
  type SpreadConstraint,
  spreadConstraintOf,
  type WireConstraint,
} from './spread-constraint.ts';

export interface PodTopologySpreadArgs {
  readonly defaultConstraints?: readonly WireConstraint[];
  readonly defaultingType: 'System' | 'List';
}

const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints");
const UNLABELLED = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

/** How Pods are spread when neither they nor the configuration say anything. */
const SYSTEM_DEFAULTS: readonly WireConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** How many Pods that count are in each domain that counts. */
class ConstraintCounts {
  readonly constraint: SpreadConstraint;
  readonly #counts: DomainCounts;
  /** The domains with a node that counts. */
  readonly #eligible: readonly number[];
  /** The lowest count, while nothing has changed since it was looked for. */
  #lowest: number | undefined;

  constructor(constraint: SpreadConstraint, matches: DomainCounts, eligible: readonly number[]) {
    this.constraint = constraint;
    this.#counts = matches;
    this.#eligible = eligible;
  }

  add(node: NodeInfo, amount: number): void {
    this.#counts.add(node, amount);
    this.#lowest = undefined;
  }

  at(node: NodeInfo): number {
    return this.#counts.at(node);
  }

  /** With fewer domains than asked for, the missing ones count as empty. */
  get lowest(): number {
    if (this.#eligible.length < this.constraint.minDomains && this.constraint.minDomains > 1) return 0;
    this.#lowest ??= this.#eligible.reduce(
      (lowest, domain) => Math.min(lowest, this.#counts.of(domain)),
      Number.POSITIVE_INFINITY,
    );
    return this.#lowest;
  }

  clone(): ConstraintCounts {
    return new ConstraintCounts(this.constraint, this.#counts.clone(), this.#eligible);
  }
}

class SpreadState implements CloneableState {
  readonly perConstraint: readonly ConstraintCounts[];
  readonly constraints: readonly SpreadConstraint[];

  constructor(perConstraint: readonly ConstraintCounts[]) {
    this.perConstraint = perConstraint;
    this.constraints = perConstraint.map(({ constraint }) => constraint);
  }

  clone(): SpreadState {
    return new SpreadState(this.perConstraint.map((each) => each.clone()));
  }
}

const STATE: StateKey<SpreadState> = { name: 'PodTopologySpread' };
const SCORING: StateKey<SpreadScoring> = { name: 'PodTopologySpread scores' };

/**
 * Keeps like Pods spread over zones, hosts or whatever label the constraint names: must (DoNotSchedule) or should.
 * After `plugins/podtopologyspread/`.
 */
export const podTopologySpread: PluginFactory = (handle, args) => {
  const { defaultConstraints = [], defaultingType } = args as PodTopologySpreadArgs;
  const defaults = defaultingType === 'System' ? SYSTEM_DEFAULTS : defaultConstraints;
  const constraintsOf = (info: PodInfo, action: WireConstraint['whenUnsatisfiable']) =>
    readConstraints(handle, info, defaults, action);
  const eligibleNodes = new EligibleNodes(handle.cache);
  return {
    name: 'PodTopologySpread',

    preFilter(state, info) {
      const constraints = constraintsOf(info, 'DoNotSchedule');
      if (constraints.length === 0) return 'Skip';
      state.write(STATE, countSpread(handle, eligibleNodes, info, constraints));
      return undefined;
    },

    addPod: (state, info, other, node) => change(state.read(STATE)!, info, other, node, 1),
    removePod: (state, info, other, node) => change(state.read(STATE)!, info, other, node, -1),

    filter: (state, info, node) => rejectionOf(state.read(STATE)!, info, node),

    preScore(state, info, nodes) {
      const constraints = constraintsOf(info, 'ScheduleAnyway');
      if (constraints.length === 0) return 'Skip';
      // Nodes that lack a label of the system's defaults are scored by the others.
      const needsAll = (info.pod.spec.topologySpreadConstraints?.length ?? 0) > 0 || defaultingType !== 'System';
      state.write(SCORING, spreadScoring(handle.cache, info, constraints, nodes, needsAll));
      return undefined;
    },

    score: (state, _info, node) => scoreSpread(state.read(SCORING)!, node),

    normalizeScores: (state, scores, nodes) => normalizeSpreadScores(state.read(SCORING)!, scores, nodes),

    mayHelp: (event, info) => mayHelp(event, info, constraintsOf(info, 'DoNotSchedule')),
  };
};

/** The Pod's own constraints; if it has none, the defaults, about the Pods that belong together with it. */
function readConstraints(
  { cache, objects }: Handle,
  { pod }: PodInfo,
  defaults: readonly WireConstraint[],
  action: WireConstraint['whenUnsatisfiable'],
): readonly SpreadConstraint[] {
  const own = pod.spec.topologySpreadConstraints ?? [];
  const wanted = (wire: WireConstraint): boolean => wire.whenUnsatisfiable === action;
  if (own.length > 0) return own.filter(wanted).map((wire) => spreadConstraintOf(wire, pod, cache));
  const applying = defaults.filter(wanted);
  if (applying.length === 0) return [];
  const selector = defaultSelector(pod, objects);
  if (selector === undefined) return [];
  return applying.map((wire) => ({ ...spreadConstraintOf(wire, pod, cache), selector }));
}

function countSpread(
  { cache }: Handle,
  eligibleNodes: EligibleNodes,
  info: PodInfo,
  constraints: readonly SpreadConstraint[],
): SpreadState {
  const perConstraint = constraints.map((constraint) => {
    const matches = new DomainCounts(constraint.domains);
    const { slots, domains } = eligibleNodes.of(info, constraint, constraints);
    forEachCounted(cache, constraint, info, (node, count) => {
      if (slots[node.slot] === 1) matches.add(node, count);
    });
    return new ConstraintCounts(constraint, matches, domains);
  });
  return new SpreadState(perConstraint);
}

function change(state: SpreadState, info: PodInfo, other: PodInfo, node: NodeInfo, amount: 1 | -1): void {
  const { namespace, labels, deletionTimestamp } = other.pod.metadata;
  if (namespace !== info.pod.metadata.namespace || deletionTimestamp !== undefined) return;
  if (!hasAllKeys(state.constraints, node)) return;
  for (const each of state.perConstraint) {
    if (each.constraint.selector.matches(labels) && counts(each.constraint, info, node)) each.add(node, amount);
  }
}

function rejectionOf({ perConstraint }: SpreadState, { pod }: PodInfo, node: NodeInfo): Rejection | undefined {
  for (const each of perConstraint) {
    const { domains, selector, maxSkew } = each.constraint;
    if (domains.of(node) < 0) return UNLABELLED;
    const own = selector.matches(pod.metadata.labels) ? 1 : 0;
    if (each.at(node) + own - each.lowest > maxSkew) return SKEWED;
  }
  return undefined;
}

function mayHelp(event: ClusterEvent, info: PodInfo, constraints: readonly SpreadConstraint[]): boolean {
  const concerns = ({ pod }: PodInfo): boolean =>
    pod.metadata.namespace === info.pod.metadata.namespace &&
    constraints.some(({ selector }) => selector.matches(pod.metadata.labels));
  const hasLabels = ({ metadata }: Node): boolean =>
    constraints.every(({ topologyKey }) => Object.hasOwn(metadata.labels ?? {}, topologyKey));
  switch (event.kind) {
    case 'AssignedPodAdd':
    case 'AssignedPodDelete':
      return concerns(event.info);
    case 'AssignedPodUpdate':
      return concerns(event.previous) !== concerns(event.info);
    case 'NodeAdd':
    case 'NodeDelete':
      return hasLabels(event.node);
    case 'NodeUpdate':
      // Any label or taint may bring nodes into the count or take them out of it.
      if (!hasLabels(event.node) && !hasLabels(event.previous)) return false;
      return event.previous.metadata.labels !== event.node.metadata.labels || event.previous.spec !== event.node.spec;
    case 'PodUpdate':
      if (event.previous.metadata.labels !== info.pod.metadata.labels) return true;
      return (
        constraints.some(({ honorsTaints }) => honorsTaints) &&
        event.previous.spec.tolerations?.length !== info.pod.spec.tolerations?.length
      );
    default:
      return false;
  }
}
