import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import { objectKey } from '../../api/object.ts';
import { compareQuantities } from '../../api/quantity.ts';
import {
  claimClass,
  findVolume,
  isProvisioned,
  isReachableFrom,
  requestedStorage,
  SELECTED_NODE,
} from '../../client/volume-binding.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { Rejection } from '../rejection.ts';

/** The claims of a Pod: those that have volumes, and those that wait for the Pod to be scheduled. */
export interface ClaimsOfPod {
  readonly bound: readonly PersistentVolumeClaim[];
  readonly waiting: readonly PersistentVolumeClaim[];
}

/** What is to be done so that the Pod has its volumes on one node. */
export interface VolumePlan {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  /** Claims for which a volume has to be made. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

const CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NO_MATCH = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = 'node(s) did not have enough free storage';
const NO_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/**
 * Works out, node by node, where a Pod's volumes could come from, and remembers what has been promised to Pods whose
 * binding is still under way. After `plugins/volumebinding/binder.go`.
 */
export class VolumePlanner {
  readonly #objects: ClusterObjects;
  /** Volumes promised to claims, until the API server shows it. */
  readonly #promised = new Map<string, string>();
  /** Nodes promised to claims for which volumes are to be made. */
  readonly #selected = new Map<string, string>();

  constructor(objects: ClusterObjects) {
    this.#objects = objects;
  }

  plan({ bound, waiting }: ClaimsOfPod, node: Node): VolumePlan | Rejection {
    const reasons: string[] = [];
    for (const claim of bound) {
      const volume = this.#objects.volumes.get(claim.spec.volumeName!);
      const problem = volume === undefined ? NO_VOLUME : isReachableFrom(volume, node) ? undefined : CONFLICT;
      if (problem !== undefined && !reasons.includes(problem)) reasons.push(problem);
    }
    const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
    const provisions: PersistentVolumeClaim[] = [];
    const problem = this.#place(waiting, node, bindings, provisions);
    if (problem !== undefined) reasons.push(problem);
    return reasons.length > 0 ? { reasons, resolvable: false } : { bindings, provisions };
  }

  promise({ bindings, provisions }: VolumePlan, nodeName: string): void {
    for (const { claim, volume } of bindings) this.#promised.set(volume.metadata.name, objectKey(claim));
    for (const claim of provisions) this.#selected.set(objectKey(claim), nodeName);
  }

  takeBack({ bindings, provisions }: VolumePlan): void {
    for (const { volume } of bindings) this.#promised.delete(volume.metadata.name);
    for (const claim of provisions) this.#selected.delete(objectKey(claim));
  }

  /** The smallest claims first, so that large volumes are left for large claims. */
  #place(
    claims: readonly PersistentVolumeClaim[],
    node: Node,
    bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[],
    provisions: PersistentVolumeClaim[],
  ): string | undefined {
    const taken = new Set<string>();
    const bySize = claims.toSorted((a, b) => compareQuantities(requestedStorage(a), requestedStorage(b)));
    for (const claim of bySize) {
      const selected = this.#selected.get(objectKey(claim)) ?? claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined && selected !== node.metadata.name) return NO_MATCH;
      const volume = selected === undefined ? this.#freeVolume(claim, node, taken) : undefined;
      if (volume !== undefined) {
        taken.add(volume.metadata.name);
        bindings.push({ claim, volume });
        continue;
      }
      const problem = this.#cannotMake(claim, node);
      if (problem !== undefined) return problem;
      provisions.push(claim);
    }
    return undefined;
  }

  #freeVolume(claim: PersistentVolumeClaim, node: Node, taken: ReadonlySet<string>): PersistentVolume | undefined {
    const volumes = this.#objects.volumes.list().toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const promised = new Set(taken);
    for (const volume of volumes) {
      const { name } = volume.metadata;
      const owner = this.#promised.get(name);
      if (owner === undefined) continue;
      // What the API server shows needs no promise any more.
      if (volume.spec.claimRef !== undefined) this.#promised.delete(name);
      else if (owner !== objectKey(claim)) promised.add(name);
    }
    return findVolume(claim, volumes, { node, taken: promised });
  }

  /** Why no volume can be made for the claim on this node; undefined when one can. */
  #cannotMake(claim: PersistentVolumeClaim, node: Node): string | undefined {
    const storageClass = this.#objects.storageClasses.get(claimClass(claim));
    if (storageClass === undefined || !isProvisioned(storageClass)) return NO_MATCH;
    if (!isAllowedOn(storageClass, node)) return NO_MATCH;
    return this.#hasSpace(claim, storageClass, node) ? undefined : NO_SPACE;
  }

  /** Asks only where the driver publishes how much space there is. */
  #hasSpace(claim: PersistentVolumeClaim, { metadata, provisioner }: StorageClass, node: Node): boolean {
    if (this.#objects.csiDrivers.get(provisioner)?.spec?.storageCapacity !== true) return true;
    return this.#objects.csiStorageCapacities.list().some((capacity) => {
      if (capacity.storageClassName !== metadata.name) return false;
      const limit = capacity.maximumVolumeSize ?? capacity.capacity;
      if (limit === undefined || compareQuantities(limit as string, requestedStorage(claim)) < 0) return false;
      const topology = capacity.nodeTopology as LabelSelectorFields | undefined;
      return topology !== undefined && labelSelectorOf(topology).matches(node.metadata.labels);
    });
  }
}

function isAllowedOn({ allowedTopologies = [] }: StorageClass, { metadata }: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => values.includes(metadata.labels?.[key] ?? '')),
  );
}
