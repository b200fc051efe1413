import { isReady } from '../../api/core/ready.ts';
import type { Pod, ReplicaSet } from '../../api/kinds.ts';
import { timestamp } from '../../api/timestamp.ts';
import { isActive, isAvailable, isTerminating } from '../pod-state.ts';

type Status = NonNullable<ReplicaSet['status']>;
type Condition = NonNullable<Status['conditions']>[number];

/** What went wrong while Pods were made or deleted. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/**
 * The status that follows from the Pods. Counts of zero are left out, as on the wire.
 * After `pkg/controller/replicaset/replica_set_utils.go`.
 *
 * @param pods those that the ReplicaSet controls, also ended and terminating ones.
 */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  wallMs: number,
): Status {
  const { metadata, status: previous } = replicaSet;
  const counts = count(replicaSet, pods, wallMs);
  const conditions = withFailure(previous?.conditions ?? [], failure, wallMs);
  return {
    replicas: counts.active,
    ...unlessZero('fullyLabeledReplicas', counts.fullyLabeled),
    ...unlessZero('readyReplicas', counts.ready),
    ...unlessZero('availableReplicas', counts.available),
    terminatingReplicas: counts.terminating,
    ...unlessZero('observedGeneration', metadata.generation ?? 0),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** In one pass: a ReplicaSet of ten thousand Pods looks at all of them whenever some change. */
function count({ spec }: ReplicaSet, pods: readonly Pod[], wallMs: number) {
  const { minReadySeconds = 0, template } = spec;
  const templateLabels = template?.metadata?.labels ?? {};
  const counts = { active: 0, fullyLabeled: 0, ready: 0, available: 0, terminating: 0 };
  for (const pod of pods) {
    if (isTerminating(pod)) counts.terminating += 1;
    if (!isActive(pod)) continue;
    counts.active += 1;
    if (hasLabels(pod, templateLabels)) counts.fullyLabeled += 1;
    if (!isReady(pod)) continue;
    counts.ready += 1;
    if (minReadySeconds === 0 || isAvailable(pod, minReadySeconds, wallMs)) counts.available += 1;
  }
  return counts;
}

function hasLabels({ metadata: { labels } }: Pod, wanted: Readonly<Record<string, string>>): boolean {
  // What is made from a template has that template's labels.
  if (labels === wanted) return true;
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

function withFailure(conditions: Condition[], failure: ReplicaFailure | undefined, wallMs: number): Condition[] {
  const current = conditions.find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return current === undefined ? conditions : conditions.filter((one) => one !== current);
  if (current?.status === 'True' && current.reason === failure.reason) return conditions;
  const condition: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestamp(wallMs),
    reason: failure.reason,
    message: failure.message,
  };
  return [...conditions.filter((one) => one !== current), condition];
}

function unlessZero<K extends keyof Status>(field: K, count: number): Partial<Status> {
  return count === 0 ? {} : { [field]: count };
}
