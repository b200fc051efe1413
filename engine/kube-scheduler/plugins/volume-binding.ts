import { sameValue } from '../../api/copy-on-write.ts';
import type { CSIDriver, CSIStorageCapacity, PersistentVolumeClaim, StorageClass } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { numericValue } from '../../api/quantity.ts';
import { claimClass, isFullyBound, waitsForConsumer } from '../../client/volume-binding.ts';
import { type ClusterEvent, changesOwnClaim } from '../cluster-event.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { StateKey } from '../cycle-state.ts';
import type { PluginFactory } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Rejection, unresolvable } from '../rejection.ts';
import { VolumeBinder } from './volume-binder.ts';
import { type ClaimsOfPod, type VolumePlan, VolumePlanner } from './volume-plan.ts';

export interface VolumeBindingArgs {
  readonly bindTimeoutSeconds: number;
}

interface VolumeState {
  readonly claims: ClaimsOfPod;
  /** What would have to be done on each node that was found to do. */
  readonly plans: Map<string, VolumePlan>;
}

const STATE: StateKey<VolumeState> = { name: 'VolumeBinding' };
const UNBOUND = unresolvable('pod has unbound immediate PersistentVolumeClaims');

/**
 * A Pod goes only where its volumes can be had: those that its claims are bound to, free ones for claims that wait for
 * their first consumer, or ones that can be made there.
 * https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode, after `plugins/volumebinding/`.
 */
export const volumeBinding: PluginFactory = (handle, args) => {
  const { objects } = handle;
  const planner = new VolumePlanner(objects);
  const binder = new VolumeBinder(handle, planner, (args as VolumeBindingArgs).bindTimeoutSeconds * 1000);
  return {
    name: 'VolumeBinding',

    preFilter(state, info) {
      if (info.claims.length === 0) return 'Skip';
      const found = claimsOf(info, objects);
      if ('reasons' in found) return found;
      state.write(STATE, { claims: found, plans: new Map() });
      return undefined;
    },

    filter(state, _info, { node, name }) {
      const { claims, plans } = state.read(STATE)!;
      const plan = planner.plan(claims, node!);
      if ('reasons' in plan) return plan;
      plans.set(name, plan);
      return undefined;
    },

    reserve(state, _info, nodeName) {
      const plan = state.read(STATE)?.plans.get(nodeName);
      if (plan !== undefined) planner.promise(plan, nodeName);
      return undefined;
    },

    unreserve(state, _info, nodeName) {
      const plan = state.read(STATE)?.plans.get(nodeName);
      if (plan !== undefined) planner.takeBack(plan);
    },

    preBind(state, info, nodeName, done) {
      const plan = state.read(STATE)?.plans.get(nodeName);
      if (plan === undefined) done();
      else binder.bind(info, plan, nodeName, done);
    },

    mayHelp,
  };
};

/** The claims by how far they are; a rejection when one of them is not there or should be bound by now. */
function claimsOf({ pod, claims }: PodInfo, objects: ClusterObjects): ClaimsOfPod | Rejection {
  const bound: PersistentVolumeClaim[] = [];
  const waiting: PersistentVolumeClaim[] = [];
  let hasUnbound = false;
  for (const name of claims) {
    const claim = objects.claims.get(name, pod.metadata.namespace);
    const problem = problemOf(claim, name, pod);
    if (problem !== undefined) return unresolvable(problem);
    if (isFullyBound(claim!)) bound.push(claim!);
    // A claim that names its volume is bound by the controller, whatever its class says.
    else if (isDelayed(claim!, objects)) waiting.push(claim!);
    else hasUnbound = true;
  }
  return hasUnbound ? UNBOUND : { bound, waiting };
}

function isDelayed(claim: PersistentVolumeClaim, objects: ClusterObjects): boolean {
  return (claim.spec.volumeName ?? '') === '' && waitsForConsumer(objects.storageClasses.get(claimClass(claim)));
}

function problemOf(claim: PersistentVolumeClaim | undefined, name: string, pod: PodInfo['pod']): string | undefined {
  const isEphemeral = pod.spec.volumes?.some(({ ephemeral, name: volume }) => {
    return ephemeral !== undefined && `${pod.metadata.name}-${volume}` === name;
  });
  if (claim === undefined) {
    return isEphemeral === true
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (isEphemeral === true && owner?.uid !== pod.metadata.uid) {
    const { namespace, name: podName } = pod.metadata;
    return `PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`;
  }
  return undefined;
}

function mayHelp(event: ClusterEvent, info: PodInfo): boolean {
  if (event.kind === 'NodeAdd') return true;
  if (event.kind === 'NodeUpdate') return event.previous.metadata.labels !== event.node.metadata.labels;
  if (changesOwnClaim(event, info)) return true;
  return event.kind === 'StorageChange' && offersVolumes(event.previous, event.object);
}

/** Whether there may be volumes now that could not be had before. */
function offersVolumes(previous: KubeObject | undefined, object: KubeObject | undefined): boolean {
  switch (object?.kind) {
    case 'PersistentVolume':
      return true;
    case 'StorageClass': {
      const topologies = (each: KubeObject | undefined) => (each as StorageClass | undefined)?.allowedTopologies;
      return previous === undefined || !sameValue(topologies(previous), topologies(object));
    }
    case 'CSIStorageCapacity':
      return volumeLimit(object) > volumeLimit(previous);
    case 'CSIDriver': {
      // Where the driver stops to tell how much room there is, nobody asks any more.
      const tells = (each: KubeObject | undefined) => (each as CSIDriver | undefined)?.spec?.storageCapacity === true;
      return tells(previous) && !tells(object);
    }
    default:
      return false;
  }
}

/** How large a volume may be, in bytes; less than any where nobody says. */
function volumeLimit(object: KubeObject | undefined): number {
  const { maximumVolumeSize, capacity } = (object ?? {}) as Partial<CSIStorageCapacity>;
  return numericValue(maximumVolumeSize ?? capacity ?? -1);
}
