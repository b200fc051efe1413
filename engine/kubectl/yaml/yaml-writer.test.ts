import { expect, test } from 'vitest';
import { writeYaml } from './yaml-writer.ts';

// Every expectation was printed by a real kubectl with `-o yaml`.

test('strings are quoted where a YAML 1.1 reader would take them for something else', () => {
  const strings: Record<string, string> = {
    a: '',
    b: 'true',
    c: 'yes',
    d: 'y',
    e: 'null',
    f: '~',
    g: '0x1f',
    h: '1e3',
    i: '1_000',
    j: '+1',
    k: '1.',
    l: '.inf',
    m: '2020-01-01',
    n: '12:30:45',
    o: 'a: b',
    p: 'a:b',
    q: 'a #b',
    r: '- a',
    s: '-a',
    t: '-',
    u: '@a',
    v: "'a",
    w: ' a',
    x: 'a\tb',
    za: '--- a',
    zb: '=',
    zc: '\x1b[31m',
    zd: 'e2',
  };
  expect(writeYaml(strings)).toBe(`a: ""
b: "true"
c: "yes"
d: "y"
e: "null"
f: "~"
g: "0x1f"
h: "1e3"
i: "1_000"
j: "+1"
k: "1."
l: ".inf"
m: "2020-01-01"
"n": "12:30:45"
o: 'a: b'
p: a:b
q: 'a #b'
r: '- a'
s: -a
t: '-'
u: '@a'
v: '''a'
w: ' a'
x: "a\\tb"
za: '--- a'
zb: =
zc: "\\e[31m"
zd: e2
`);
});

test('text of several lines becomes a block', () => {
  expect(writeYaml({ a: 'x\ny', b: 'x\ny\n', c: '\nx', d: 'x\n\n', e: ' x\ny', f: 'x \ny', g: '\n' })).toBe(`a: |-
  x
  y
b: |
  x
  y
c: |2-

  x
d: |+
  x

e: |2-
   x
  y
f: "x \\ny"
g: |2+

`);
});

test('long text is folded at single spaces beyond column 80', () => {
  const message =
    "0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 2 Insufficient cpu. preemption: 0/3 nodes";
  expect(writeYaml({ data: { n: message, n2: 'double  spaces  '.repeat(8).trim() } })).toBe(`data:
  "n": '0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master:
    }, that the pod didn''t tolerate, 2 Insufficient cpu. preemption: 0/3 nodes'
  n2: ${'double  spaces  '.repeat(8).trim()}
`);
});

test('lists are flush with their key, and keys are in natural order', () => {
  const value = { i10: 1, i2: [[1, 2], [{ a: 1, b: [] }], {}, null], i: { y: 1.5, x: 1e21, z: 12345678.5, w: 1e-7 } };
  expect(writeYaml(value)).toBe(`i:
  w: 1e-07
  x: 1e+21
  "y": 1.5
  z: 1.23456785e+07
i2:
- - 1
  - 2
- - a: 1
    b: []
- {}
- null
i10: 1
`);
});

test('keys that are no simple keys', () => {
  expect(writeYaml({ '': 1, 'a\nb': 2, 'a: b': 3, '1': 4 })).toBe(`"": 1
"1": 4
? |-
  a
  b
: 2
'a: b': 3
`);
});
