import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/

const OBJECTS = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {tier: back}}
data: {host: "db.example:5432", port: "8080", color: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: nginx, image: "registry.example/nginx:1.28", env: [{name: HOST, value: TODO}]}
      - {name: side, image: "registry.example/side:1", env: [{name: HOST, value: TODO}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: job, annotations: {keep: "yes"}}
spec: {replicas: 1, template: {spec: {containers: [{name: job, image: "busybox:1"}]}}}
`;

function build(replacements: string, more = '', files: Readonly<Record<string, string>> = {}) {
  const workstation = new Workstation();
  const all = { 'kustomization.yaml': `resources: [all.yaml]\n${more}${replacements}`, 'all.yaml': OBJECTS, ...files };
  for (const [path, text] of Object.entries(all)) workstation.write(`/root/app/${path}`, text);
  return workstation.run('kustomize /root/app');
}

const replacing = (source: string, ...targets: readonly string[]) =>
  `replacements:\n- source: ${source}\n  targets: [${targets.join(', ')}]\n`;

const HOST = '{kind: ConfigMap, name: settings, fieldPath: data.host}';

test('a field goes into fields of others, one container or all of them', () => {
  const one = "'spec.template.spec.containers.[name=nginx].env.[name=HOST].value'";
  const { stdout, stderr } = build(replacing(HOST, `{select: {kind: Deployment, name: web}, fieldPaths: [${one}]}`));
  expect(stderr).toBe('');
  expect(stdout.match(/value: .*/g)).toEqual(['value: db.example:5432', 'value: TODO']);
  const all = "'spec.template.spec.containers.*.env.*.value'";
  const both = build(replacing(HOST, `{select: {name: web, kind: Deployment}, fieldPaths: [${all}]}`)).stdout;
  expect(both.match(/value: .*/g)).toEqual(['value: db.example:5432', 'value: db.example:5432']);
});

test('parts of fields, at both ends', () => {
  const port = '{kind: ConfigMap, fieldPath: data.host, options: {delimiter: ":", index: 1}}';
  const image = (index: number) =>
    build(
      replacing(
        port,
        `{select: {name: web}, fieldPaths: ['spec.template.spec.containers.0.image'], options: {delimiter: ":", index: ${index}}}`,
      ),
    ).stdout.match(/image: (.*nginx.*)/)?.[1];
  expect([image(1), image(9), image(-1)]).toEqual([
    'registry.example/nginx:5432',
    'registry.example/nginx:1.28:5432',
    '5432:registry.example/nginx:1.28',
  ]);
});

test('fields are made where that is asked for, and keep their types', () => {
  const made = build(
    replacing(
      '{kind: ConfigMap, fieldPath: data.port}',
      "{select: {name: web}, options: {create: true}, fieldPaths: ['metadata.annotations.example\\.com/port', spec.replicas, 'spec.template.spec.containers.[name=new].env.[name=PORT].value']}",
    ),
  ).stdout;
  expect(made).toContain('annotations:\n    example.com/port: "8080"\n');
  expect(made).toContain('replicas: 8080\n');
  expect(made).toContain('- env:\n        - name: PORT\n          value: "8080"\n        name: new\n');
});

test('who is left out, by name or by annotations; and names as they were before', () => {
  const reject = build(
    replacing(
      '{kind: Deployment, name: web, fieldPath: spec.replicas}',
      '{select: {kind: Deployment}, reject: [{annotationSelector: keep=yes}], fieldPaths: [spec.replicas]}',
    ),
  ).stdout;
  expect(reject.match(/replicas: \d/g)).toEqual(['replicas: 1', 'replicas: 3']);
  const prefixed = build(
    replacing(
      '{kind: ConfigMap, name: settings}',
      '{select: {name: web}, fieldPaths: [spec.template.spec.containers.0.env.0.value]}',
    ),
    'namePrefix: dev-\n',
  ).stdout;
  expect(prefixed).toContain('value: dev-settings\n');
});

test('a file of replacements, and a text instead of a source', () => {
  const files = {
    'more.yaml': '- sourceValue: "5"\n  targets: [{select: {name: job}, fieldPaths: [spec.replicas]}]\n',
  };
  expect(build('replacements: [{path: more.yaml}]\n', '', files).stdout).toContain('replicas: 5\n');
});

test.each([
  ['replacements: [{targets: [{select: {name: web}}]}]', 'replacements must specify a source and at least one target'],
  ['replacements: [{source: {kind: ConfigMap}}]', 'replacements must specify a source and at least one target'],
  [
    replacing('{kind: Deployment}', '{select: {name: web}}'),
    'multiple matches for selector Deployment.[noVer].[noGrp]/[noName].[noNs]',
  ],
  [
    replacing('{kind: Secret, name: s, fieldPath: data.a}', '{select: {name: web}}'),
    'nothing selected by Secret.[noVer].[noGrp]/s.[noNs]:data.a',
  ],
  [
    replacing('{kind: ConfigMap, fieldPath: data.nope}', '{select: {name: web}}'),
    'fieldPath `data.nope` is missing for replacement source ConfigMap.[noVer].[noGrp]/[noName].[noNs]',
  ],
  [replacing(HOST, '{fieldPaths: [a]}'), 'target must specify resources to select'],
  [
    replacing(HOST, '{select: {name: web}, fieldPaths: [spec.nope]}'),
    'unable to find field spec.nope in replacement target',
  ],
  [
    replacing(HOST, "{select: {name: web}, options: {create: true}, fieldPaths: ['spec.nope.*.a']}"),
    'unable to find or create field spec.nope.*.a in replacement target',
  ],
  [
    replacing('{kind: ConfigMap, fieldPath: data.host, options: {delimiter: ":", index: 2}}', '{select: {name: web}}'),
    'options.index 2 is out of bounds for value db.example:5432',
  ],
  [
    replacing('{kind: ConfigMap, fieldPath: data, options: {delimiter: ":"}}', '{select: {name: web}}'),
    'delimiter option can only be used with scalar nodes',
  ],
])('%s', (replacements, message) => {
  const { stderr, exitCode } = build(replacements);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(1);
});
