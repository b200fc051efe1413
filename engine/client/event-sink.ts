import type { Event, ObjectReference } from '../api/kinds.ts';
import type { KubeObject, Manifest } from '../api/object.ts';
import { events } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Activity, Random, Simulation, Timer } from '../sim/index.ts';
import type { Client, ResourceClient } from './client.ts';
import { ConnectionError } from './transport.ts';

/** An event on its way: created when it is new, patched when the server should know it already. */
export interface EventWrite {
  readonly event: Manifest<Event>;
  /** What changed since the event was first written. */
  readonly patch?: Readonly<Record<string, unknown>>;
}

interface Pending extends EventWrite {
  readonly activity: Activity | undefined;
  tries: number;
}

const MAX_TRIES = 12;
const RETRY_MS = 10_000;
const MAX_PENDING = 1_000;

/**
 * Writes events in the background, in order: whoever reports an event never waits for it and never fails by it. While
 * the server cannot be reached it tries twelve times, ten seconds apart; what the server refuses is dropped.
 * After client-go's `tools/record/event.go` (`recordToSink`, `recordEvent`).
 */
export class EventSink {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<Event>;
  readonly #label: string;
  readonly #random: Random;
  readonly #pending: Pending[] = [];
  #timer: Timer | undefined;
  #lastNanos = 0n;

  constructor(sim: Simulation, client: Client, component: string) {
    this.#sim = sim;
    this.#client = client.resource(events);
    this.#label = `events of ${component}`;
    this.#random = sim.random(this.#label);
  }

  /**
   * `<object's name>.<nanoseconds since 1970 in hexadecimal>`. Virtual time has no nanoseconds, so they are drawn; two
   * events of one sink never share a name.
   */
  eventName(objectName: string): string {
    let nanos = BigInt(Math.floor(this.#sim.wallMs)) * 1_000_000n + BigInt(this.#random.below(1_000_000));
    if (nanos <= this.#lastNanos) nanos = this.#lastNanos + 1n;
    this.#lastNanos = nanos;
    return `${objectName}.${nanos.toString(16)}`;
  }

  write(write: EventWrite): void {
    if (this.#pending.length >= MAX_PENDING) return;
    this.#pending.push({ ...write, activity: this.#sim.trace.activity, tries: 0 });
    this.#arrange(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#pending.length = 0;
  }

  #arrange(delayMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#sim.schedule(delayMs, this.#label, () => {
      this.#timer = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      if (!this.#attempt(next)) {
        next.tries += 1;
        if (next.tries < MAX_TRIES) {
          this.#arrange(this.#random.jitter(RETRY_MS, 0.25));
          return;
        }
      }
      this.#pending.shift();
    }
  }

  /** Returns false when it is worth trying again. */
  #attempt({ event, patch, activity }: Pending): boolean {
    try {
      if (activity === undefined) this.#send(event, patch);
      else this.#sim.trace.during(activity, () => this.#send(event, patch));
      return true;
    } catch (error) {
      if (error instanceof ConnectionError) return false;
      if (error instanceof StatusError) return true;
      throw error;
    }
  }

  #send(event: Manifest<Event>, patch: EventWrite['patch']): void {
    if (patch !== undefined) {
      try {
        this.#client.patch(event.metadata.name!, event.metadata.namespace, 'strategic-merge', patch);
        return;
      } catch (error) {
        // Events live for an hour; one that recurs after that is a new one.
        if (!(error instanceof StatusError) || error.code !== 404) throw error;
      }
    }
    this.#client.create(event);
  }
}

/** What an event says it is about. `fieldPath` names a part, e.g. `spec.containers{web}`. */
export function objectReference(object: KubeObject, fieldPath?: string): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const { kind, apiVersion } = object;
  return { kind, namespace, name, uid, apiVersion, resourceVersion, ...(fieldPath === undefined ? {} : { fieldPath }) };
}
