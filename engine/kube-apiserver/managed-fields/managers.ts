import type { KubeObject, ManagedFieldsEntry } from '../../api/object.ts';
import { difference, type FieldSet, isEmpty, isFieldSet, NO_FIELDS, union } from './field-set.ts';

/** Who writes, through which endpoint and when: what an entry of `metadata.managedFields` says besides the fields. */
export interface FieldWriter {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339 */
  readonly time: string;
}

export type Entries = readonly ManagedFieldsEntry[];

/** Beyond these, the oldest updaters of an object become one. After capmanagers.go in apimachinery's managedfields. */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';
const MAX_MANAGER_LENGTH = 128;
const NAMELESS = 'unknown';
/** Whoever wrote an object that nobody tracked, until the first apply. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

export function fieldsIn(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 as FieldSet | undefined) ?? NO_FIELDS;
}

/** The manager's name when the client names none: its program, e.g. `kubectl` of `kubectl/v1.36.2 (linux/amd64)`. */
export function managerName(fieldManager: string, userAgent: string | undefined): string {
  if (fieldManager !== '') return fieldManager;
  if (userAgent === undefined) return NAMELESS;
  const program = userAgent.split('/')[0]!.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
  return program.slice(0, MAX_MANAGER_LENGTH) || NAMELESS;
}

/** Whether two entries are of one manager: the same name may apply and update, in several versions and subresources. */
export function isSameManager(entry: ManagedFieldsEntry, writer: Omit<FieldWriter, 'time'>): boolean {
  return (
    entry.manager === writer.manager &&
    entry.operation === writer.operation &&
    entry.apiVersion === writer.apiVersion &&
    (entry.subresource ?? '') === writer.subresource
  );
}

export function newEntry(writer: FieldWriter, fields: FieldSet): ManagedFieldsEntry {
  const { manager, operation, apiVersion, time, subresource } = writer;
  return {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource === '' ? {} : { subresource }),
  };
}

/** What everybody knows of an object that was not tracked so far: somebody wrote it. */
export function beforeFirstApply(live: KubeObject, fields: FieldSet): ManagedFieldsEntry {
  const { apiVersion, metadata } = live;
  const time = metadata.creationTimestamp;
  return newEntry({ manager: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion, subresource: '', time }, fields);
}

/** An entry with fewer fields; undefined when none are left. */
export function without(entry: ManagedFieldsEntry, fields: FieldSet): ManagedFieldsEntry | undefined {
  const left = difference(fieldsIn(entry), fields);
  if (left === fieldsIn(entry)) return entry;
  return isEmpty(left) ? undefined : { ...entry, fieldsV1: left };
}

/** The entries in the order of the wire, without more updaters than are kept apart. */
export function arranged(entries: Entries): Entries {
  const sorted = [...entries].sort(compareEntries);
  const updaters = sorted.filter(({ operation }) => operation === 'Update');
  if (updaters.length <= MAX_UPDATERS) return sorted;
  const oldest = updaters.slice(0, updaters.length - MAX_UPDATERS + 1);
  const { apiVersion, time } = oldest.at(-1)!;
  const fields = oldest.map(fieldsIn).reduce(union);
  const ancient: ManagedFieldsEntry = {
    manager: ANCIENT,
    operation: 'Update',
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
  return [...sorted.filter((entry) => !oldest.includes(entry)), ancient].sort(compareEntries);
}

function compareEntries(left: ManagedFieldsEntry, right: ManagedFieldsEntry): number {
  return (
    compareTexts(left.operation, right.operation) ||
    compareTexts(left.time, right.time) ||
    compareTexts(left.manager, right.manager) ||
    compareTexts(left.apiVersion, right.apiVersion) ||
    compareTexts(left.subresource, right.subresource)
  );
}

function compareTexts(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The entries from which a write starts: the stored ones, unless the client sent others that make sense. One empty entry
 * forgets all managers.
 */
export function entriesToStartFrom(stored: Entries | undefined, sent: unknown): Entries | undefined {
  if (sent === undefined || sent === null || sent === stored || !Array.isArray(sent) || sent.length === 0)
    return stored;
  if (sent.length === 1 && isBlank(sent[0])) return undefined;
  return sent.every(isEntry) ? (sent as Entries) : stored;
}

function isBlank(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && Object.keys(entry).length === 0;
}

function isEntry(entry: unknown): boolean {
  const { operation, fieldsType, fieldsV1, manager } = (entry ?? {}) as Partial<ManagedFieldsEntry>;
  const known = (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1';
  return known && (manager === undefined || typeof manager === 'string') && isFieldSet(fieldsV1 ?? NO_FIELDS);
}
