import { event as coreEvent, validateEvent } from '../core/event.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { Event } from '../kinds.ts';
import { validateMetadata } from '../metadata-validation.ts';
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

const MIN_SERIES = 2;
const TYPES = ['Normal', 'Warning'];

/** Who creates an Event here leaves the older fields alone. After ValidateEventCreate. */
function validateCreate(object: Event): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { metadata, series, type, count = 0, source = {} } = object;
  validateMetadata(errors, metadata, true);
  validateEvent(errors, object, 'reportingController');
  if (series !== undefined) {
    if ((series.count ?? 0) < MIN_SERIES) {
      errors.push(invalid('series.count', '', `should be at least ${MIN_SERIES}`));
    }
    if (series.lastObservedTime === undefined) errors.push(required('series.lastObservedTime'));
  }
  if (object.eventTime == null) errors.push(required('eventTime'));
  if (!TYPES.includes(type ?? '')) errors.push(invalid('type', '', `has invalid value: ${type ?? ''}`));
  const set = {
    firstTimestamp: object.firstTimestamp != null,
    lastTimestamp: object.lastTimestamp != null,
    count: count !== 0,
    source: (source.component ?? '') !== '' || (source.host ?? '') !== '',
  };
  for (const [field, isSet] of Object.entries(set)) if (isSet) errors.push(invalid(field, '', 'needs to be unset'));
  return errors;
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
  validateCreate,
});
