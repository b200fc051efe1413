import type { Event } from '../api/kinds.ts';
import type { KubeObject, Manifest } from '../api/object.ts';
import { microTimestamp } from '../api/timestamp.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { Client } from './client.ts';
import type { EventType } from './event-recorder.ts';
import { EventSink, objectReference } from './event-sink.ts';

const FINISH_MS = 6 * 60_000;
const REFRESH_MS = 30 * 60_000;

interface Series {
  readonly event: Manifest<Event>;
  count: number;
  lastObservedMs: number;
}

/**
 * Reports events in the manner of events.k8s.io/v1, as the scheduler does: with `action` and `eventTime`, without count
 * or source. The second like event turns the first into a `series`; later ones are counted here and written when the
 * series has rested for six minutes, or every half hour, which is why `kubectl describe` may lag behind.
 * (The real scheduler writes through events.k8s.io; the same object read through core/v1 looks as this one is written.)
 * After client-go's `tools/events/event_broadcaster.go`.
 */
export class EventSeriesRecorder {
  readonly #sim: Simulation;
  readonly #controller: string;
  readonly #instance: string;
  readonly #sink: EventSink;
  readonly #series = new Map<string, Series>();
  #finish: Timer | undefined;
  #refresh: Timer | undefined;

  /** @param host the machine's name: `reportingInstance` is `<controller>-<host>`. */
  constructor(sim: Simulation, client: Client, controller: string, host: string) {
    this.#sim = sim;
    this.#controller = controller;
    this.#instance = `${controller}-${host}`;
    this.#sink = new EventSink(sim, client, controller);
  }

  event(object: KubeObject, type: EventType, reason: string, action: string, message: string): void {
    const { metadata, kind } = object;
    // The object's resourceVersion is part of the key, as upstream: after its status changed, a like event is a new one.
    const key = `${type}|${action}|${reason}|${kind}|${metadata.uid}|${metadata.resourceVersion}`;
    const nowMs = this.#sim.wallMs;
    const series = this.#series.get(key);
    if (series === undefined) {
      const event: Manifest<Event> = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: this.#sink.eventName(metadata.name), namespace: metadata.namespace ?? 'default' },
        involvedObject: objectReference(object),
        reason,
        message,
        type,
        action,
        eventTime: microTimestamp(nowMs),
        firstTimestamp: null,
        lastTimestamp: null,
        source: {},
        reportingComponent: this.#controller,
        reportingInstance: this.#instance,
      };
      this.#series.set(key, { event, count: 1, lastObservedMs: nowMs });
      this.#sink.write({ event });
      this.#arrange();
      return;
    }
    series.count += 1;
    series.lastObservedMs = nowMs;
    if (series.count === 2) this.#write(series);
  }

  stop(): void {
    this.#finish?.cancel();
    this.#refresh?.cancel();
    this.#sink.stop();
  }

  /** Timers run only while something is remembered, so that an idle scheduler lets the simulation rest. */
  #arrange(): void {
    this.#finish ??= this.#sim.schedule(FINISH_MS, 'event series', () => {
      this.#finish = undefined;
      this.#finishSeries();
      if (this.#series.size > 0) this.#arrange();
    });
    this.#refresh ??= this.#sim.schedule(REFRESH_MS, 'event series', () => {
      this.#refresh = undefined;
      for (const series of this.#series.values()) if (series.count > 1) this.#write(series);
      if (this.#series.size > 0) this.#arrange();
    });
  }

  #finishSeries(): void {
    const beforeMs = this.#sim.wallMs - FINISH_MS;
    for (const [key, series] of this.#series) {
      if (series.lastObservedMs > beforeMs) continue;
      if (series.count > 1) this.#write(series);
      this.#series.delete(key);
    }
  }

  #write({ event, count, lastObservedMs }: Series): void {
    const change = { series: { count, lastObservedTime: microTimestamp(lastObservedMs) } };
    this.#sink.write({ event: { ...event, ...change }, patch: change });
  }
}
