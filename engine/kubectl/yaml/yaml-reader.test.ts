import { expect, test } from 'vitest';
import { ManifestError, readManifest, splitDocuments } from './yaml-reader.ts';

const HEAD = 'apiVersion: v1\nkind: Pod\n';

// The mistakes people make, and what a real kubectl says of them.
const MISTAKES: readonly (readonly [string, string, string])[] = [
  ['tab as indentation', `${HEAD}metadata:\n\tname: x\n`, 'line 4: found character that cannot start any token'],
  [
    'tab after a value',
    `${HEAD}metadata:\n  name: x\n\tlabels: y\n`,
    'line 5: found a tab character that violates indentation',
  ],
  ['two colons', `${HEAD}metadata:\n  name: x: y\n`, 'line 4: mapping values are not allowed in this context'],
  [
    'a key too far right',
    `${HEAD}metadata:\n  name: x\n   labels:\n    a: b\n`,
    'line 5: mapping values are not allowed in this context',
  ],
  ['a key too far left', `${HEAD}metadata:\n  name: x\n labels:\n    a: b\n`, 'line 4: did not find expected key'],
  ['list item short', `${HEAD}spec:\n  containers:\n  - name: x\n   image: y\n`, 'line 5: did not find expected key'],
  [
    'list item long',
    `${HEAD}spec:\n  containers:\n  - name: x\n     image: y\n`,
    'line 6: mapping values are not allowed in this context',
  ],
  [
    'list item at the dash',
    `${HEAD}spec:\n  containers:\n    - name: x\n    image: y\n`,
    "line 5: did not find expected '-' indicator",
  ],
  ['colon forgotten', `${HEAD}metadata\n  name: x\n`, "line 4: could not find expected ':'"],
  [
    'colon forgotten inside',
    `${HEAD}metadata:\n  name x\n  labels: {}\n`,
    'line 5: mapping values are not allowed in this context',
  ],
  ['quote left open', `${HEAD}metadata:\n  name: "x\n  labels: {}\n`, 'line 6: found unexpected end of stream'],
  ['bracket left open', `${HEAD}spec:\n  a: [a, b\n  labels: {}\n`, "line 4: did not find expected ',' or ']'"],
  ['brace left open', `${HEAD}spec:\n  a: {a: b\n`, "line 4: did not find expected ',' or '}'"],
  ['unknown anchor', `${HEAD}metadata:\n  name: *foo\n`, "unknown anchor 'foo' referenced"],
  ['reserved character', `${HEAD}metadata:\n  name: @foo\n`, 'line 4: found character that cannot start any token'],
  ['bad escape', `${HEAD}metadata:\n  name: "a\\q"\n`, 'line 4: found unknown escape character'],
  ['control character', `${HEAD}metadata:\n  name: a\x01b\n`, 'control characters are not allowed'],
  ['list in a mapping', `${HEAD}metadata:\n  name: x\n  - a\n`, 'line 4: did not find expected key'],
  ['text behind a quote', `${HEAD}metadata:\n  name: 'it's'\n`, 'line 3: did not find expected key'],
  ['first line', 'a: b: c\n', 'mapping values are not allowed in this context'],
  [
    'list on the line of its key',
    `${HEAD}spec:\n  args: - a\n`,
    'line 4: block sequence entries are not allowed in this context',
  ],
  [
    'tab in a block',
    `${HEAD}data:\n  a: |\n\tfoo\n`,
    'line 5: found a tab character where an indentation space is expected',
  ],
  ['brace too many', `${HEAD}data: {a: b}}\n`, 'line 2: did not find expected key'],
  ['a mapping as key', `${HEAD}data:\n  {a: b}: c\n`, 'invalid map key: map[interface {}]interface {}{"a":"b"}'],
];

for (const [name, text, message] of MISTAKES) {
  test(`mistake: ${name}`, () => {
    expect(() => readManifest(text)).toThrow(new ManifestError(`error converting YAML to JSON: yaml: ${message}`));
  });
}

test('values are read as YAML 1.1 without times', () => {
  const text =
    '{a: yes, b: 0o17, c: 017, d: 1_000, e: 12:30:45, f: 2020-01-01, g: ~, h: 0x1F, i: 1e3, k: y, m: 0b11, o: 1.0, p: +1, q: e2, r: ., s: "1"}\n';
  expect(readManifest(text)).toEqual({
    a: true,
    b: '0o17',
    c: 15,
    d: 1000,
    e: '12:30:45',
    f: '2020-01-01',
    g: null,
    h: 31,
    i: 1000,
    k: true,
    m: 3,
    o: 1,
    p: 1,
    q: 'e2',
    r: '.',
    s: '1',
  });
});

test('the last of equal keys wins, merge keys merge, keys become strings', () => {
  expect(readManifest('a: 1\na: 2\n')).toEqual({ a: 2 });
  expect(readManifest('x: &x {b: 1}\nz:\n  <<: *x\n  c: 2\n')).toEqual({ x: { b: 1 }, z: { b: 1, c: 2 } });
  expect(readManifest('1: a\ntrue: b\n1.5: c\n')).toEqual({ 1: 'a', true: 'b', 1.5: 'c' });
});

test('a key called __proto__ is only a key', () => {
  const value = readManifest('__proto__: {polluted: 1}\n') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect((value as { polluted?: number }).polluted).toBeUndefined();
});

test('what would eat the machine is refused', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`)
    .join('\n')}\n`;
  expect(() => readManifest(bomb)).toThrow('document contains excessive aliasing');
  expect(() => readManifest('['.repeat(200_000))).toThrow(ManifestError);
  expect(() => readManifest('x'.repeat(4_000_000))).toThrow('too large');
});

test('documents are split at their separators', () => {
  expect(splitDocuments('a: 1\n---\nb: 2\n--- # more\nc: 3\n')).toEqual([
    { text: 'a: 1\n', line: 1 },
    { text: 'b: 2\n', line: 3 },
    { text: 'c: 3\n', line: 5 },
  ]);
  expect(() => splitDocuments('a: 1\n--- foo\n')).toThrow(new ManifestError('invalid Yaml document separator: foo'));
});
