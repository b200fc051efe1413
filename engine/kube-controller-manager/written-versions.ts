import type { KubeObject } from '../api/object.ts';
import type { Simulation } from '../sim/index.ts';

/** So long news is awaited. After it something has gone by unseen: made and deleted while a watch was broken. */
export const NEWS_TIMEOUT_MS = 5 * 60_000;

interface Written {
  readonly version: number;
  readonly atMs: number;
}

/**
 * What a controller has written and its cache does not show yet. Whoever goes on without it writes the same again, and
 * is refused. After `k8s.io/endpointslice` (EndpointSliceTracker), and what the gates StaleControllerConsistencyReplicaSet,
 * …DaemonSet, …StatefulSet and …Job (on by default in 1.36) are about: https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
export class WrittenVersions {
  readonly #sim: Simulation;
  readonly #written = new Map<string, Map<string, Written>>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** @param key of the object on whose behalf it was written. */
  note(key: string, { metadata }: KubeObject): void {
    this.#set(key, metadata.uid, Number(metadata.resourceVersion));
  }

  noteDeleted(key: string, { metadata }: KubeObject): void {
    this.#set(key, metadata.uid, Number.POSITIVE_INFINITY);
  }

  /** The cache shows that it is gone. */
  forget(key: string, { metadata }: KubeObject): void {
    this.#written.get(key)?.delete(metadata.uid);
  }

  forgetAll(key: string): void {
    this.#written.delete(key);
  }

  /** Whether the cache lacks something of what was written; it will tell when that comes. */
  isAheadOf(key: string, cached: readonly KubeObject[]): boolean {
    const written = this.#written.get(key);
    if (written === undefined) return false;
    for (const { metadata } of cached) {
      if (Number(metadata.resourceVersion) >= (written.get(metadata.uid)?.version ?? 0)) written.delete(metadata.uid);
    }
    const { nowMs } = this.#sim;
    for (const [uid, { atMs }] of written) if (nowMs - atMs >= NEWS_TIMEOUT_MS) written.delete(uid);
    return written.size > 0;
  }

  #set(key: string, uid: string, version: number): void {
    const known = this.#written.get(key) ?? new Map<string, Written>();
    this.#written.set(key, known.set(uid, { version, atMs: this.#sim.nowMs }));
  }
}
