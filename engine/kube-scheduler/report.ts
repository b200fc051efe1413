import type { Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { timestamp } from '../api/timestamp.ts';
import type { Client } from '../client/client.ts';
import type { EventSeriesRecorder } from '../client/event-series-recorder.ts';
import { ConnectionError } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';

const MAX_NOTE_LENGTH = 1024;

/** What an API call may end with besides success. */
export function isExpected(error: unknown): error is StatusError | ConnectionError {
  return error instanceof StatusError || error instanceof ConnectionError;
}

/** Tells why a Pod still waits: in an event, and in its status where that says something new. */
export class FailureReporter {
  readonly #sim: Simulation;
  readonly #client: Client;

  constructor(sim: Simulation, client: Client) {
    this.#sim = sim;
    this.#client = client;
  }

  /** @param nominatedNode undefined leaves the nomination as it is; the empty string takes it back. */
  report(recorder: EventSeriesRecorder, pod: Pod, reason: string, message: string, nominatedNode?: string): void {
    recorder.event(pod, 'Warning', 'FailedScheduling', 'Scheduling', truncated(message));
    const conditions = this.#conditionChange(pod, reason, message);
    const nomination = nominatedNode !== undefined && nominatedNode !== (pod.status?.nominatedNodeName ?? '');
    if (conditions === undefined && !nomination) return;
    const status = {
      ...(conditions === undefined ? {} : { conditions }),
      ...(nomination ? { nominatedNodeName: nominatedNode === '' ? null : nominatedNode } : {}),
    };
    const { name, namespace } = pod.metadata;
    try {
      const client = this.#client.resource(pods);
      client.patch(name, namespace, 'strategic-merge', { status }, { subresource: 'status' });
    } catch (error) {
      // The event has told it; the next attempt tells it again.
      if (!isExpected(error)) throw error;
    }
  }

  #conditionChange(pod: Pod, reason: string, message: string) {
    const current = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (current?.status === 'False' && current.reason === reason && current.message === message) return undefined;
    const transition = current?.status === 'False' ? current.lastTransitionTime : undefined;
    return [
      {
        type: 'PodScheduled',
        status: 'False',
        reason,
        message,
        observedGeneration: pod.metadata.generation,
        lastProbeTime: null,
        lastTransitionTime: transition ?? timestamp(this.#sim.wallMs),
      },
    ];
  }
}

function truncated(message: string): string {
  return message.length <= MAX_NOTE_LENGTH ? message : `${message.slice(0, MAX_NOTE_LENGTH - 4)} ...`;
}
