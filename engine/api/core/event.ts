import { withDefaults } from '../copy-on-write.ts';
import type { KindDescriptor } from '../descriptor.ts';
import { ageSince } from '../duration.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, invalidFor, required } from '../field-errors.ts';
import type { Event } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkQualifiedName } from '../names.ts';
import { column, nameColumn, wideColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';

/** These are written out even when nobody set them. */
const EMPTY: Partial<Event> = {
  source: Object.freeze({}),
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};

function firstSeen(event: Event, nowMs: number): string {
  return ageSince(event.firstTimestamp ?? event.eventTime, nowMs);
}

function lastSeen(event: Event, nowMs: number): string {
  if (event.series !== undefined) return ageSince(event.series.lastObservedTime, nowMs);
  return event.lastTimestamp == null ? firstSeen(event, nowMs) : ageSince(event.lastTimestamp, nowMs);
}

function timesSeen(event: Event): number {
  if (event.series !== undefined) return event.series.count ?? 0;
  return event.count === undefined || event.count === 0 ? 1 : event.count;
}

function about({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  const name = involvedObject?.name ?? '';
  return name === '' ? kind : `${kind}/${name}`;
}

function reporter(event: Event): string {
  const component = event.source?.component || event.reportingComponent || '';
  const host = event.source?.host || event.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

const MAX_WORD = 128;
const MAX_NOTE = 1024;

/** What newer Events, told by their eventTime, must say. After kubernetes/kubernetes pkg/apis/core/validation/events.go. */
function validateNewer(errors: FieldError[], event: Event, controllerField: string): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  if (reportingComponent === '') errors.push(required(controllerField));
  invalidFor(errors, controllerField, reportingComponent, checkQualifiedName(reportingComponent));
  validateWord(errors, 'reportingInstance', reportingInstance);
  validateWord(errors, 'action', action);
  validateWord(errors, 'reason', reason);
  if (message.length > MAX_NOTE) errors.push(invalid('message', '', `can have at most ${MAX_NOTE} characters`));
}

function validateWord(errors: FieldError[], field: string, text: string): void {
  if (text === '') errors.push(required(field));
  if (text.length > MAX_WORD) errors.push(invalid(field, '', `can have at most ${MAX_WORD} characters`));
}

/** @param controllerField what this version calls the component that reports. */
export function validateEvent(errors: FieldError[], event: Event, controllerField: string): void {
  if (event.eventTime == null) {
    validateScope(errors, event);
    return;
  }
  const { involvedObject, metadata } = event;
  const about = involvedObject?.namespace ?? '';
  if (about === '' && !['default', 'kube-system'].includes(metadata.namespace ?? '')) {
    errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  }
  validateNewer(errors, event, controllerField);
}

/** An Event lives where its object does; those about cluster-scoped objects live in `default`. */
function validateScope(errors: FieldError[], { involvedObject, metadata }: Event): void {
  const about = involvedObject?.namespace ?? '';
  const allowed = about === '' ? ['', 'default', 'kube-system'] : [about];
  if (allowed.includes(metadata.namespace ?? '')) return;
  errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
}

export const event: KindDescriptor<Event> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.core.v1.Event',
  subresources: [],
  applyDefaults: (object) => withDefaults(object, EMPTY),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateEvent(errors, object, 'reportingComponent');
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    validateEvent(errors, next, 'reportingComponent');
    return errors;
  },
  selectableFields: ({ involvedObject = {}, source, ...event }) => ({
    'involvedObject.kind': involvedObject.kind ?? '',
    'involvedObject.namespace': involvedObject.namespace ?? '',
    'involvedObject.name': involvedObject.name ?? '',
    'involvedObject.uid': involvedObject.uid ?? '',
    'involvedObject.apiVersion': involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': involvedObject.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  columns: [
    column('Last Seen', 'The time at which the most recent occurrence of this event was recorded.', lastSeen),
    column('Type', 'Type of this event (Normal, Warning), new types could be added in the future', (e) => e.type ?? ''),
    column(
      'Reason',
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
      (e) => e.reason ?? '',
    ),
    column('Object', 'The object that this event is about.', about),
    wideColumn(
      'Subobject',
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
      (e) => e.involvedObject?.fieldPath ?? '',
    ),
    wideColumn(
      'Source',
      'The component reporting this event. Should be a short machine understandable string.',
      reporter,
    ),
    column('Message', 'A human-readable description of the status of this operation.', (e) => (e.message ?? '').trim()),
    wideColumn(
      'First Seen',
      'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
      firstSeen,
    ),
    wideColumn('Count', 'The number of times this event has occurred.', timesSeen),
    { ...nameColumn, priority: 1 },
  ],
};
