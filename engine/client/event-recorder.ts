import type { Event, ObjectReference } from '../api/kinds.ts';
import type { KubeObject, Manifest } from '../api/object.ts';
import type { Simulation } from '../sim/index.ts';
import type { Client } from './client.ts';
import { EventCorrelator } from './event-correlator.ts';
import { EventSink, objectReference } from './event-sink.ts';

/** Who reports: `deployment-controller`, or `kubelet` on host `node-1`. */
export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

export type EventType = 'Normal' | 'Warning';

/**
 * Reports what happened to an object as core/v1 Events, as controllers and the kubelet do. Recurring events are counted,
 * similar ones combined, floods cut off (see `EventCorrelator`); writing happens in the background (see `EventSink`).
 * After client-go's `tools/record`.
 */
export class EventRecorder {
  readonly #source: EventSource;
  readonly #sink: EventSink;
  readonly #correlator: EventCorrelator;

  constructor(sim: Simulation, client: Client, source: EventSource) {
    this.#source = source;
    const { component, host } = source;
    this.#sink = new EventSink(sim, client, host === undefined ? component : `${component} on ${host}`);
    this.#correlator = new EventCorrelator(sim, (objectName) => this.#sink.eventName(objectName));
  }

  /** @param fieldPath the part of the object that is meant, e.g. `spec.containers{web}`. */
  event(object: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.eventAbout(objectReference(object, fieldPath), type, reason, message);
  }

  /** The same for an object known only by reference. Events about cluster-scoped objects live in `default`. */
  eventAbout(involvedObject: ObjectReference, type: EventType, reason: string, message: string): void {
    const { component, host } = this.#source;
    const event: Manifest<Event> = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: involvedObject.namespace ?? 'default' },
      involvedObject,
      reason,
      message,
      type,
      source: host === undefined ? { component } : { component, host },
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    const write = this.#correlator.correlate(event);
    if (write !== undefined) this.#sink.write(write);
  }

  stop(): void {
    this.#sink.stop();
  }
}
