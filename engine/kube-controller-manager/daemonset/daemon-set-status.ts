import { isReady } from '../../api/core/ready.ts';
import type { DaemonSet } from '../../api/kinds.ts';
import { isAvailable } from '../pod-state.ts';
import { isUpdated, type Place } from './daemon-steps.ts';

type Status = NonNullable<DaemonSet['status']>;

/** After `pkg/controller/daemon/daemon_controller.go` (updateDaemonSetStatus). */
export function daemonSetStatus(
  { metadata, spec, status: previous }: DaemonSet,
  all: readonly Place[],
  hash: string,
  collisionCount: number,
  wallMs: number,
): Status {
  const desired = all.filter(({ fit }) => fit.shouldRun);
  // Of several Pods on a node the first one counts.
  const scheduled = desired.flatMap(({ pods }) => pods.slice(0, 1));
  const available = scheduled.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, wallMs)).length;
  return {
    currentNumberScheduled: scheduled.length,
    desiredNumberScheduled: desired.length,
    numberMisscheduled: all.filter(({ fit, pods }) => !fit.shouldRun && pods.length > 0).length,
    numberReady: scheduled.filter(isReady).length,
    ...unlessZero('updatedNumberScheduled', scheduled.filter((pod) => isUpdated(pod, hash)).length),
    ...unlessZero('numberAvailable', available),
    ...unlessZero('numberUnavailable', desired.length - available),
    ...unlessZero('observedGeneration', metadata.generation ?? 0),
    ...unlessZero('collisionCount', collisionCount),
    ...(previous?.conditions === undefined ? {} : { conditions: previous.conditions }),
  };
}

function unlessZero<K extends keyof Status>(field: K, count: number): Partial<Status> {
  return count === 0 ? {} : { [field]: count };
}
