import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/kinds.ts';
import { controllerOf, type KubeObject, type OwnerReference } from '../../api/object.ts';
import { controllerReference } from '../claim.ts';

// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention, after
// pkg/controller/statefulset/stateful_set_utils.go. The controller deletes no claim: it makes a claim depend on what it
// shall not outlive, and the garbage collector does the rest.

/**
 * The owners a claim should have: the StatefulSet where it goes with it, the Pod where it goes with a Pod that scaling
 * down takes away. Undefined when those it has are right.
 */
export function claimOwners(
  claim: PersistentVolumeClaim,
  statefulSet: StatefulSet,
  pod: Pod,
  isCondemned: boolean,
): readonly OwnerReference[] | undefined {
  const current = claim.metadata.ownerReferences ?? [];
  const wanted = retainer(statefulSet, pod, isCondemned);
  const controller = controllerOf(claim);
  const isOthers = controller !== undefined && !refersTo(controller, statefulSet) && !refersTo(controller, pod);
  const others = current.filter((owner) => !refersTo(owner, statefulSet) && !refersTo(owner, pod));
  const owners = wanted === undefined || isOthers ? others : [...others, controllerReference(wanted)];
  return sameOwners(current, owners) ? undefined : owners;
}

function retainer(statefulSet: StatefulSet, pod: Pod, isCondemned: boolean): KubeObject | undefined {
  const { whenDeleted, whenScaled } = statefulSet.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (isCondemned && whenScaled === 'Delete') return pod;
  return whenDeleted === 'Delete' ? statefulSet : undefined;
}

/** Whether a claim still belongs to an earlier Pod of that name, and is about to go with it. */
export function belongsToEarlierPod({ metadata }: PersistentVolumeClaim, podName: string): boolean {
  return metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === podName) === true;
}

function refersTo(owner: OwnerReference, { kind, metadata }: KubeObject): boolean {
  return owner.kind === kind && owner.name === metadata.name;
}

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  return (
    a.length === b.length && a.every(({ uid, controller }, i) => uid === b[i]!.uid && controller === b[i]!.controller)
  );
}
