import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { scriptPod, Testbed } from './testbed.ts';

// Whatever is handed to kubectl: the real error, nothing stored, the cluster goes on.

// Half a second each on an idle machine; a busy one may take longer.
const bed = new Testbed();

/** Applies something that must be refused, and returns what kubectl says. */
function refused(manifest: string): string {
  const { exitCode, stderr } = bed.applyAnyway(manifest);
  expect(exitCode).toBe(1);
  return stderr;
}

function podWith(spec: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: ${spec}\n`;
}

test('malformed YAML is refused with the place', () => {
  expect(refused('apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: {\n')).toMatch(
    /^error: error parsing manifest\.yaml: error converting YAML to JSON: yaml: line \d+: /,
  );
  expect(refused('a: b: c\n')).toBe(
    'error: error parsing manifest.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n',
  );
  expect(refused('\tapiVersion: v1\n')).toContain('found character that cannot start any token');
  expect(refused('just words')).toMatch(
    /^error: error validating "manifest\.yaml": error validating data: invalid object to validate|cannot unmarshal string/,
  );
  expect(refused('')).toBe('error: no objects passed to apply\n');
  expect(refused('---\n---\n')).toBe('error: no objects passed to apply\n');
  expect(refused('- 1\n- 2\n')).toMatch(/^error: /);
});

test('kinds and groups that do not exist, and objects without kind or name', () => {
  expect(refused('apiVersion: v1\nkind: Pood\nmetadata: {name: x}\n')).toBe(
    'error: resource mapping not found for name: "x" namespace: "" from "manifest.yaml": no matches for kind "Pood" in version "v1"\nensure CRDs are installed first\n',
  );
  expect(refused('apiVersion: nowhere/v1\nkind: Pod\nmetadata: {name: x}\n')).toContain(
    'no matches for kind "Pod" in version "nowhere/v1"',
  );
  expect(refused('apiVersion: v1\nmetadata: {name: x}\n')).toContain('kind not set');
  expect(refused('kind: Pod\nmetadata: {name: x}\n')).toContain('apiVersion not set');
  expect(refused('apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: a}]}\n')).toContain(
    'resource name may not be empty',
  );
});

test('unknown fields and wrong types name the field', () => {
  expect(refused(podWith('{containers: [{name: a, image: a, comand: [ls]}]}'))).toBe(
    'Error from server (BadRequest): error when creating "manifest.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].comand"\n',
  );
  expect(refused(podWith('{containers: [{name: a, image: a, ports: [{containerPort: "eighty"}]}]}'))).toContain(
    'cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
  );
  expect(refused(podWith('{containers: {name: a}}'))).toContain('cannot unmarshal object into Go struct field');
  expect(refused(podWith('[]'))).toContain('cannot unmarshal array into Go struct field Pod.spec');
  expect(refused(podWith('{containers: [{name: a, image: a, resources: {limits: {memory: lots}}}]}'))).toContain(
    'quantities must match the regular expression',
  );
  expect(refused(podWith('{containers: [{name: a, image: a}], restartPolicy: Sometimes}'))).toContain(
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  );
  expect(refused(podWith('{containers: []}'))).toContain('spec.containers: Required value');
  expect(refused(podWith('null'))).toContain('spec.containers: Required value');
  expect(bed.kubectlAnyway('get', 'pod', 'bad').stderr).toContain('not found');
});

test('hostile names are refused in the server’s words', () => {
  for (const name of [
    '../../etc/passwd',
    'UPPER',
    'a b',
    '\u001b[31mred',
    'ü',
    '-x',
    'x'.repeat(254),
    'a/b',
    "'; rm -rf /",
  ]) {
    const said = refused(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${JSON.stringify(name)}}\nspec: {containers: [{name: a, image: a}]}\n`,
    );
    expect(said).toMatch(/metadata\.name: Invalid value|may not (contain|be)|Invalid value/);
    expect(said).not.toContain('\u001b');
  }
  for (const name of ['..', '.', 'a%b']) expect(bed.kubectlAnyway('get', 'pod', name).exitCode).toBe(1);
});

