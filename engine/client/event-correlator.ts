import type { Event, ObjectReference } from '../api/kinds.ts';
import type { Manifest } from '../api/object.ts';
import { Timestamps } from '../api/timestamp.ts';
import type { Simulation } from '../sim/index.ts';
import type { EventWrite } from './event-sink.ts';
import { LruCache } from './lru-cache.ts';
import { TokenBucket } from './rate-limiter.ts';

const CACHE_ENTRIES = 4_096;
const AGGREGATE_AFTER_MESSAGES = 10;
const AGGREGATE_WITHIN_MS = 600_000;
const SPAM_BURST = 25;
const SPAM_PER_SECOND = 1 / 300;

interface Observation {
  readonly event: Manifest<Event>;
  count: number;
}

/** What is remembered of the events of one type and reason. */
interface Reason {
  readonly type: string | undefined;
  readonly reason: string | undefined;
  /** Different ones, at most ten. */
  messages: string[];
  lastMs: number;
  /** One for each message and part of the object: no more than that, as further messages are combined. */
  readonly observations: Observation[];
  combined: Observation | undefined;
}

/** What is remembered of the events about one object. */
interface Reported {
  readonly bucket: TokenBucket;
  readonly reasons: Reason[];
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
  readonly #timestamps = new Timestamps();
  readonly #objects = new LruCache<string, Reported>(CACHE_ENTRIES);

  constructor(sim: Simulation, eventName: (objectName: string) => string) {
    this.#sim = sim;
    this.#eventName = eventName;
  }

  /** What to write for an event (all of the same source); undefined when it is filtered out. */
  correlate(event: Manifest<Event>): EventWrite | undefined {
    const reported = this.#reported(objectKey(event.involvedObject));
    if (!reported.bucket.tryAccept()) return undefined;
    const reason = this.#reason(reported, event);
    if (this.#isOneOfMany(reason, event.message ?? '')) {
      return this.#combine(reason, { ...event, message: `(combined from similar events): ${event.message}` });
    }
    const seen = reason.observations.find(({ event: earlier }) => saysTheSame(earlier, event));
    if (seen !== undefined) return this.#again(seen, event);
    const first = this.#first(event);
    reason.observations.push(first);
    return { event: first.event };
  }

  #reported(key: string): Reported {
    let reported = this.#objects.get(key);
    if (reported === undefined) {
      reported = { bucket: new TokenBucket(this.#sim, SPAM_PER_SECOND, SPAM_BURST), reasons: [] };
      this.#objects.set(key, reported);
    }
    return reported;
  }

  #reason({ reasons }: Reported, { type, reason }: Manifest<Event>): Reason {
    const known = reasons.find((each) => each.reason === reason && each.type === type);
    if (known !== undefined) return known;
    const fresh = { type, reason, messages: [], lastMs: this.#sim.nowMs, observations: [], combined: undefined };
    reasons.push(fresh);
    return fresh;
  }

  #isOneOfMany(reason: Reason, message: string): boolean {
    const { nowMs } = this.#sim;
    const isStale = nowMs - reason.lastMs > AGGREGATE_WITHIN_MS;
    reason.lastMs = nowMs;
    if (isStale) reason.messages = [];
    if (!reason.messages.includes(message)) reason.messages.push(message);
    if (isStale || reason.messages.length < AGGREGATE_AFTER_MESSAGES) return false;
    // Keep one below the limit, so that the next new message is combined too and the list does not grow.
    reason.messages.shift();
    return true;
  }

  #combine(reason: Reason, event: Manifest<Event>): EventWrite {
    if (reason.combined !== undefined) return this.#again(reason.combined, event);
    reason.combined = this.#first(event);
    return { event: reason.combined.event };
  }

  #first(event: Manifest<Event>): Observation {
    const time = this.#timestamps.at(this.#sim.wallMs);
    const metadata = { ...event.metadata, name: this.#eventName(event.involvedObject.name ?? '') };
    return { event: { ...event, metadata, count: 1, firstTimestamp: time, lastTimestamp: time }, count: 1 };
  }

  #again(seen: Observation, { message }: Manifest<Event>): EventWrite {
    seen.count += 1;
    const change = { count: seen.count, lastTimestamp: this.#timestamps.at(this.#sim.wallMs), message };
    return { event: { ...seen.event, ...change }, patch: change };
  }
}

/** A uid says it all. */
function objectKey({ kind, namespace, name, uid, apiVersion }: ObjectReference): string {
  return uid || `${kind}|${namespace ?? ''}|${name}|${apiVersion ?? ''}`;
}

function saysTheSame(one: Manifest<Event>, other: Manifest<Event>): boolean {
  return (
    one.message === other.message && (one.involvedObject.fieldPath ?? '') === (other.involvedObject.fieldPath ?? '')
  );
}
