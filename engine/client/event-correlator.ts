import type { Event } from '../api/kinds.ts';
import type { Manifest } from '../api/object.ts';
import type { Simulation } from '../sim/index.ts';
import type { EventWrite } from './event-sink.ts';
import { LruCache } from './lru-cache.ts';
import { TokenBucket } from './rate-limiter.ts';
import { timestamp } from './timestamp.ts';

const CACHE_ENTRIES = 4_096;
const AGGREGATE_AFTER_MESSAGES = 10;
const AGGREGATE_WITHIN_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_PER_SECOND = 1 / 300;

interface Aggregate {
  readonly messages: Set<string>;
  lastMs: number;
}

interface Observation {
  readonly event: Manifest<Event>;
  count: number;
}

/**
 * Keeps events from flooding the server, in three steps:
 * - **filter**: 25 events of one source about one object at once, then one every five minutes; more are dropped;
 * - **aggregate**: from the tenth different message for one reason and object within ten minutes, they become one event,
 *   `(combined from similar events): …`;
 * - **count**: an event seen before is not written again: its `count`, `lastTimestamp` and `message` are patched.
 * After client-go's `tools/record/events_cache.go`.
 */
export class EventCorrelator {
  readonly #sim: Simulation;
  readonly #eventName: (objectName: string) => string;
  readonly #buckets = new LruCache<string, TokenBucket>(CACHE_ENTRIES);
  readonly #aggregates = new LruCache<string, Aggregate>(CACHE_ENTRIES);
  readonly #observations = new LruCache<string, Observation>(CACHE_ENTRIES);

  constructor(sim: Simulation, eventName: (objectName: string) => string) {
    this.#sim = sim;
    this.#eventName = eventName;
  }

  /** What to write for an event (all of the same source); undefined when it is filtered out. */
  correlate(event: Manifest<Event>): EventWrite | undefined {
    const { kind, namespace, name, uid, apiVersion, fieldPath } = event.involvedObject;
    const objectKey = `${kind}|${namespace ?? ''}|${name}|${uid ?? ''}|${apiVersion ?? ''}`;
    if (this.#isSpam(objectKey)) return undefined;

    const reasonKey = `${objectKey}|${event.type}|${event.reason}`;
    if (this.#isOneOfMany(reasonKey, event.message ?? '')) {
      const combined = { ...event, message: `(combined from similar events): ${event.message}` };
      return this.#observe(reasonKey, combined);
    }
    return this.#observe(`${reasonKey}|${fieldPath ?? ''}|${event.message}`, event);
  }

  #isSpam(objectKey: string): boolean {
    let bucket = this.#buckets.get(objectKey);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#sim, SPAM_PER_SECOND, SPAM_BURST);
      this.#buckets.set(objectKey, bucket);
    }
    return !bucket.tryAccept();
  }

  #isOneOfMany(reasonKey: string, message: string): boolean {
    const { nowMs } = this.#sim;
    let aggregate = this.#aggregates.get(reasonKey);
    if (aggregate === undefined || nowMs - aggregate.lastMs > AGGREGATE_WITHIN_MS) {
      aggregate = { messages: new Set(), lastMs: nowMs };
      this.#aggregates.set(reasonKey, aggregate);
    }
    aggregate.lastMs = nowMs;
    aggregate.messages.add(message);
    if (aggregate.messages.size < AGGREGATE_AFTER_MESSAGES) return false;
    // Keep one below the limit, so that the next new message is combined too and the set does not grow.
    for (const one of aggregate.messages) {
      aggregate.messages.delete(one);
      break;
    }
    return true;
  }

  #observe(key: string, event: Manifest<Event>): EventWrite {
    const seen = this.#observations.get(key);
    const time = timestamp(this.#sim.wallMs);
    if (seen === undefined) {
      const name = this.#eventName(event.involvedObject.name ?? '');
      const first: Manifest<Event> = {
        ...event,
        metadata: { ...event.metadata, name },
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
      };
      this.#observations.set(key, { event: first, count: 1 });
      return { event: first };
    }
    seen.count += 1;
    const change = { count: seen.count, lastTimestamp: time, message: event.message };
    return { event: { ...seen.event, ...change }, patch: change };
  }
}
