import { sameValue } from '../../api/copy-on-write.ts';
import { scaledValue } from '../../api/int-or-string.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/kinds.ts';
import { revisionOf } from './annotations.ts';

export const HASH_LABEL = 'pod-template-hash';

/** A Deployment's ReplicaSets. */
export interface Revisions {
  /** The one with the Deployment's present template, if it exists. */
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** Sorts out which ReplicaSet has the present template. */
export function findRevisions(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Revisions {
  // After a collision of caches there may be two: the older one is it.
  const newest = byAge(replicaSets).find(({ spec }) => sameTemplate(spec.template!, deployment.spec.template));
  return { newest, old: replicaSets.filter((replicaSet) => replicaSet !== newest) };
}

/** Whether two templates are the same but for the hash label that the controller adds. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return sameValue(a.spec, b.spec) && sameValue(withoutHash(a), withoutHash(b));
}

function withoutHash({ metadata }: PodTemplateSpec): unknown {
  const { [HASH_LABEL]: _, ...labels } = metadata?.labels ?? {};
  return { ...metadata, labels };
}

export function newestRevision(replicaSets: readonly ReplicaSet[]): number {
  return Math.max(0, ...replicaSets.map(revisionOf));
}

export function allOf({ newest, old }: Revisions): ReplicaSet[] {
  return newest === undefined ? [...old] : [...old, newest];
}

export function replicasOf(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

export function sumReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicasOf(replicaSet), 0);
}

export function sumAvailable(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0);
}

/** Oldest first. */
export function byAge(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  return replicaSets.toSorted((a, b) => {
    const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
    if (left !== right) return left < right ? -1 : 1;
    return a.metadata.name < b.metadata.name ? -1 : 1;
  });
}

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

/** How far a rolling update may go beyond and below the desired number; never neither. */
export function rollingLimits(deployment: Deployment): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const { strategy } = deployment.spec;
  const replicas = desiredReplicas(deployment);
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, replicas, true);
  const unavailable = scaledValue(maxUnavailable, replicas, false);
  // Both can round to zero, and then nothing would ever move.
  if (surge === 0 && unavailable === 0) return { maxSurge: 0, maxUnavailable: Math.min(1, replicas) };
  return { maxSurge: surge, maxUnavailable: Math.min(unavailable, replicas) };
}
