import type { Node, Taint } from '../../api/kinds.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Which condition in which state makes which taint. */
const TAINTS: readonly (readonly [condition: string, status: string, taint: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
];
const MANAGED = new Set([UNSCHEDULABLE, ...TAINTS.map(([, , taint]) => taint)]);

/**
 * The node's taints with those of effect NoSchedule as its conditions call for, so that the scheduler need look at
 * taints only. Returns the same array when they are right already.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition
 */
export function withConditionTaints(node: Node, now: string): readonly Taint[] {
  const current = node.spec?.taints ?? [];
  const wanted = new Set<string>();
  for (const { type, status } of node.status?.conditions ?? []) {
    const match = TAINTS.find((taint) => taint[0] === type && taint[1] === status);
    if (match !== undefined) wanted.add(match[2]);
  }
  if (node.spec?.unschedulable === true) wanted.add(UNSCHEDULABLE);
  const isManaged = ({ key, effect }: Taint) => effect === 'NoSchedule' && MANAGED.has(key);
  const stays = current.filter((taint) => !isManaged(taint) || wanted.has(taint.key));
  const missing = [...wanted].filter((key) => !stays.some((taint) => isManaged(taint) && taint.key === key));
  if (stays.length === current.length && missing.length === 0) return current;
  return [...stays, ...missing.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded: now }))];
}

/** The same for the one NoExecute taint of a node that is not ready (`False`) or silent (`Unknown`). */
export function withEvictionTaint(node: Node, ready: string | undefined, now: string): readonly Taint[] {
  const current = node.spec?.taints ?? [];
  const key = ready === 'False' ? NOT_READY : ready === 'Unknown' ? UNREACHABLE : undefined;
  const isEviction = (taint: Taint) =>
    taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE);
  const stays = current.filter((taint) => !isEviction(taint) || taint.key === key);
  if (key === undefined || stays.some(isEviction)) return stays.length === current.length ? current : stays;
  return [...stays, { key, effect: 'NoExecute', timeAdded: now }];
}
