import { isReady } from '../../api/core/ready.ts';
import type { Pod, StatefulSet } from '../../api/kinds.ts';
import { isAvailable } from '../pod-state.ts';
import { revisionOf } from './stateful-pod.ts';

type Status = NonNullable<StatefulSet['status']>;

/** What the status says of revisions. */
export interface RevisionNames {
  /** The one that Pods below the partition have; after a rollout that is through, the update's. */
  readonly current: string;
  readonly update: string;
  readonly collisionCount: number;
}

/** After `pkg/controller/statefulset/stateful_set_control.go` (updateStatefulSet and completeRollingUpdate). */
export function statefulSetStatus(
  { metadata, spec, status: previous }: StatefulSet,
  pods: readonly Pod[],
  { current, update, collisionCount }: RevisionNames,
  wallMs: number,
): Status {
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const updated = living.filter((pod) => revisionOf(pod) === update).length;
  const { replicas = 1 } = spec;
  const isThrough =
    spec.updateStrategy?.type === 'RollingUpdate' &&
    updated === replicas &&
    pods.length === replicas &&
    ready.length === replicas;
  const currentRevision = isThrough ? update : current;
  return {
    ...(previous?.conditions === undefined ? {} : { conditions: previous.conditions }),
    observedGeneration: metadata.generation ?? 0,
    replicas: pods.length,
    availableReplicas: ready.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, wallMs)).length,
    ...unlessZero('readyReplicas', ready.length),
    ...unlessZero('currentReplicas', living.filter((pod) => revisionOf(pod) === currentRevision).length),
    ...unlessZero('updatedReplicas', updated),
    currentRevision,
    updateRevision: update,
    collisionCount,
  };
}

function unlessZero<K extends keyof Status>(field: K, count: number): Partial<Status> {
  return count === 0 ? {} : { [field]: count };
}
