import type { Pod, Service } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';

/** Of Endpoints and EndpointSlices: since when the change that was written last has been there to be written. */
export const LAST_CHANGE = 'endpoints.kubernetes.io/last-change-trigger-time';

type Annotations = Readonly<Record<string, string>>;

/** Times as RFC 3339, which sort as text. */
interface Seen {
  readonly service: string;
  readonly pods: ReadonlyMap<string, string>;
}

/**
 * Finds out what has changed about a Service and its Pods since it was looked at last: the time from then to when a proxy
 * has it is how the speed of the network is measured. After `k8s.io/endpointslice/util/trigger_time_tracker.go`.
 */
export class TriggerTimes {
  readonly #seen = new Map<string, Seen>();

  /** The earliest change since the last call for this Service; of one never seen before, its creation. */
  earliest(service: Service, selected: readonly Pod[]): string | undefined {
    const key = objectKey(service);
    const before = this.#seen.get(key);
    const created = service.metadata.creationTimestamp;
    const pods = new Map<string, string>();
    this.#seen.set(key, { service: created, pods });
    let earliest = before !== undefined && created > before.service ? created : undefined;
    for (const pod of selected) {
      const changed = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
      if (!changed) continue;
      pods.set(pod.metadata.name, changed);
      if (changed <= (before?.pods.get(pod.metadata.name) ?? '')) continue;
      if (earliest === undefined || changed < earliest) earliest = changed;
    }
    return before === undefined ? created : earliest;
  }

  forget(serviceKey: string): void {
    this.#seen.delete(serviceKey);
  }
}

/** Annotations with the time, or without it where nobody knows what has changed. */
export function withLastChange({ [LAST_CHANGE]: _, ...others }: Annotations, time: string | undefined): Annotations {
  return time === undefined ? others : { ...others, [LAST_CHANGE]: time };
}