test('__proto__, constructor and their like are keys as any other', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: odd
  labels: {constructor: a, toString: b}
data:
${keys.map((key) => `  ${key}: "v-${key}"`).join('\n')}
`;
  bed.apply(manifest);
  for (const key of keys) {
    const template = `go-template={{index .data "${key}"}}`;
    const viaPath = bed.kubectlAnyway('get', 'configmap', 'odd', '-o', `jsonpath={.data.${key}}`);
    expect([key, viaPath.stdout], template).toEqual([key, `v-${key}`]);
  }
  expect(bed.kubectl('get', 'configmaps', '-l', 'constructor=a', '-o', 'name')).toBe('configmap/odd\n');
  expect(bed.kubectl('get', 'configmaps', '-l', 'valueOf', '-o', 'name')).toBe('');
  bed.apply(manifest.replace('v-__proto__', 'changed'));
  expect(bed.kubectl('get', 'configmap', 'odd', '-o', 'yaml')).toContain('__proto__: changed');
  bed.kubectl('label', 'configmap', 'odd', 'hasOwnProperty=1');
  bed.kubectl('label', 'configmap', 'odd', 'hasOwnProperty-');
  expect(
    refused(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\n__proto__: {polluted: 1}\nspec: {containers: [{name: a, image: a}], constructor: 1}\n',
    ),
  ).toContain('unknown field');
  expect(refused('apiVersion: v1\nkind: constructor\nmetadata: {name: bad}\n')).toContain(
    'no matches for kind "constructor"',
  );
  expect(refused('apiVersion: __proto__\nkind: __proto__\nmetadata: {name: bad}\n')).toContain('no matches for kind');
  expect(bed.kubectlAnyway('get', 'constructor').stderr).toContain(
    `the server doesn't have a resource type "constructor"`,
  );
  expect(bed.kubectlAnyway('get', '__proto__').stderr).toContain(`the server doesn't have a resource type "__proto__"`);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('a YAML bomb, deep nesting and endless anchors are bounded', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
  );
  expect(refused(`a0: &a0 [lol, lol, lol]\n${levels.join('\n')}\n`)).toMatch(/excessive aliasing|error/);
  expect(refused(`${'['.repeat(20_000)}`)).toMatch(/^error: /);
  expect(
    refused(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndata: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}\n`,
    ),
  ).toMatch(/^[Ee]rror/);
  expect(refused('&a [*a]\n')).toMatch(/^error/);
});

test('five megabytes of garbage, NUL bytes and binary files are refused quickly', () => {
  let state = 1;
  const garbage = Array.from({ length: 5_000_000 / 8 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state.toString(36).padStart(8, ' :-\n{[').slice(0, 8);
  }).join('');
  expect(refused(garbage).length).toBeLessThan(5000);
  expect(refused('a'.repeat(5_000_000)).length).toBeLessThan(5000);
  expect(refused(`x: "${'é'.repeat(1_000_000)}"\n`.repeat(2)).length).toBeLessThan(5000);
  expect(refused('apiVersion: v1\u0000\nkind: Pod\n')).toMatch(/^error: .*(control characters are not allowed|yaml)/);
  bed.sh('head -c 100000 /dev/urandom > random.bin; head -c 1000 /dev/zero > zero.bin');
  for (const file of ['random.bin', 'zero.bin', '/usr/local/bin/kubectl', '/bin/ls', '/dev/null']) {
    const { exitCode, stderr } = bed.kubectlAnyway('apply', '-f', file);
    expect([file, exitCode]).toEqual([file, 1]);
    expect(stderr).toMatch(/^error: /);
  }
});

test('too large an object is refused, and the next one is not', () => {
  const said = refused(
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata: {a: ${'x'.repeat(1_100_000)}}\n`,
  );
  expect(said).toMatch(/Too long: may not be more than (262144|1048576) bytes/);
  expect(refused(scriptPod('big', 'x'.repeat(4_000_000))).length).toBeLessThan(5000);
  bed.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: small}\ndata: {a: b}\n');
});

test('some good, some bad documents in one file: the good ones are applied', () => {
  const { exitCode, stdout, stderr } = bed.applyAnyway(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: []}\n',
  );
  expect(exitCode).toBe(1);
  expect(stdout).toBe('configmap/good created\n');
  expect(stderr).toContain('spec.containers: Required value');
});

test('escapes in what the server stores never reach the terminal raw from a table', () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J';
  bed.kubectl('create', 'configmap', 'escaped', `--from-literal=a=${hostile}`);
  bed.apply(`apiVersion: v1
kind: Pod
metadata:
  name: painted
  annotations: {note: ${JSON.stringify(`${hostile}\nName: fake`)}}
spec:
  nodeSelector: {disk: tape}
  containers: [{name: main, image: ${JSON.stringify('nginx')}, command: [sh, -c, ${JSON.stringify(`echo '${hostile}'`)}]}]
`);
  bed.pass(2);
  for (const args of [
    ['get', 'pods', '-o', 'wide'],
    ['describe', 'pod', 'painted'],
    ['get', 'events'],
    ['describe', 'configmap', 'escaped'],
  ]) {
    expect([args, bed.kubectl(...args).includes('\u001b')]).toEqual([args, false]);
  }
  bed.kubectl('delete', 'pod', 'painted');
});

test('after all that the cluster is well', () => {
  bed.apply(scriptPod('well', 'echo well; sleep 1000'));
  bed.untilReady('well');
  expect(bed.list<Pod>('pods').map(({ metadata }) => metadata.name)).toEqual(['well']);
  expect(bed.cluster.ready()).toBe(true);
});
