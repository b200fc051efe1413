import type { CustomResourceColumn } from '../api/apiextensions/custom-resource-definition.ts';
import type { PrinterColumn } from '../api/descriptor.ts';
import { ageSince } from '../api/duration.ts';
import type { KubeObject } from '../api/object.ts';
import { ageColumn, nameColumn } from '../api/printer-columns.ts';
import { findByPath, parseSimplePath } from './json-path.ts';

type Cell = ReturnType<PrinterColumn<KubeObject>['cell']>;

/** What a definition without columns of its own shows. */
const DEFAULT_COLUMN: PrinterColumn<KubeObject> = {
  ...ageColumn,
  type: 'date',
  description: ageColumn.description,
};

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns */
export function printerColumns(columns: readonly CustomResourceColumn[] | undefined): PrinterColumn<KubeObject>[] {
  if (columns === undefined || columns.length === 0) return [nameColumn, DEFAULT_COLUMN];
  return [nameColumn, ...columns.map(printerColumn)];
}

function printerColumn(column: CustomResourceColumn): PrinterColumn<KubeObject> {
  const { name, type, format = '', priority = 0, jsonPath } = column;
  const steps = parseSimplePath(jsonPath);
  const description = column.description ?? '';
  return {
    name,
    type: type as PrinterColumn<KubeObject>['type'],
    format,
    description:
      description === '' ? `Custom resource definition column (in JSONPath format): ${jsonPath}` : description,
    priority,
    cell: (object, nowMs) => {
      const found = findByPath(object, steps);
      return found.length === 0 ? null : cellOf(type, found[0], nowMs);
    },
  };
}

function cellOf(type: string, value: unknown, nowMs: number): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : ageSince(value, nowMs);
    default:
      return printed(value);
  }
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
