import type { Pod } from '../../api/kinds.ts';
import type { CycleState } from '../cycle-state.ts';
import type { Plugin } from '../framework.ts';
import type { FilterRunner } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Rejection, unresolvable } from '../rejection.ts';
import type { DisruptionBudgets } from './disruption-budgets.ts';

/** The Pods that would have to go from a node. */
export interface Victims {
  readonly node: NodeInfo;
  /** The most important first. */
  readonly pods: readonly PodInfo[];
  /** How many of them a PodDisruptionBudget protects. */
  readonly violations: number;
  /** The priorities of all, each made positive. */
  readonly prioritySum: number;
  /** When the first of those of the highest priority began to run, in milliseconds since 1970. */
  readonly earliestStartMs: number;
}

/** Sums of priorities must grow with every victim, so priorities are made positive. */
const PRIORITY_OFFSET = 2 ** 31;

const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod');

/**
 * The fewest Pods of lower priority that have to leave the node so that the Pod fits: all are taken away in thought, then
 * each is let back, the protected and the more important ones first, as long as the Pod still fits.
 * After `plugins/defaultpreemption/default_preemption.go` (SelectVictimsOnNode).
 */
export function selectVictims(
  filters: FilterRunner,
  asked: readonly Plugin[],
  cycleState: CycleState,
  info: PodInfo,
  original: NodeInfo,
  budgets: DisruptionBudgets,
): Victims | Rejection {
  const potential = [...original.pods.values()].filter(({ priority }) => priority < info.priority);
  if (potential.length === 0) return NO_VICTIMS;
  const node = original.clone();
  const state = cycleState.clone();
  const takeAway = (other: PodInfo): void => {
    node.removePod(other.pod.metadata.uid);
    filters.removePod(state, info, other, node);
  };
  const letBack = (other: PodInfo): void => {
    node.addPod(other);
    filters.addPod(state, info, other, node);
  };
  for (const other of potential) takeAway(other);
  const refused = filters.firstRejection(asked, state, info, node);
  if (refused !== undefined) return refused.rejection;

  const pods: PodInfo[] = [];
  /** Whether the Pod has to go after all. */
  const mustGo = (other: PodInfo): boolean => {
    letBack(other);
    if (filters.firstRejection(asked, state, info, node) === undefined) return false;
    takeAway(other);
    pods.push(other);
    return true;
  };
  const { guarded, free } = budgets.split(potential.sort(byImportance));
  const violations = guarded.filter(mustGo).length;
  free.forEach(mustGo);
  pods.sort(byImportance);
  return victimsOn(original, pods, violations);
}

/** @param pods the most important first */
export function victimsOn(node: NodeInfo, pods: readonly PodInfo[], violations: number): Victims {
  const prioritySum = pods.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0);
  return { node, pods, violations, prioritySum, earliestStartMs: earliestStart(pods) };
}

function earliestStart(pods: readonly PodInfo[]): number {
  const [first] = pods;
  return pods
    .filter(({ priority }) => priority === first?.priority)
    .reduce((earliest, { pod }) => Math.min(earliest, startMs(pod)), Number.MAX_SAFE_INTEGER);
}

/** The more important first: by priority, then by who has run longer. After `util/utils.go` (MoreImportantPod). */
function byImportance(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return startMs(a.pod) - startMs(b.pod);
}

/** A Pod that has not started counts as if it had started last. */
function startMs({ status }: Pod): number {
  return status?.startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(status.startTime);
}
