import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { complaintMarks } from '../elements/complaint-marks.ts';
import { ComplaintListener, readComplaints } from './complaints.ts';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: main\n    image: nginx\n';
const cluster = createCluster({ seed: 'complaints' });

/** The lines that are marked once kubectl has been given the file, with what is said there. */
function marked(text: string, exists = false): readonly string[] {
  cluster.run('workstation', ['kubectl', 'delete', 'pod', 'a', '--now', '--ignore-not-found'], 60_000);
  if (exists) cluster.run('workstation', ['bash', '-c', `echo '${POD}' | kubectl apply -f -`], 60_000);
  cluster.submit({ kind: 'file.write', path: 'pod.yaml', text });
  const { stdout = '', stderr = '' } =
    cluster.run('workstation', ['bash', '-c', `cd; kubectl apply -f pod.yaml`], 60_000) ?? {};
  const complaints = readComplaints(`${stdout}${stderr}`.replaceAll('\n', '\r\n'));
  return complaintMarks(text, 'pod.yaml', complaints).map(
    ({ from, message }) => `${text.slice(0, from).split('\n').length}: ${message}`,
  );
}

test.each([
  ['an unknown field', `${POD}    imagee: x\n`, ['9: unknown field "spec.containers[0].imagee"']],
  [
    'an invalid value',
    `${POD}    ports:\n    - containerPort: 99999\n`,
    ['10: spec.containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive'],
  ],
  [
    'a missing field',
    POD.replace('    image: nginx\n', '    tty: true\n'),
    ['7: spec.containers[0].image: Required value'],
  ],
  [
    'two flaws of one object',
    `${POD.replace('name: main', 'name: Main')}    imagePullPolicy: Sometimes\n`,
    [
      '7: spec.containers[0].name: Invalid value: "Main": a lowercase RFC 1123 label must consist of',
      '9: spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes"',
    ],
  ],
  ['an unknown kind', POD.replace('kind: Pod', 'kind: Pdo'), ['2: no matches for kind "Pdo" in version "v1"']],
  ['broken YAML', `${POD}   tty: true\n`, ['8: error converting YAML to JSON: yaml: line 8']],
  [
    'broken YAML in the second document',
    `${POD}---\na: b\n c: d\n`,
    ['11: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context'],
  ],
  ['a value of another type', `${POD}    tty: maybe\n`, ['9: json: cannot unmarshal']],
  [
    'the flaw of one document of two',
    `${POD}---\n${POD.replace('name: a', 'name: b')}  hostnaem: x\n`,
    ['18: unknown field "spec.hostnaem"'],
  ],
])('%s is marked', (_what, text, expected) => {
  const found = marked(text);
  expect(found.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
});

test('what is refused of a change is marked, though kubectl names no file', () => {
  expect(marked(`${POD}    ttyy: true\n`, true)).toEqual(['9: unknown field "spec.containers[0].ttyy"']);
  expect(marked(`${POD}    tty: maybe\n`, true)[0]).toMatch(/^9: json: cannot unmarshal string/);
});

test('what is said of another file is not marked, and neither is an object of another name', () => {
  const complaints = readComplaints(
    'error: error parsing other.yaml: error converting YAML to JSON: yaml: line 2: x\n' +
      'The Pod "b" is invalid: spec.containers[0].image: Required value\n',
  );
  expect(complaints).toHaveLength(2);
  expect(complaintMarks(POD, 'pod.yaml', complaints)).toEqual([]);
});

test('a listener puts pieces together, and forgets when a manifest has been accepted', () => {
  const said: number[] = [];
  const listener = new ComplaintListener((complaints) => said.push(complaints.length));
  const hear = (text: string) => listener.hear('1', new TextEncoder().encode(text));
  hear('The Pod "a" is inva');
  hear('lid: spec.containers[0].image: Required value\r\n');
  listener.entered('1');
  hear('pod/a created\r\n');
  expect(said).toEqual([1, 0]);
});
