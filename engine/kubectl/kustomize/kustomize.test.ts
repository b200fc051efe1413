import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.29", envFrom: [{configMapRef: {name: settings}}]}
`;

function workstation(kustomization: string, files: Readonly<Record<string, string>> = {}): Workstation {
  const result = new Workstation();
  result.write('/root/app/kustomization.yaml', kustomization);
  for (const [path, text] of Object.entries({ 'web.yaml': DEPLOYMENT, ...files }))
    result.write(`/root/app/${path}`, text);
  return result;
}

const build = (kustomization: string, files?: Readonly<Record<string, string>>) =>
  workstation(kustomization, files).run('kustomize /root/app');

// The hash is the one that kubectl 1.35 prints; the whole is held against it in the parity scenario.
test('what is generated gets a hash behind its name, and references follow', () => {
  const { stdout, stderr } = build(
    'resources: [web.yaml]\nnamePrefix: dev-\nconfigMapGenerator:\n- name: settings\n  literals: [color=blue]\n',
  );
  expect(stderr).toBe('');
  const [, name] = /name: (dev-settings-\w{10})\n/.exec(stdout) ?? [];
  expect(stdout).toContain(`configMapRef:\n            name: ${name}\n`);
  expect(stdout).toContain('  name: dev-web\n');
});

test('an image keeps the tag that nobody replaces', () => {
  const image = (rule: string) => /image: (.*)/.exec(build(`resources: [web.yaml]\nimages: [${rule}]\n`).stdout)?.[1];
  expect(image('{name: nginx, newName: registry.local:5000/nginx}')).toBe('registry.local:5000/nginx:1.29');
  expect(image('{name: nginx, newTag: "1.28"}')).toBe('nginx:1.28');
  expect(image('{name: nginx, digest: "sha256:abc"}')).toBe('nginx@sha256:abc');
  expect(image('{name: ngin, newTag: "1.28"}')).toBe('nginx:1.29');
});

test('labels reach selectors only where that is asked for', () => {
  const { stdout } = build('resources: [web.yaml]\nlabels: [{pairs: {team: blue}, includeTemplates: true}]\n');
  expect(stdout.match(/team: blue/g)).toHaveLength(2);
  const all = build('resources: [web.yaml]\nlabels: [{pairs: {team: blue}, includeSelectors: true}]\n').stdout;
  expect(all.match(/team: blue/g)).toHaveLength(3);
});

test('resources are sorted by kind, or stay as they came', () => {
  const kinds = (more: string) =>
    build(`resources: [web.yaml, space.yaml]\n${more}`, {
      'space.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n',
    }).stdout.match(/^kind: .*/gm);
  expect(kinds('')).toEqual(['kind: Namespace', 'kind: Deployment']);
  expect(kinds('sortOptions: {order: fifo}\n')).toEqual(['kind: Deployment', 'kind: Namespace']);
});

test.each([
  ['patches: [{path: nowhere.yaml}]', 'nowhere.yaml'],
  ['patches: [{patch: "[{op: remove, path: /spec/nonesuch}]"}]', 'must specify a target for JSON patch'],
  [
    'patches: [{target: {kind: Deployment}, patch: "[{op: replace, path: /spec/nonesuch, value: 1}]"}]',
    'replace operation does not apply: doc is missing key: /spec/nonesuch: missing value',
  ],
  [
    'patches: [{target: {kind: Deployment}, patch: "[{op: add, path: /a/b, value: 1}]"}]',
    'add operation does not apply: doc is missing path: "/a/b": missing value',
  ],
  ['replicas: [{name: nobody, count: 2}]', 'resource with name nobody does not match a config'],
  ['vars: []', 'kustomization field "vars" is not supported'],
  ['namePrefix: 5', 'json: cannot unmarshal number into Go struct field Kustomization.namePrefix of type string'],
  ['components: [.]', 'cycle detected'],
  ['configMapGenerator: [{name: a, behavior: merge}]', 'cannot merge or replace'],
  ['__proto__: 5', 'json: unknown field "__proto__"'],
])('%s', (line, message) => {
  const { stderr, exitCode } = build(`${line}\nresources: [web.yaml]\n`);
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});
