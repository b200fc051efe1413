import { ageSince } from '../../api/duration.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Table } from './table-printer.ts';

/** Whatever a server sends where a Table was asked for. */
export type AnsweredObject = Table | (Omit<KubeObject, 'metadata'> & AnyObject) | StatusObject;

interface AnyObject {
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: string };
  readonly items?: readonly AnyObject[];
}

interface StatusObject {
  readonly kind: 'Status';
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The Table of an answer; a server that knows none sends the object, of which little can be shown.
 * @param nowMs what ages are counted to
 */
export function asTable(object: AnsweredObject, nowMs: number): Table {
  if (object.kind === 'Table') return object as Table;
  if (object.kind === 'Status') {
    const { status, reason, message } = object as StatusObject;
    return table(['Status', 'Reason', 'Message'], [{ cells: [status, reason, message] }]);
  }
  const { items = [object as AnyObject] } = object as AnyObject;
  const rows = items.map((item) => {
    const { name = '', creationTimestamp } = item.metadata ?? {};
    return { cells: [name, ageSince(creationTimestamp, nowMs)], object: item as unknown as KubeObject };
  });
  return table(['Name', 'Age'], rows);
}

function table(names: readonly string[], rows: Table['rows']): Table {
  return { kind: 'Table', columnDefinitions: names.map((name) => ({ name, type: 'string' })), rows };
}
