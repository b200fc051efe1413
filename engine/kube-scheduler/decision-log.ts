import type { Heard } from './cycle-state.ts';
import { notNamedReason } from './diagnosis.ts';
import type { ExtenderOpinion } from './extenders/opinion.ts';
import type { PodInfo } from './pod-info.ts';
import type { Failure, Placement, Trouble } from './schedule-pod.ts';

/** How one node stood when a Pod was scheduled. */
export interface NodeVerdict {
  readonly node: string;
  /** The plugin or extender that refused the node, and why; absent when the node would have done. */
  readonly refusedBy?: string;
  readonly reasons?: readonly string[];
  /** What each plugin and extender thought of it; absent when there was no other node to choose from. */
  readonly scores?: readonly {
    readonly plugin: string;
    readonly weight: number;
    /** As the plugin gave it, in units of its own. */
    readonly raw: number;
    /** From 0 to 100, unless an extender exaggerates. Times the weight it counts for the total. */
    readonly normalized: number;
  }[];
  readonly total?: number;
}

/** How the scheduler came to put a Pod where it did, or nowhere. */
export interface SchedulingDecision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The profile. */
  readonly schedulerName: string;
  /** Virtual milliseconds since the simulation began. */
  readonly atMs: number;
  /** The node that was chosen; absent when none would do. */
  readonly node?: string;
  /** Nodes with the same highest total, among which the lot fell; 1 when the best was alone. */
  readonly equals?: number;
  /** The node on which preemption is making room. */
  readonly nominatedNode?: string;
  /** The sentence of the FailedScheduling event. */
  readonly message?: string;
  /** Nodes that exist. In large clusters the search ends early: `nodes` then holds those that were looked at. */
  readonly nodeCount: number;
  /** The best first, then the refused. */
  readonly nodes: readonly NodeVerdict[];
  /** What was asked of extenders and what they said, in order; absent when none was asked. */
  readonly extenders?: readonly ExtenderOpinion[];
}

export type Outcome = Placement | Failure | Trouble;

/** Without what plugins have noted in the course of it. */
type Decided = Omit<Placement, 'state'> | Omit<Failure, 'state'> | Omit<Trouble, 'state'>;

interface Entry {
  readonly info: PodInfo;
  readonly schedulerName: string;
  readonly atMs: number;
  readonly nodeCount: number;
  readonly outcome: Decided;
  readonly heard: Heard;
  readonly nominatedNode: string | undefined;
  readonly message: string | undefined;
  readonly size: number;
}

/** Decisions are kept until they hold this many nodes together. */
const MAX_NODES = 20_000;

/**
 * The last decision about each Pod, for as long as there is room. A note costs nothing but a reference to what the cycle
 * has worked out anyway; sentences and lists are made when someone asks.
 */
export class DecisionLog {
  readonly #entries = new Map<string, Entry>();
  #size = 0;

  /** @param key the Pod's `namespace/name` */
  note(key: string, made: Omit<Entry, 'size' | 'outcome' | 'heard'> & { readonly outcome: Outcome }): void {
    const { info, schedulerName, atMs, nodeCount, outcome, nominatedNode, message } = made;
    const decided = decidedIn(outcome);
    const { heard } = outcome.state;
    this.#drop(key);
    const size = sizeOf(decided);
    const entry = { info, schedulerName, atMs, nodeCount, outcome: decided, heard, nominatedNode, message, size };
    this.#entries.set(key, entry);
    this.#size += size;
    while (this.#size > MAX_NODES && this.#entries.size > 1) this.#drop(this.#entries.keys().next().value!);
  }

  /** Undefined when the Pod was never tried, or so long ago that others have taken the room. */
  of(namespace: string, name: string): SchedulingDecision | undefined {
    const entry = this.#entries.get(`${namespace}/${name}`);
    return entry === undefined ? undefined : decisionOf(entry);
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.size;
  }
}

function decidedIn(outcome: Outcome): Decided {
  if ('node' in outcome) {
    const { node, feasible, scores, totals, rejected } = outcome;
    return { node, feasible, scores, totals, rejected };
  }
  return 'error' in outcome ? { error: outcome.error, rejected: outcome.rejected } : { diagnosis: outcome.diagnosis };
}

function sizeOf(outcome: Decided): number {
  if ('node' in outcome) return outcome.feasible.length + outcome.rejected.nodes.length;
  return ('error' in outcome ? outcome.rejected : outcome.diagnosis).nodes.length + 1;
}

function decisionOf({
  info,
  schedulerName,
  atMs,
  nodeCount,
  outcome,
  heard: { opinions },
  nominatedNode,
  message,
}: Entry): SchedulingDecision {
  const { namespace = '', name, uid } = info.pod.metadata;
  const heard = opinions === undefined ? {} : { extenders: [...opinions] };
  const about = { namespace, name, uid, schedulerName, atMs, nodeCount, ...heard };
  if ('node' in outcome) {
    const best = outcome.totals.reduce((a, b) => Math.max(a, b), 0);
    const equals = Math.max(1, outcome.totals.filter((total) => total === best).length);
    return {
      ...about,
      node: outcome.node.name,
      equals,
      nodes: [...verdictsOf(outcome), ...refusals(outcome.rejected)],
    };
  }
  if ('error' in outcome) return { ...about, message, nodes: refusals(outcome.rejected) };
  const { diagnosis } = outcome;
  const nodes = refusals(diagnosis);
  if (diagnosis.preFilter !== undefined) {
    const { plugin, rejection } = diagnosis.preFilter;
    nodes.push({ node: '*', refusedBy: plugin, reasons: rejection.reasons });
  } else if (diagnosis.naming.length > 0) {
    nodes.push({ node: '*', refusedBy: diagnosis.naming.join(' '), reasons: [notNamedReason(diagnosis.naming)] });
  }
  return { ...about, nominatedNode, message, nodes };
}

function verdictsOf({ node, feasible, scores, totals }: Omit<Placement, 'state'>): NodeVerdict[] {
  const verdicts = feasible.map((each, i): NodeVerdict => {
    if (totals.length === 0) return { node: each.name };
    const byPlugin = scores.map(({ plugin, weight, raw, normalized }) => {
      return { plugin, weight, raw: raw[i]!, normalized: normalized[i]! };
    });
    return { node: each.name, scores: byPlugin, total: totals[i]! };
  });
  const isChosen = (verdict: NodeVerdict): number => (verdict.node === node.name ? 1 : 0);
  return verdicts.sort((a, b) => (b.total ?? 0) - (a.total ?? 0) || isChosen(b) - isChosen(a));
}

function refusals(rejected: {
  readonly nodes: readonly { readonly name: string }[];
  readonly rejections: readonly { readonly reasons: readonly string[] }[];
  readonly rejectors: readonly string[];
}): NodeVerdict[] {
  return rejected.nodes.map(({ name }, i) => ({
    node: name,
    refusedBy: rejected.rejectors[i]!,
    reasons: rejected.rejections[i]!.reasons,
  }));
}
