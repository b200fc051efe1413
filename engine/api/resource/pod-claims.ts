import type { ResourceClaim } from '../extension-kinds.ts';
import type { Pod } from '../kinds.ts';
import { controllerOf } from '../object.ts';

// How a Pod and its ResourceClaims know each other, after kubernetes/kubernetes
// staging/src/k8s.io/dynamic-resource-allocation/resourceclaim/claim.go.

export type PodResourceClaim = NonNullable<Pod['spec']['resourceClaims']>[number];

/** The finalizer of a claim that is allocated. */
export const ALLOCATED = 'resource.kubernetes.io/delete-protection';

/** So many may share a claim. */
const MAX_CONSUMERS = 256;

/** The claim behind an entry of a Pod. `own`: it was made for the Pod, which must own it. */
export interface NamedClaim {
  /** Undefined where none is needed. */
  readonly name: string | undefined;
  readonly own: boolean;
}

/** Undefined as long as the claim has not been made from its template. */
export function claimOf(pod: Pod, { name, resourceClaimName }: PodResourceClaim): NamedClaim | undefined {
  if (resourceClaimName !== undefined) return { name: resourceClaimName, own: false };
  const status = pod.status?.resourceClaimStatuses?.find((each) => each.name === name);
  return status && { name: status.resourceClaimName, own: true };
}

/** What is said of a Pod whose claim has not been made yet. */
export function notCreatedYet({ metadata }: Pod): string {
  return `pod "${metadata.namespace}/${metadata.name}": ResourceClaim not created yet`;
}

/** Why the claim is not the Pod's own; undefined when it is. */
export function notOwned(pod: Pod, claim: ResourceClaim): string | undefined {
  if (controllerOf(claim)?.uid === pod.metadata.uid) return undefined;
  const { namespace, name } = claim.metadata;
  return `ResourceClaim ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
}

export function isReservedFor({ metadata }: Pod, { status }: ResourceClaim): boolean {
  return status?.reservedFor?.some(({ uid }) => uid === metadata.uid) ?? false;
}

export function canBeReserved({ status }: ResourceClaim): boolean {
  return (status?.reservedFor?.length ?? 0) < MAX_CONSUMERS;
}

/** The claim, reserved for one Pod more. */
export function withConsumer(claim: ResourceClaim, { metadata: { name, uid } }: Pod): ResourceClaim {
  const reservedFor = [...(claim.status?.reservedFor ?? []), { resource: 'pods', name, uid }];
  return { ...claim, status: { ...claim.status, reservedFor } };
}
