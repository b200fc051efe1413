import { isReady } from '../api/core/ready.ts';
import type { Pod } from '../api/kinds.ts';
import { readySinceMs } from './pod-state.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES = ['Pending', 'Unknown', 'Running'];

/**
 * Picks the Pods whose loss hurts least. In this order go first: Pods without a node, pending before running ones, not
 * ready ones, those with a lower `pod-deletion-cost`, those on nodes with more of their kind, those ready for a shorter
 * time, those that restarted more often (then those whose sidecars did), the younger ones. Times count by order of magnitude only, so that chance (the
 * uid) spreads the loss over nodes and zones.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset, after
 * `pkg/controller/controller_utils.go` (ActivePodsWithRanks).
 *
 * @param related the active Pods that count as of the same kind: those of all revisions of a Deployment.
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, wallMs: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const perNode = new Map<string, number>();
  for (const { spec } of related) perNode.set(spec.nodeName ?? '', (perNode.get(spec.nodeName ?? '') ?? 0) + 1);
  const ranked = pods.map((pod) => rank(pod, perNode.get(pod.spec.nodeName ?? '') ?? 0));
  ranked.sort((a, b) => compare(a, b, wallMs));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

interface Ranked {
  readonly pod: Pod;
  /** Compared one after another; lower goes first. */
  readonly criteria: readonly number[];
  readonly readyMs: number;
  readonly createdMs: number;
}

function rank(pod: Pod, sameNode: number): Ranked {
  return {
    pod,
    criteria: [
      pod.spec.nodeName ? 1 : 0,
      PHASES.indexOf(pod.status?.phase ?? ''),
      isReady(pod) ? 1 : 0,
      deletionCost(pod),
      -sameNode,
    ],
    readyMs: readySinceMs(pod) ?? 0,
    createdMs: Date.parse(pod.metadata.creationTimestamp),
  };
}

/** Zero for what is no number, or not written as one is. */
function deletionCost({ metadata }: Pod): number {
  const text = metadata.annotations?.[DELETION_COST] ?? '';
  return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0;
}

function compare(a: Ranked, b: Ranked, wallMs: number): number {
  for (let i = 0; i < a.criteria.length; i++) {
    const difference = a.criteria[i]! - b.criteria[i]!;
    if (difference !== 0) return difference;
  }
  const uids = a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
  if (a.readyMs !== b.readyMs) return magnitude(wallMs - a.readyMs) - magnitude(wallMs - b.readyMs) || uids;
  const restarted = restarts(b.pod) - restarts(a.pod) || sidecarRestarts(b.pod) - sidecarRestarts(a.pod);
  if (restarted !== 0) return restarted;
  return magnitude(wallMs - a.createdMs) - magnitude(wallMs - b.createdMs) || uids;
}

/** The order of magnitude of a duration. */
function magnitude(durationMs: number): number {
  return durationMs <= 0 ? -1 : Math.floor(Math.log2(durationMs * 1_000_000));
}

/** Of the container that has restarted most often. */
function restarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

function sidecarRestarts({ spec, status }: Pod): number {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const isSidecar = (name: string) => sidecars.some((sidecar) => sidecar.name === name);
  const statuses = (status?.initContainerStatuses ?? []).filter(({ name }) => isSidecar(name));
  return Math.max(0, ...statuses.map(({ restartCount }) => restartCount));
}
