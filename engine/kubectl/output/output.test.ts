import { expect, test } from 'vitest';
import { parseCustomColumns, printCustomColumns } from './custom-columns.ts';
import { writeJson } from './json-writer.ts';
import { JsonPath, relaxedJsonPath } from './jsonpath.ts';
import { GrowingTable, printTable, tableLines } from './table-printer.ts';
import { alignTabs, DESCRIPTION_LAYOUT } from './tabwriter.ts';

const POD = {
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web', 'a.b/c': 'd' } },
  spec: {
    containers: [
      { name: 'nginx', image: 'nginx:1' },
      { name: 'side', image: 'busybox' },
    ],
    priority: 0,
  },
};

const PATHS: readonly (readonly [string, string])[] = [
  ['{.metadata.name}', 'web'],
  ['name: {.metadata.name}!', 'name: web!'],
  ['{.spec.containers[*].name}', 'nginx side'],
  ['{.spec.containers[-1].name}', 'side'],
  ['{.spec.containers[0:1].name}', 'nginx'],
  ['{.spec.containers[-1:].name}', 'side'],
  ['{.spec.containers[?(@.name=="side")].image}', 'busybox'],
  ['{.spec.containers[?(@.name!="side")].image}', 'nginx:1'],
  ['{range .spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}', 'nginx\tnginx:1\nside\tbusybox\n'],
  ['{.metadata.labels.a\\.b/c}', 'd'],
  ["{.metadata.labels['a\\.b/c']}", 'd'],
  ['{range .none[*]}x{end}y', 'y'],
  ['{1}{true}{1.5}', '1true1.5'],
  ['{.metadata.labels}', '{"a.b/c":"d","app":"web"}'],
  ['{..image}', 'nginx:1 busybox'],
  ["{['kind','metadata'].name}", 'web'],
  ['{.spec.priority}', '0'],
  ['{.foo.bar}', ''],
  ['{.kind} {.metadata.name}', 'Pod web'],
];

for (const [template, text] of PATHS) {
  test(`jsonpath ${template}`, () => {
    expect(new JsonPath(template).print(POD, { allowMissing: true })).toBe(text);
  });
}

const BROKEN: readonly (readonly [string, string])[] = [
  ['{.items[', 'error parsing jsonpath {.items[, unterminated array'],
  ['{.items', 'error parsing jsonpath {.items, unclosed action'],
  ['{.a | x}', "error parsing jsonpath {.a | x}, unrecognized character in action: U+007C '|'"],
  ['{.a["b"]}', 'error parsing jsonpath {.a["b"]}, invalid array index "b"'],
  ['{.a[?(@.b=="c"]}', 'error parsing jsonpath {.a[?(@.b=="c"]}, unterminated filter'],
  ['{.a[x]}', 'error parsing jsonpath {.a[x]}, invalid array index x'],
];

for (const [template, message] of BROKEN) {
  test(`broken jsonpath ${template}`, () => {
    expect(() => new JsonPath(template)).toThrow(message);
  });
}

test('an index out of bounds is an error with everything about it', () => {
  const path = new JsonPath('{.spec.containers[5].name}');
  expect(() => path.print(POD, { allowMissing: true })).toThrow(
    'array index out of bounds: index 5, length 2. Printing more',
  );
});

test.each([
  ['{end}', 'not in range, nothing to end'],
  ['{.spec.containers[?(@.name>5)]}', 'incompatible types for comparison'],
  ['{.spec.containers[1:0]}', 'starting index 1 is greater than ending index 0'],
  ['{.spec.containers[::0]}', 'step must be > 0'],
  ['{kind}', 'unrecognized identifier kind'],
])('%s cannot be followed', (template, message) => {
  expect(() => new JsonPath(template).print(POD, { allowMissing: true })).toThrow(message);
});

test('relaxed paths', () => {
  for (const text of ['metadata.name', '.metadata.name', '{metadata.name}', '{.metadata.name}']) {
    expect(relaxedJsonPath(text)).toBe('{.metadata.name}');
  }
});

test('custom columns', () => {
  const columns = parseCustomColumns('N:.metadata.name,I:.spec.containers[*].image,L:.metadata.labels,X:.foo');
  expect(printCustomColumns(columns, [POD], false)).toBe(
    'N     I                 L                      X\nweb   nginx:1,busybox   map[a.b/c:d app:web]   <none>\n',
  );
  expect(() => parseCustomColumns('N')).toThrow(
    'unexpected custom-columns spec: N, expected <header>:<json-path-expr>',
  );
});

test('tab-separated text is aligned by runs of lines', () => {
  expect(alignTabs('Name:\tx\nLonger name:\ty\nLabels:\n  a:\tb\n', DESCRIPTION_LAYOUT)).toBe(
    'Name:         x\nLonger name:  y\nLabels:\n  a:  b\n',
  );
});

const TABLE = {
  kind: 'Table' as const,
  columnDefinitions: [
    { name: 'Name', type: 'string', format: 'name' },
    { name: 'Age', type: 'string' },
    { name: 'IP', type: 'string', priority: 1 },
  ],
  rows: [{ cells: ['a\x1b[31mb\nc', '5s', '10.0.0.1'], object: undefined }],
};
const PLAIN = {
  wide: false,
  noHeaders: false,
  withNamespace: false,
  withKind: undefined,
  showLabels: false,
  labelColumns: [],
};

test('cells from the cluster are one line and harmless', () => {
  expect(printTable(tableLines(TABLE, PLAIN, true))).toBe('NAME          AGE\na^[[31mb...   5s\n');
});

test('wide tables and kinds before names', () => {
  const table = { ...TABLE, rows: [{ cells: ['a', '5s', '10.0.0.1'] }] };
  expect(printTable(tableLines(table, { ...PLAIN, wide: true, withKind: 'pod' }, true))).toBe(
    'NAME    AGE   IP\npod/a   5s    10.0.0.1\n',
  );
});

test('a watched table only grows wider', () => {
  const table = new GrowingTable();
  expect(
    table.print([
      ['NAME', 'AGE'],
      ['a', '1s'],
    ]),
  ).toBe('NAME   AGE\na      1s\n');
  expect(table.print([['longer-name', '2s']])).toBe('longer-name   2s\n');
  expect(table.print([['a', '3s']])).toBe('a             3s\n');
});

test('JSON is sorted and escaped as Go does it', () => {
  expect(writeJson({ b: '<&>', a: [1, { d: null, c: true }] })).toBe(
    '{"a":[1,{"c":true,"d":null}],"b":"\\u003c\\u0026\\u003e"}',
  );
});
