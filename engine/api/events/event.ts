import { event as coreEvent } from '../core/event.ts';
import type { Event } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { servedForm } from '../stored-kind.ts';

/** The field of `events.k8s.io/v1` on the left, that of the core group on the right. */
const RENAMED: readonly (readonly [string, keyof Event])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const TO_CORE: ReadonlyMap<string, string> = new Map(RENAMED);
const FROM_CORE: ReadonlyMap<string, string> = new Map(RENAMED.map(([own, core]) => [core, own]));

function renamed(object: KubeObject, apiVersion: string, names: ReadonlyMap<string, string>): KubeObject {
  const fields = Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value] as const);
  return { ...(Object.fromEntries(fields) as unknown as KubeObject), apiVersion };
}

function toStorage(object: KubeObject): Event {
  return coreEvent.applyDefaults!(renamed(object, 'v1', TO_CORE) as Event);
}

/** `regarding.name` for `involvedObject.name`, and so on. */
function selectableFields(object: Event): Readonly<Record<string, string>> {
  const fields = Object.entries(coreEvent.selectableFields!(object)).map(([name, value]) => {
    const dot = name.indexOf('.');
    const first = dot < 0 ? name : name.slice(0, dot);
    return [(FROM_CORE.get(first) ?? first) + (dot < 0 ? '' : name.slice(dot)), value] as const;
  });
  return Object.fromEntries(fields);
}

/** Events in their newer form: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export const eventsEvent = servedForm<Event>(coreEvent, {
  group: 'events.k8s.io',
  version: 'v1',
  schema: 'io.k8s.api.events.v1.Event',
  applyDefaults: (object) => object,
  toStorage,
  fromStorage: (object) => renamed(object, 'events.k8s.io/v1', FROM_CORE),
  selectableFields,
});
