import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import { compareObjects } from './compare.ts';
import type { CreationFields } from './creation-fields.ts';
import { difference, isEmpty, NO_FIELDS, union } from './field-set.ts';
import {
  arranged,
  type Entries,
  entriesToStartFrom,
  type FieldWriter,
  fieldsIn,
  isSameManager,
  newEntry,
  without,
} from './managers.ts';

/** The root field that an endpoint does not let its writers touch. */
export function resetField({ subresources }: KindDescriptor, subresource: string): string {
  if (subresource === 'status') return 'spec';
  return subresources.includes('status') ? 'status' : '';
}

/** The managers of a new object: its creator owns everything it sent and what was defaulted. */
export function recordCreation(
  fields: CreationFields,
  kind: KindDescriptor,
  object: KubeObject,
  writer: FieldWriter,
): Entries {
  const owned = fields.of(kind, object, resetField(kind, ''));
  return isEmpty(owned) ? [] : [newEntry(writer, owned)];
}

/**
 * The managers after a write that is not an apply: whoever writes takes over what it changed, without asking. The same
 * list when nothing changed. Undefined for an object that is not tracked: only a creation from outside and an apply
 * begin to track one.
 * After k8s.io/apimachinery/pkg/util/managedfields/internal/structuredmerge.go and skipnonapplied.go.
 *
 * @param sent the `managedFields` that the client sent, whatever they are.
 */
export function recordUpdate(
  kind: KindDescriptor,
  stored: KubeObject,
  next: KubeObject,
  sent: unknown,
  writer: FieldWriter,
): Entries | undefined {
  const entries = entriesToStartFrom(stored.metadata.managedFields, sent);
  if (entries === undefined || entries.length === 0) return undefined;
  const { changed, removed } = compareObjects(kind, stored, next, resetField(kind, writer.subresource));
  if (isEmpty(changed) && isEmpty(removed)) return entries;
  const left: Entries = entries.flatMap((entry) => without(entry, union(changed, removed)) ?? []);
  if (isEmpty(changed)) return left;
  const before = entries.find((entry) => isSameManager(entry, writer));
  const owned = before === undefined ? NO_FIELDS : difference(fieldsIn(before), removed);
  const others = left.filter((entry) => !isSameManager(entry, writer));
  return arranged([...others, newEntry(writer, union(owned, changed))]);
}
