import { hasEnded } from '../../api/core/pod-phase.ts';
import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { ALLOCATED } from '../../api/resource/pod-claims.ts';

type Consumers = NonNullable<NonNullable<ResourceClaim['status']>['reservedFor']>;

/** What is to be done about a claim. */
export interface ClaimStep {
  /** Who keeps it, where that has changed. */
  readonly reservedFor?: Consumers;
  /** Its devices are free again. */
  readonly deallocate: boolean;
  /** It may go as soon as somebody deletes it. */
  readonly unprotect: boolean;
  /** The Pod it was made for will not run (again). */
  readonly remove: boolean;
}

/**
 * Who still uses a claim, and what follows when nobody does: it is deallocated when its last user is gone, not before somebody
 * has used it; if it was made for a Pod, it goes with it.
 *
 * @param podOf the Pod of that name, if there is one
 */
export function claimStep(claim: ResourceClaim, podOf: (name: string) => Pod | undefined): ClaimStep {
  const { finalizers = [], deletionTimestamp } = claim.metadata;
  const { reservedFor = [], allocation } = claim.status ?? {};
  const valid = reservedFor.filter((consumer) => uses(podOf(consumer.name), consumer.uid));
  const isProtected = finalizers.includes(ALLOCATED);
  const hasLost = valid.length < reservedFor.length;
  const isFree = valid.length === 0 && (hasLost || deletionTimestamp !== undefined);
  return {
    ...(hasLost && { reservedFor: valid }),
    deallocate: isFree && isProtected && allocation !== undefined,
    unprotect: isFree && isProtected,
    remove: valid.length === 0 && deletionTimestamp === undefined && hasLostOwner(claim, podOf),
  };
}

function uses(pod: Pod | undefined, uid: string): boolean {
  return pod?.metadata.uid === uid && !willNotRun(pod);
}

/** Whether a Pod has no use for its claims any more, or never will. */
export function willNotRun(pod: Pod): boolean {
  const neverStarted = pod.metadata.deletionTimestamp !== undefined && (pod.spec.nodeName ?? '') === '';
  return hasEnded(pod) || neverStarted;
}

/** Where the Pod is gone altogether, the garbage collector sees to the claim. */
function hasLostOwner(claim: ResourceClaim, podOf: (name: string) => Pod | undefined): boolean {
  const owner = controllerOf(claim);
  if (owner?.kind !== 'Pod' || owner.apiVersion !== 'v1') return false;
  const pod = podOf(owner.name);
  return pod !== undefined && !uses(pod, owner.uid);
}
