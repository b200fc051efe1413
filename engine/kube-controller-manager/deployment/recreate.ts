import type { Deployment, Pod, ReplicaSet } from '../../api/kinds.ts';
import { isActive, isTerminating } from '../pod-state.ts';
import { desiredReplicas, type Revisions, replicasOf } from './revisions.ts';
import type { Scaling } from './rolling-update.ts';

/** The first step of the Recreate strategy: everything old goes. */
export function scaleDownAllOld({ old }: Revisions): Scaling[] {
  return old.filter((replicaSet) => replicasOf(replicaSet) > 0).map((replicaSet) => ({ replicaSet, replicas: 0 }));
}

/** Whether a Pod of an old revision still exists, be it only to terminate. After `pkg/controller/deployment/recreate.go`. */
export function oldPodsRemain({ old }: Revisions, podsOf: (replicaSet: ReplicaSet) => readonly Pod[]): boolean {
  return old.some(
    (replicaSet) =>
      (replicaSet.status?.replicas ?? 0) > 0 || podsOf(replicaSet).some((pod) => isActive(pod) || isTerminating(pod)),
  );
}

/** The last step: the new revision in full size. */
export function scaleUpNewest(deployment: Deployment, { newest }: Revisions): Scaling[] {
  const replicas = desiredReplicas(deployment);
  return newest === undefined || replicasOf(newest) === replicas ? [] : [{ replicaSet: newest, replicas }];
}
