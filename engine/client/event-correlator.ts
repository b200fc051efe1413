import type { Event } from '../api/kinds.ts';
import type { Manifest } from '../api/object.ts';
import { timestamp } from '../api/timestamp.ts';
import type { Simulation } from '../sim/index.ts';
import type { EventWrite } from './event-sink.ts';
import { LruCache } from './lru-cache.ts';
import { TokenBucket } from './rate-limiter.ts';

const CACHE_ENTRIES = 4_096;
const AGGREGATE_AFTER_MESSAGES = 10;
const AGGREGATE_WITHIN_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_PER_SECOND = 1 / 300;

interface Aggregate {
  /** Different ones, at most ten. */
  readonly messages: string[];
  lastMs: number;
}

interface Observation {
  readonly event: Manifest<Event>;
  count: number;
}

/** What is remembered of the events about one object. */
interface Reported {
  readonly bucket: TokenBucket;
  /** By type and reason. */
  readonly aggregates: Map<string, Aggregate>;
  /** By what makes two events alike. */
  readonly observations: Map<string, Observation>;
}

/**
 * Keeps events from flooding the server, in three steps:
 * - **filter**: 25 events of one source about one object at once, then one every five minutes; more are dropped;
 * - **aggregate**: from the tenth different message for one reason and object within ten minutes, they become one event,
 *   `(combined from similar events): …`;
 * - **count**: an event seen before is not written again: its `count`, `lastTimestamp` and `message` are patched.
 * After client-go's `tools/record/events_cache.go`, whose three caches are one here: what is known of an object is forgotten
 * together.
 */
export class EventCorrelator {
  readonly #sim: Simulation;
  readonly #eventName: (objectName: string) => string;
  #second = Number.NaN;
  #time = '';
  readonly #objects = new LruCache<string, Reported>(CACHE_ENTRIES);

  constructor(sim: Simulation, eventName: (objectName: string) => string) {
    this.#sim = sim;
    this.#eventName = eventName;
  }

  /** What to write for an event (all of the same source); undefined when it is filtered out. */
  correlate(event: Manifest<Event>): EventWrite | undefined {
    const { kind, namespace, name, uid, apiVersion, fieldPath } = event.involvedObject;
    const objectKey = `${kind}|${namespace ?? ''}|${name}|${uid ?? ''}|${apiVersion ?? ''}`;
    const reported = this.#reported(objectKey);
    if (!reported.bucket.tryAccept()) return undefined;

    const reasonKey = `${event.type}|${event.reason}`;
    if (this.#isOneOfMany(reported, reasonKey, event.message ?? '')) {
      const combined = { ...event, message: `(combined from similar events): ${event.message}` };
      return this.#observe(reported, reasonKey, combined);
    }
    return this.#observe(reported, `${reasonKey}|${fieldPath ?? ''}|${event.message}`, event);
  }

  #reported(objectKey: string): Reported {
    let reported = this.#objects.get(objectKey);
    if (reported === undefined) {
      const bucket = new TokenBucket(this.#sim, SPAM_PER_SECOND, SPAM_BURST);
      reported = { bucket, aggregates: new Map(), observations: new Map() };
      this.#objects.set(objectKey, reported);
    }
    return reported;
  }

  #isOneOfMany({ aggregates }: Reported, reasonKey: string, message: string): boolean {
    const { nowMs } = this.#sim;
    const aggregate = aggregates.get(reasonKey);
    if (aggregate === undefined || nowMs - aggregate.lastMs > AGGREGATE_WITHIN_MS) {
      aggregates.set(reasonKey, { messages: [message], lastMs: nowMs });
      return false;
    }
    aggregate.lastMs = nowMs;
    if (!aggregate.messages.includes(message)) aggregate.messages.push(message);
    if (aggregate.messages.length < AGGREGATE_AFTER_MESSAGES) return false;
    // Keep one below the limit, so that the next new message is combined too and the list does not grow.
    aggregate.messages.shift();
    return true;
  }

  #observe({ observations }: Reported, key: string, event: Manifest<Event>): EventWrite {
    const seen = observations.get(key);
    const time = this.#timestamp();
    if (seen === undefined) {
      const name = this.#eventName(event.involvedObject.name ?? '');
      const first: Manifest<Event> = {
        ...event,
        metadata: { ...event.metadata, name },
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
      };
      observations.set(key, { event: first, count: 1 });
      return { event: first };
    }
    seen.count += 1;
    const change = { count: seen.count, lastTimestamp: time, message: event.message };
    return { event: { ...seen.event, ...change }, patch: change };
  }

  /** One text for all events of a second. */
  #timestamp(): string {
    const second = Math.floor(this.#sim.wallMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = timestamp(second * 1_000);
    }
    return this.#time;
  }
}
