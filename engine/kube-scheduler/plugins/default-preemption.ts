import type { Task } from '../../sim/index.ts';
import type { CycleState } from '../cycle-state.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { ReasonCounts } from '../fit-error.ts';
import type { PostFilterOutcome } from '../framework.ts';
import type { Handle, PluginFactory } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { agreedVictims } from '../preemption/agreed-victims.ts';
import { bestCandidate } from '../preemption/best-candidate.ts';
import { DisruptionBudgets } from '../preemption/disruption-budgets.ts';
import { Evictions, isBeingPreempted } from '../preemption/eviction.ts';
import { RememberedVictims } from '../preemption/remembered-victims.ts';
import { selectVictims, type Victims } from '../preemption/victims.ts';
import { type Rejection, unresolvable } from '../rejection.ts';

export interface DefaultPreemptionArgs {
  /** On how many nodes to try it out, in percent of those where it might help. */
  readonly minCandidateNodesPercentage: number;
  /** The same as a number; the larger of the two counts. */
  readonly minCandidateNodesAbsolute: number;
}

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const UNDER_WAY = unresolvable('waiting for the preemption for this pod to be finished');

/**
 * A Pod that fits nowhere may have Pods of lower priority removed to make room.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/, after `framework/preemption/`.
 */
export const defaultPreemption: PluginFactory = (handle, args) => {
  const evictions = new Evictions(handle);
  const remembered = new RememberedVictims(handle.nominator);
  const { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: least } = args as DefaultPreemptionArgs;
  return {
    name: 'DefaultPreemption',

    preEnqueue: ({ metadata }) => (evictions.isUnderWay(metadata.uid) ? UNDER_WAY : undefined),

    postFilter(state, info, diagnosis) {
      const refusal = whyNotEligible(handle, info, diagnosis);
      if (refusal !== undefined) return { message: `preemption: ${refusal}` };
      const nodes = diagnosis.nodes.filter((_, i) => diagnosis.rejections[i]!.resolvable);
      const enough = Math.min(nodes.length, Math.max(Math.floor((nodes.length * percentage) / 100), least));
      const { candidates, reasons } = findCandidates(handle, remembered, state, info, nodes, enough);
      if (candidates.length === 0) return nothingHelps(diagnosis, reasons);
      const makeRoom = (agreed: readonly Victims[]): PostFilterOutcome => {
        const best = bestCandidate(agreed);
        evictions.begin(info, best);
        return { nominatedNode: best.node.name };
      };
      if (handle.extenders.isEmpty) return makeRoom(candidates);
      return withExtenders(handle, state, info, candidates, makeRoom);
    },
  };
};

/** Extenders may want other victims, or none. */
function* withExtenders(
  handle: Handle,
  state: CycleState,
  info: PodInfo,
  candidates: readonly Victims[],
  makeRoom: (agreed: readonly Victims[]) => PostFilterOutcome,
): Task<PostFilterOutcome> {
  const agreed = yield* agreedVictims(handle, state, info.pod, candidates);
  if ('error' in agreed) return { message: `preemption: ${agreed.error}`, failed: true };
  return agreed.length === 0 ? { message: 'preemption: no candidate node for preemption' } : makeRoom(agreed);
}

/** While victims of an earlier attempt are still terminating on the nominated node, no more are taken. */
function whyNotEligible({ cache }: Handle, { pod, priority }: PodInfo, diagnosis: Diagnosis): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.status?.nominatedNodeName ?? '';
  const node = nominated === '' ? undefined : cache.node(nominated);
  if (node === undefined) return undefined;
  const index = diagnosis.nodes.indexOf(node);
  // A node that has become impossible is no reason to wait.
  if (index < 0 || diagnosis.rejections[index]?.resolvable !== true) return undefined;
  for (const other of node.pods.values()) {
    if (other.priority < priority && isBeingPreempted(other.pod)) {
      return 'not eligible due to a terminating pod on the nominated node.';
    }
  }
  return undefined;
}

interface Candidates {
  readonly candidates: readonly Victims[];
  /** Why the nodes on which it was tried out are none. */
  readonly reasons: readonly Rejection[];
}

/** @param enough how many candidates end the search */
function findCandidates(
  { filters, objects, sim }: Handle,
  remembered: RememberedVictims,
  state: CycleState,
  info: PodInfo,
  nodes: readonly NodeInfo[],
  enough: number,
): Candidates {
  if (nodes.length === 0) return { candidates: [], reasons: [] };
  const budgetObjects = objects.podDisruptionBudgets.list();
  const budgets = new DisruptionBudgets(budgetObjects);
  const asked = filters.filters(state);
  remembered.ask(info, asked, budgetObjects);
  const start = sim.random('preemption').below(nodes.length);
  const violating: Victims[] = [];
  const harmless: Victims[] = [];
  const reasons: Rejection[] = [];
  for (let i = 0; i < nodes.length; i++) {
    // One node without broken budgets is needed before the search may end early.
    if (harmless.length > 0 && harmless.length + violating.length >= enough) break;
    const node = nodes[(start + i) % nodes.length]!;
    const found = remembered.of(node, info, () => selectVictims(filters, asked, state, info, node, budgets));
    if ('reasons' in found) reasons.push(found);
    else if (found.violations === 0) harmless.push(found);
    else violating.push(found);
  }
  return { candidates: [...harmless, ...violating], reasons };
}

/** The nomination is taken back: no room can be made anywhere. */
function nothingHelps({ nodeCount }: Diagnosis, reasons: readonly Rejection[]): PostFilterOutcome {
  const counts = new ReasonCounts();
  counts.addAll(reasons);
  counts.add(NOT_HELPFUL, nodeCount - reasons.length);
  return { nominatedNode: '', message: `preemption: ${counts.sentence(nodeCount)}` };
}
