import { sameValue } from '../../api/copy-on-write.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import { compareObjects } from './compare.ts';
import { difference, type FieldSet, intersection, isEmpty, NO_FIELDS, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { allowedByLastApplied } from './last-applied.ts';
import { applyConflict, type ManagerConflict } from './manager-conflict.ts';
import {
  arranged,
  beforeFirstApply,
  type Entries,
  type FieldWriter,
  fieldsIn,
  isSameManager,
  newEntry,
  without,
} from './managers.ts';
import { mergeConfiguration } from './merge-values.ts';
import { pruneRelinquished } from './prune.ts';
import { resetField } from './record-update.ts';
import type { TypedKind } from './typed-value.ts';

/** What an apply leads to, before defaults and admission. */
export interface Applied {
  readonly object: KubeObject;
  readonly managedFields: Entries;
}

/**
 * Lays a configuration over an object (or over nothing): fields of other managers are conflicts unless equal or forced,
 * fields that the applier no longer names go.
 * After Updater.Apply in sigs.k8s.io/structured-merge-diff merge/update.go.
 *
 * @throws StatusError Conflict
 */
export function applyConfiguration(
  kind: KindDescriptor,
  live: KubeObject | undefined,
  configuration: KubeObject,
  writer: FieldWriter,
  force: boolean,
): Applied {
  const reset = resetField(kind, writer.subresource);
  const entries = live === undefined ? [] : entriesOf(kind, live);
  const own = entries.find((entry) => isSameManager(entry, writer));
  const others = entries.filter((entry) => entry !== own);
  const fields = fieldsOf(kind, configuration, reset);
  const last = own === undefined ? NO_FIELDS : fieldsIn(own);
  const merged = mergeConfiguration(kind, live ?? {}, configuration);
  const owned = others.map(fieldsIn).reduce(union, fields);
  const object = (isEmpty(last) ? merged : pruneRelinquished(kind, merged, last, owned)) as KubeObject;
  const { changed, removed } = compareObjects(kind, live ?? {}, object, reset);
  const conflicts = findConflicts(others, changed);
  if (conflicts.length > 0 && !force) refuse(kind, live, writer, conflicts);
  const lost = union(changed, removed);
  const left = others.flatMap((entry) => without(entry, lost) ?? []);
  if (own !== undefined && isEmpty(lost) && sameValue(last, fields)) return { object, managedFields: entries };
  const mine = isEmpty(fields) ? [] : [newEntry(writer, fields)];
  return { object, managedFields: arranged([...left, ...mine]) };
}

function entriesOf(kind: TypedKind, live: KubeObject): Entries {
  const { managedFields = [] } = live.metadata;
  if (managedFields.length > 0) return managedFields;
  return [beforeFirstApply(live, compareObjects(kind, {}, live).changed)];
}

function findConflicts(others: Entries, changed: FieldSet): ManagerConflict[] {
  const conflicts: ManagerConflict[] = [];
  for (const entry of others) {
    const fields = intersection(fieldsIn(entry), changed);
    if (!isEmpty(fields)) conflicts.push({ entry, fields });
  }
  return conflicts;
}

/** What kubectl once applied itself, client-side, and nobody changed since may be taken over from it. */
function refuse(
  kind: TypedKind,
  live: KubeObject | undefined,
  writer: FieldWriter,
  conflicts: readonly ManagerConflict[],
): void {
  const allowed = writer.manager === 'kubectl' && live !== undefined ? allowedByLastApplied(kind, live) : NO_FIELDS;
  const left = conflicts.flatMap(({ entry, fields }) => {
    const rest = difference(fields, allowed);
    return isEmpty(rest) ? [] : [{ entry, fields: rest }];
  });
  if (left.length > 0) throw applyConflict(left);
}
