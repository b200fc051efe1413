import type { Pod } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { podGroupKey } from '../api/scheduling/pod-group-key.ts';
import type { PodGroup } from '../api/scheduling/workload-kinds.ts';
import type { Informer } from '../client/informer.ts';
import { isAssigned } from './pod-state.ts';

/** One Pod of a group that has not come to its end. */
interface Member {
  readonly key: string;
  /** Whether it has a node, or one is reserved for it. */
  placed: boolean;
}

/** The PodGroups of the cluster with the Pods that name them, be they there or not. After `backend/podgroupmanager`. */
export class PodGroups {
  readonly informer: Informer<PodGroup>;
  /** By the group's key and the Pod's UID. */
  readonly #members = new Map<string, Map<string, Member>>();

  constructor(informer: Informer<PodGroup>) {
    this.informer = informer;
  }

  groupOf(pod: Pod): PodGroup | undefined {
    const key = podGroupKey(pod);
    return key === undefined ? undefined : this.informer.lister.byKey(key);
  }

  /** How many Pods its group has. */
  size(pod: Pod): number {
    return this.#membersOf(pod)?.size ?? 0;
  }

  /** How many of its group have a node, or one is reserved for them. */
  placedCount(pod: Pod): number {
    let count = 0;
    for (const { placed } of this.#membersOf(pod)?.values() ?? []) if (placed) count += 1;
    return count;
  }

  /** The UIDs and keys of its group. */
  membersOf(pod: Pod): ReadonlyMap<string, Readonly<Member>> {
    return this.#membersOf(pod) ?? NOBODY;
  }

  /** A Pod that is there. True when it is new. */
  add(pod: Pod): boolean {
    const group = podGroupKey(pod);
    if (group === undefined) return false;
    let members = this.#members.get(group);
    if (members === undefined) {
      members = new Map();
      this.#members.set(group, members);
    }
    const { uid } = pod.metadata;
    const hasNode = isAssigned(pod);
    const known = members.get(uid);
    if (known === undefined) members.set(uid, { key: objectKey(pod), placed: hasNode });
    else if (hasNode) known.placed = true;
    return known === undefined;
  }

  /** A Pod that is gone, or has come to its end. */
  remove(pod: Pod): void {
    const group = podGroupKey(pod);
    if (group === undefined) return;
    const members = this.#members.get(group);
    members?.delete(pod.metadata.uid);
    if (members?.size === 0) this.#members.delete(group);
  }

  /** A node is reserved for the Pod, or is not any more. */
  setPlaced(pod: Pod, placed: boolean): void {
    const member = this.#membersOf(pod)?.get(pod.metadata.uid);
    if (member !== undefined) member.placed = placed;
  }

  #membersOf(pod: Pod): Map<string, Member> | undefined {
    const key = podGroupKey(pod);
    return key === undefined ? undefined : this.#members.get(key);
  }
}

const NOBODY: ReadonlyMap<string, Member> = new Map();
