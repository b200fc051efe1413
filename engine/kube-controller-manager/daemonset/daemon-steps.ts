import { hasEnded } from '../../api/core/pod-phase.ts';
import { isReady } from '../../api/core/ready.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import { isAvailable } from '../pod-state.ts';
import { REVISION_HASH } from './daemon-pod.ts';
import { type NodeFit, nodeFit } from './node-fit.ts';

/** A DaemonSet on one node. */
export interface Place {
  readonly nodeName: string;
  readonly fit: NodeFit;
  /** The one that counts first; also those that are ending. */
  readonly pods: readonly Pod[];
}

/** What to do: nodes that need a Pod, and Pods that are too many. */
export interface Steps {
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

/** @param byNode the DaemonSet's Pods by the node they are on or meant for. */
export function places(
  daemonSet: DaemonSet,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
): Place[] {
  return nodes.map((node) => ({
    nodeName: node.metadata.name,
    fit: nodeFit(daemonSet, node),
    pods: (byNode.get(node.metadata.name) ?? []).toSorted(bySeniority),
  }));
}

/** A Pod that has its node comes before one that waits for the scheduler, then the oldest first. */
function bySeniority(a: Pod, b: Pod): number {
  const [aHasNode, bHasNode] = [Boolean(a.spec.nodeName), Boolean(b.spec.nodeName)];
  if (aHasNode !== bHasNode) return aHasNode ? -1 : 1;
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp) {
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
  }
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** One Pod on every node that should have one (two while a surge replaces it), none elsewhere. */
export function manageSteps(daemonSet: DaemonSet, all: readonly Place[], hash: string, wallMs: number): Steps {
  const create: string[] = [];
  const remove: Pod[] = [];
  for (const { nodeName, fit, pods } of all) {
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    // A Pod that is still ending holds its place, unless there may be two.
    const isFree = (maySurge(daemonSet) ? living : pods).length === 0;
    if (!fit.shouldStay) remove.push(...living);
    else if (isFree) {
      if (fit.shouldRun) create.push(nodeName);
    } else {
      const running = living.filter((pod) => !hasEnded(pod));
      remove.push(...living.filter(hasEnded), ...surplusOf(daemonSet, running, hash, wallMs));
    }
  }
  return { create, remove };
}

function surplusOf(daemonSet: DaemonSet, running: readonly Pod[], hash: string, wallMs: number): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!maySurge(daemonSet)) return running.slice(1);
  const newer = running.find((pod) => isUpdated(pod, hash));
  const older = running.find((pod) => !isUpdated(pod, hash));
  const kept = new Set<Pod | undefined>([newer ?? older]);
  // The old one serves, if it does, until the new one can.
  if (newer !== undefined && older !== undefined && isReady(older) && !serves(daemonSet, newer, wallMs)) {
    kept.add(older);
  }
  return running.filter((pod) => !kept.has(pod));
}

function serves({ spec }: DaemonSet, pod: Pod, wallMs: number): boolean {
  return isAvailable(pod, spec.minReadySeconds ?? 0, wallMs);
}

export function isUpdated({ metadata }: Pod, hash: string): boolean {
  return metadata.labels?.[REVISION_HASH] === hash;
}

function maySurge({ spec }: DaemonSet): boolean {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  return type !== 'OnDelete' && scaledValue(rollingUpdate?.maxSurge ?? 0, 1, true) > 0;
}

/**
 * The next step of a rolling update: either old Pods go, as many as may be missing, and their places are filled again;
 * or new ones come beside them, as many as may be too many. Old Pods that do not serve anyway go first.
 * https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/, after `pkg/controller/daemon/update.go`.
 */
export function rollingSteps(daemonSet: DaemonSet, all: readonly Place[], hash: string, wallMs: number): Steps {
  const { rollingUpdate, type } = daemonSet.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return { create: [], remove: [] };
  const desired = all.filter(({ fit }) => fit.shouldRun).length;
  const maxSurge = scaledValue(rollingUpdate?.maxSurge ?? 0, desired, true);
  const maxUnavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 1, desired, true);
  const pairs = all.filter(({ pods }) => pods.length > 0).map((place) => pairOf(daemonSet, place, hash, wallMs));
  return maxSurge > 0 ? surgeSteps(pairs, desired, maxSurge) : replaceSteps(pairs, Math.max(1, maxUnavailable));
}

/** What a node has of the new template and of an older one. */
interface Pair {
  readonly nodeName: string;
  readonly shouldRun: boolean;
  readonly newer: Candidate | undefined;
  readonly older: Candidate | undefined;
  /** There are more of a kind: these are seen to first (`manageSteps`). */
  readonly isCrowded: boolean;
}

interface Candidate {
  readonly pod: Pod;
  readonly serves: boolean;
}

function pairOf(daemonSet: DaemonSet, { nodeName, fit, pods }: Place, hash: string, wallMs: number): Pair {
  const living = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => ({ pod, serves: serves(daemonSet, pod, wallMs) }));
  const newer = living.filter(({ pod }) => isUpdated(pod, hash));
  const older = living.filter(({ pod }) => !isUpdated(pod, hash));
  const isCrowded = newer.length > 1 || older.length > 1;
  return { nodeName, shouldRun: fit.shouldRun, newer: newer[0], older: older[0], isCrowded };
}

function replaceSteps(pairs: readonly Pair[], maxUnavailable: number): Steps {
  let unavailable = 0;
  const useless: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { newer, older, isCrowded } of pairs) {
    const isAlone = !isCrowded && (newer === undefined) !== (older === undefined);
    if (!isAlone || !(newer ?? older)!.serves) unavailable += 1;
    if (!isAlone || older === undefined) continue;
    (older.serves ? candidates : useless).push(older.pod);
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { create: [], remove: [...useless, ...candidates.slice(0, room)] };
}

function surgeSteps(pairs: readonly Pair[], desired: number, maxSurge: number): Steps {
  let surging = 0;
  const urgent: string[] = [];
  const candidates: string[] = [];
  const remove: Pod[] = [];
  /** On nodes that should have none any more: they serve until there are enough elsewhere. */
  const leaving: Pod[] = [];
  for (const { nodeName, shouldRun, newer, older, isCrowded } of pairs) {
    if (isCrowded) surging += 1;
    else if (older === undefined) continue;
    else if (newer !== undefined) {
      if (newer.serves) remove.push(older.pod);
      else surging += 1;
    } else if (shouldRun) (older.serves ? candidates : urgent).push(nodeName);
    else (older.serves ? leaving : remove).push(older.pod);
  }
  const serving = pairs.filter(({ newer, older, isCrowded }) => !isCrowded && (older ?? newer)?.serves).length;
  const room = Math.max(0, maxSurge - surging);
  return {
    create: [...urgent, ...candidates.slice(0, room)],
    remove: [...remove, ...leaving.slice(0, Math.max(0, serving - desired))],
  };
}
