import type { PrinterColumn } from './descriptor.ts';
import { ageSince } from './duration.ts';
import type { KubeObject } from './object.ts';

/** Every table begins with it. */
export const nameColumn: PrinterColumn<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
  cell: (object) => object.metadata.name,
};

export const ageColumn: PrinterColumn<KubeObject> = {
  name: 'Age',
  type: 'string',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  priority: 0,
  cell: (object, nowMs) => ageSince(object.metadata.creationTimestamp, nowMs),
};

/** Roles and LimitRanges show when they were made, not how long ago. */
export const createdAtColumn: PrinterColumn<KubeObject> = {
  ...ageColumn,
  name: 'Created At',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp,
};

type Cell<T extends KubeObject> = PrinterColumn<T>['cell'];

/** A column that is always shown. */
export function column<T extends KubeObject>(name: string, description: string, cell: Cell<T>): PrinterColumn<T> {
  return { name, type: 'string', description, priority: 0, cell };
}

/** A column of numbers that is always shown. */
export function numberColumn<T extends KubeObject>(name: string, description: string, cell: Cell<T>): PrinterColumn<T> {
  return { name, type: 'integer', description, priority: 0, cell };
}

/** A column of yes and no that is always shown. */
export function booleanColumn<T extends KubeObject>(
  name: string,
  description: string,
  cell: Cell<T>,
): PrinterColumn<T> {
  return { name, type: 'boolean', description, priority: 0, cell };
}

/** A column that only `-o wide` shows. */
export function wideColumn<T extends KubeObject>(name: string, description: string, cell: Cell<T>): PrinterColumn<T> {
  return { name, type: 'string', description, priority: 1, cell };
}
