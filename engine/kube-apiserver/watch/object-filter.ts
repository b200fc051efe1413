import type { KindDescriptor } from '../../api/descriptor.ts';
import type { FieldSelector } from '../../api/field-selector.ts';
import type { LabelSelector } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent } from '../../api/request.ts';
import { type ObjectEvent, selectableFields } from './object-event.ts';

/** Which objects of a kind a list or a watch is about. */
export interface ObjectFilter {
  /** Empty for all. */
  readonly namespace: string;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
}

/** Whether a filter selects on anything but the namespace. */
export function isSelective(filter: ObjectFilter): boolean {
  return !filter.labels.isEmpty || !filter.fields.isEmpty;
}

export function selects(filter: ObjectFilter, kind: KindDescriptor, object: KubeObject): boolean {
  if (filter.namespace !== '' && object.metadata.namespace !== filter.namespace) return false;
  if (!filter.labels.isEmpty && !filter.labels.matches(object.metadata.labels)) return false;
  return filter.fields.isEmpty || filter.fields.matches(selectableFields(kind, object));
}

/**
 * What a change looks like through a filter: an object that comes to match is added, one that ceases to is deleted.
 * Undefined when it does not concern the filter.
 */
export function seenThrough(filter: ObjectFilter, event: ObjectEvent): WatchEvent | undefined {
  const { namespace, labels, fields } = filter;
  const { object, previous } = event;
  if (namespace !== '' && object.metadata.namespace !== namespace) return undefined;
  const matches =
    !event.deleted && labels.matches(object.metadata.labels) && (fields.isEmpty || fields.matches(event.fields));
  const matched =
    previous !== undefined &&
    labels.matches(previous.metadata.labels) &&
    (fields.isEmpty || fields.matches(event.previousFields));
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  return matched ? { type: 'DELETED', object: event.departed } : undefined;
}
