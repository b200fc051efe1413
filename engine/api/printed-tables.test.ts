import { expect, test } from 'vitest';
import type { PrinterColumn } from './descriptor.ts';
import { KINDS } from './kind-list.ts';
import type { KubeObject } from './object.ts';
import { COLUMNS_SINCE_THEN, PRINTED_COLUMNS } from './testdata/printed-columns.ts';
import { PRINTED_ROWS } from './testdata/printed-rows.ts';

function describeColumn({ name, type, format }: PrinterColumn<KubeObject>): string {
  return name + (type === 'string' ? '' : `:${type}`) + (format === 'name' && name !== 'Name' ? ':name' : '');
}

const EXPECTED = { ...PRINTED_COLUMNS, ...COLUMNS_SINCE_THEN };

test.each(KINDS.map((kind) => [`${kind.kind}.${kind.version}.${kind.group}`, kind] as const))(
  'the columns of %s are those of the real printer',
  (_, { kind, columns }) => {
    const shown = columns.filter(({ priority }) => priority === 0).map(describeColumn);
    const wide = columns.filter(({ priority }) => priority > 0).map(describeColumn);
    expect(shown.join(', ') + (wide.length === 0 ? '' : ` | ${wide.join(', ')}`)).toBe(EXPECTED[kind]);
  },
);

test.each(PRINTED_ROWS)('the row of %s', (kindName, manifest, cells) => {
  const kind = KINDS.find((each) => each.kind === kindName && each.storage === undefined)!;
  const given: KubeObject = JSON.parse(manifest);
  const object = kind.applyDefaults?.(given) ?? given;
  expect(kind.columns.map(({ cell }) => cell(object, Date.parse('2026-01-02T00:00:00Z')))).toEqual(cells);
});
