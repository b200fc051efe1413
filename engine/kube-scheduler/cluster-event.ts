import type { Node, Pod } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { PodGroup } from '../api/scheduling/workload-kinds.ts';
import type { PodInfo } from './pod-info.ts';

/** Something that happened in the cluster and may make an unschedulable Pod schedulable. */
export type ClusterEvent =
  | { readonly kind: 'NodeAdd'; readonly node: Node }
  /** Labels, taints, capacity or `unschedulable` changed; heartbeats are no events. */
  | { readonly kind: 'NodeUpdate'; readonly previous: Node; readonly node: Node }
  | { readonly kind: 'NodeDelete'; readonly node: Node }
  /** A Pod has got a node. */
  | { readonly kind: 'AssignedPodAdd'; readonly info: PodInfo }
  /** A Pod with a node was changed: its labels, or what it asks for. */
  | { readonly kind: 'AssignedPodUpdate'; readonly previous: PodInfo; readonly info: PodInfo }
  /** A Pod with a node is gone, or has come to its end. */
  | { readonly kind: 'AssignedPodDelete'; readonly info: PodInfo }
  /** A Pod of a group is new, with a node or without. */
  | { readonly kind: 'GroupMemberAdd'; readonly pod: Pod }
  | { readonly kind: 'PodGroupAdd'; readonly group: PodGroup }
  /** The unschedulable Pod itself was changed. */
  | { readonly kind: 'PodUpdate'; readonly previous: Pod }
  /** An object that volumes depend on was added, changed or deleted. */
  | {
      readonly kind: 'StorageChange';
      readonly previous: KubeObject | undefined;
      readonly object: KubeObject | undefined;
    }
  /** The same of what claims for devices depend on; with neither object, all of a kind is known now. */
  | {
      readonly kind: 'DeviceChange';
      readonly previous?: KubeObject | undefined;
      readonly object?: KubeObject | undefined;
    };

/** What is left of a StorageChange when it concerns objects of one kind that are there now. */
export function storageObject(event: ClusterEvent, ...kinds: readonly string[]): KubeObject | undefined {
  if (event.kind !== 'StorageChange' || event.object === undefined) return undefined;
  return kinds.includes(event.object.kind) ? event.object : undefined;
}

/** Whether one of the claims that the Pod's volumes use is new or has changed. */
export function changesOwnClaim(event: ClusterEvent, { pod, claims }: PodInfo): boolean {
  const claim = storageObject(event, 'PersistentVolumeClaim');
  return claim?.metadata.namespace === pod.metadata.namespace && claims.includes(claim?.metadata.name ?? '');
}
