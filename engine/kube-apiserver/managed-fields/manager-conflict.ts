import { applyConflicts } from '../../api/errors.ts';
import type { ManagedFieldsEntry } from '../../api/object.ts';
import type { StatusError } from '../../api/status-error.ts';
import { type FieldSet, pathsOf } from './field-set.ts';
import { printPath } from './typed-value.ts';

/** Fields of one manager that an applier wants to have otherwise. */
export interface ManagerConflict {
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

/** After k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go. */
export function applyConflict(conflicts: readonly ManagerConflict[]): StatusError {
  const sorted = [...conflicts].sort((a, b) => (identifier(a.entry) < identifier(b.entry) ? -1 : 1));
  const listed = sorted.map(({ entry, fields }) => ({
    manager: printManager(entry),
    paths: pathsOf(fields).map(printPath),
  }));
  const causes = listed.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  );
  if (causes.length === 1) {
    const [{ message, field }] = causes as [(typeof causes)[0]];
    return applyConflicts(`Apply failed with 1 conflict: ${message}: ${field}`, causes);
  }
  const lines = listed.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return applyConflicts(`Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes);
}

/** Managers are listed in the order of the JSON by which the real server tells them apart. */
function identifier({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  return JSON.stringify({ manager, operation, apiVersion, subresource });
}

function printManager({ manager = '', operation, apiVersion = '', subresource = '' }: ManagedFieldsEntry): string {
  const name = JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
