import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { ALLOCATED, isReservedFor, withConsumer } from '../../api/resource/pod-claims.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { Allocation } from './allocator.ts';

/**
 * Writes that a claim has these devices and that the Pod uses it; first the finalizer, so that no devices are forgotten.
 *
 * @param allocation undefined for a claim that has its devices already
 * @returns the claim as it is then, or why it cannot be had any more
 * @throws StatusError, ConnectionError
 */
export function bindClaim(
  client: ResourceClient<ResourceClaim>,
  claim: ResourceClaim,
  pod: Pod,
  allocation: Allocation | undefined,
): ResourceClaim | Error {
  const { name, namespace } = claim.metadata;
  let latest = client.get(name, namespace);
  const about = (what: string) => new Error(`claim ${namespace}/${name} ${what} in the meantime`);
  if (latest.metadata.deletionTimestamp !== undefined || latest.metadata.uid !== claim.metadata.uid) {
    return about('got deleted');
  }
  const isAllocated = latest.status?.allocation !== undefined;
  if (allocation !== undefined && isAllocated) return about('got allocated elsewhere');
  if (allocation === undefined && !isAllocated) return about('got deallocated elsewhere');
  const { finalizers = [] } = latest.metadata;
  if (allocation !== undefined && !finalizers.includes(ALLOCATED)) {
    latest = client.update({ ...latest, metadata: { ...latest.metadata, finalizers: [...finalizers, ALLOCATED] } });
  }
  const given = allocation === undefined ? latest : { ...latest, status: { ...latest.status, allocation } };
  return client.updateStatus(isReservedFor(pod, given) ? given : withConsumer(given, pod));
}

/** The Pod does not get its place after all: others may use the claim. */
export function releaseClaim(client: ResourceClient<ResourceClaim>, { metadata }: ResourceClaim, pod: Pod): void {
  const { name, namespace, uid } = metadata;
  const patch = { metadata: { uid }, status: { reservedFor: [{ $patch: 'delete', uid: pod.metadata.uid }] } };
  try {
    client.patch(name, namespace, 'strategic-merge', patch, { subresource: 'status' });
  } catch (error) {
    // The controller of claims finds it when the Pod is gone.
    if (!(error instanceof StatusError)) throw error;
  }
}

/** Gives a claim's devices back, since the Pod that wants it cannot go where they are. */
export function deallocate(client: ResourceClient<ResourceClaim>, claim: ResourceClaim): void {
  const { allocation: _, reservedFor: __, ...status } = claim.status ?? {};
  client.updateStatus({ ...claim, status });
}
