import { scaledValue } from '../../api/int-or-string.ts';
import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import { isAvailable } from '../pod-state.ts';
import { REVISION_HASH } from './daemon-pod.ts';
import { type NodeFit, nodeFit } from './node-fit.ts';

/** A DaemonSet on one node. */
export interface Place {
  readonly nodeName: string;
  readonly fit: NodeFit;
  /** Oldest first, also those that are ending. */
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
    pods: (byNode.get(node.metadata.name) ?? []).toSorted(byAge),
  }));
}

function byAge(a: Pod, b: Pod): number {
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
    if (!fit.shouldStay) remove.push(...living);
    // A Pod that is still ending holds its place.
    else if (pods.length === 0) {
      if (fit.shouldRun) create.push(nodeName);
    } else {
      const running = living.filter((pod) => !hasEnded(pod));
      remove.push(...living.filter(hasEnded), ...surplusOf(daemonSet, running, hash, wallMs));
    }
  }
  return { create, remove };
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

function surplusOf(daemonSet: DaemonSet, running: readonly Pod[], hash: string, wallMs: number): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!maySurge(daemonSet)) return running.slice(1);
  const newer = running.find((pod) => isUpdated(pod, hash));
  const older = running.find((pod) => !isUpdated(pod, hash));
  const kept = new Set<Pod | undefined>([newer ?? older]);
  const { minReadySeconds = 0 } = daemonSet.spec;
  const serves = (pod: Pod) => isAvailable(pod, minReadySeconds, wallMs);
  // The old one serves, if it does, until the new one can.
  if (newer !== undefined && older !== undefined && !serves(newer) && serves(older)) kept.add(older);
  return running.filter((pod) => !kept.has(pod));
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
 * or new ones come beside them, as many as may be too many. Old Pods that do not serve anyway do not count.
 * https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/, after `pkg/controller/daemon/update.go`.
 */
export function rollingSteps(daemonSet: DaemonSet, all: readonly Place[], hash: string, wallMs: number): Steps {
  const { rollingUpdate, type } = daemonSet.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return { create: [], remove: [] };
  const desired = all.filter(({ fit }) => fit.shouldRun).length;
  const maxSurge = scaledValue(rollingUpdate?.maxSurge ?? 0, desired, true);
  const maxUnavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 1, desired, true);
  const { minReadySeconds = 0 } = daemonSet.spec;
  const serves = (pod: Pod) => isAvailable(pod, minReadySeconds, wallMs);
  const taken = all.filter(({ pods, fit }) => pods.length > 0 || fit.shouldRun);
  const pairs = taken.map((place) => ({ nodeName: place.nodeName, ...pairOf(place.pods, hash) }));
  return maxSurge > 0 ? surgeSteps(pairs, maxSurge, serves) : replaceSteps(pairs, Math.max(1, maxUnavailable), serves);
}

interface Pair {
  readonly nodeName: string;
  readonly newer: Pod | undefined;
  readonly older: Pod | undefined;
}

function pairOf(pods: readonly Pod[], hash: string): Omit<Pair, 'nodeName'> {
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return {
    newer: living.find((pod) => isUpdated(pod, hash)),
    older: living.find((pod) => !isUpdated(pod, hash)),
  };
}

function replaceSteps(pairs: readonly Pair[], maxUnavailable: number, serves: (pod: Pod) => boolean): Steps {
  let unavailable = 0;
  const useless: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { newer, older } of pairs) {
    if (older === undefined || newer !== undefined) {
      if (newer === undefined || older !== undefined || !serves(newer)) unavailable += 1;
    } else if (!serves(older)) useless.push(older);
    else candidates.push(older);
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { create: [], remove: [...useless, ...candidates.slice(0, room)] };
}

function surgeSteps(pairs: readonly Pair[], maxSurge: number, serves: (pod: Pod) => boolean): Steps {
  let surging = 0;
  const urgent: string[] = [];
  const candidates: string[] = [];
  const remove: Pod[] = [];
  for (const { nodeName, newer, older } of pairs) {
    if (older === undefined) continue;
    if (newer === undefined) (serves(older) ? candidates : urgent).push(nodeName);
    else if (serves(newer)) remove.push(older);
    else surging += 1;
  }
  const room = Math.max(0, maxSurge - surging);
  return { create: [...urgent, ...candidates.slice(0, room)], remove };
}
