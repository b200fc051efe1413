import type { PodInfo } from './pod-info.ts';

/** The Pods nominated for each node that has any. A list never changes: another one takes its place. */
export type Nominations = ReadonlyMap<string, readonly PodInfo[]>;

const NOBODY: readonly PodInfo[] = [];

/**
 * Waiting Pods for which preemption is making room on a node: others of lower priority must not take that room meanwhile.
 * After `backend/queue/nominator.go`.
 */
export class Nominator {
  readonly #byNode = new Map<string, readonly PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#nodeOf.size === 0;
  }

  get nominations(): Nominations {
    return this.#byNode;
  }

  on(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? NOBODY;
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  set(info: PodInfo, nodeName: string): void {
    const { uid } = info.pod.metadata;
    this.delete(uid);
    this.#nodeOf.set(uid, nodeName);
    this.#byNode.set(nodeName, [...this.on(nodeName), info]);
  }

  delete(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const others = this.on(nodeName).filter(({ pod }) => pod.metadata.uid !== uid);
    if (others.length === 0) this.#byNode.delete(nodeName);
    else this.#byNode.set(nodeName, others);
  }
}
