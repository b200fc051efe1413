import type { KubeObject } from '../api/object.ts';

/**
 * What a controller has written and its cache does not show yet. Whoever goes on without it writes the same again, and
 * is refused. After `k8s.io/endpointslice` (EndpointSliceTracker).
 */
export class WrittenVersions {
  readonly #written = new Map<string, Map<string, number>>();

  /** @param key of the object on whose behalf it was written. */
  note(key: string, { metadata }: KubeObject): void {
    this.#noted(key).set(metadata.uid, Number(metadata.resourceVersion));
  }

  noteDeleted(key: string, { metadata }: KubeObject): void {
    this.#noted(key).set(metadata.uid, Number.POSITIVE_INFINITY);
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
      if (Number(metadata.resourceVersion) >= (written.get(metadata.uid) ?? 0)) written.delete(metadata.uid);
    }
    return written.size > 0;
  }

  #noted(key: string): Map<string, number> {
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const noted = new Map<string, number>();
    this.#written.set(key, noted);
    return noted;
  }
}
