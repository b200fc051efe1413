import type { Happening } from './owned-objects.ts';

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

const TIMEOUT_MS = 5 * 60_000;

/**
 * What a controller has done but its cache does not show yet. Until it does, counting Pods in the cache would make too
 * many or delete too many. After `pkg/controller/controller_utils.go` (UIDTrackingControllerExpectations).
 */
export class Expectations {
  readonly #expected = new Map<string, Expected>();

  /** Whether the cache has caught up (or has had five minutes to do so). */
  areMet(key: string, nowMs: number): boolean {
    const expected = this.#expected.get(key);
    if (expected === undefined) return true;
    return (expected.creations <= 0 && expected.deletions.size === 0) || nowMs - expected.sinceMs > TIMEOUT_MS;
  }

  expect(key: string, creations: number, deletedUids: readonly string[], nowMs: number): void {
    this.#expected.set(key, { creations, deletions: new Set(deletedUids), sinceMs: nowMs });
  }

  expectCreations(key: string, count: number, nowMs: number): void {
    this.expect(key, count, [], nowMs);
  }

  expectDeletions(key: string, uids: readonly string[], nowMs: number): void {
    this.expect(key, 0, uids, nowMs);
  }

  /** A creation was seen, or did not take place. */
  creationSettled(key: string, count = 1): void {
    const expected = this.#expected.get(key);
    if (expected !== undefined) expected.creations -= count;
  }

  deletionSettled(key: string, uid: string): void {
    this.#expected.get(key)?.deletions.delete(uid);
  }

  /** Settles what the news of an owned object settles. */
  observe(key: string, uid: string, happening: Happening): void {
    if (happening === 'created') this.creationSettled(key);
    if (happening === 'deleted') this.deletionSettled(key, uid);
  }

  forget(key: string): void {
    this.#expected.delete(key);
  }
}
