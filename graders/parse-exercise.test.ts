import { expect, test } from 'vitest';
import { CourseFileError } from './course-file.ts';
import { parseExercise, parseProof } from './parse-exercise.ts';

const good = `title: A Pod
level: follow
rows: [1]
minutes: 5
answer: pod.yaml
brief: Write a Pod.
checks:
- id: runs
  title: It runs
  points: 1
  observe:
    object: {kind: Pod, name: web}
  that:
  - {path: status.phase, equals: Running}
  within: 30s
  ask: Does it?
hints:
- {check: runs, text: Look.}
`;

const parse = (text: string) => parseExercise('pod', { 'exercise.yaml': text });

test('a good exercise is read with its files', () => {
  const folder = {
    'exercise.yaml': good,
    'start/pod.yaml': 'kind: Pod\n',
    'solutions/reference/pod.yaml': 'kind: Pod # good\n',
    'mistakes/typo/pod.yaml': 'kind: Pod # bad\n',
    'mistakes/typo/fails.yaml': '- runs\n',
  };
  const exercise = parseExercise('pod', folder);
  expect(exercise).toMatchObject({ id: 'pod', level: 'follow', rows: [1], start: { 'pod.yaml': 'kind: Pod\n' } });
  expect(exercise.checks[0]).toMatchObject({ id: 'runs', within: '30s' });
  expect(parseProof(exercise, folder)).toEqual({
    solutions: { reference: { 'pod.yaml': 'kind: Pod # good\n' } },
    mistakes: { typo: { files: { 'pod.yaml': 'kind: Pod # bad\n' }, fails: ['runs'] } },
  });
});

test('what several checks have in common may be written once', () => {
  const { checks } = parse(
    `${good.replace('object: {', 'object: &web {').replace('- {path: status', '- &running {path: status')}`.replace(
      'hints:',
      `- id: stays
  title: It stays
  points: 1
  observe: {object: *web}
  that: [*running]
  always: 5s
  ask: Does it?
hints:`,
    ),
  );
  expect(checks[1]).toMatchObject({
    observe: { object: { kind: 'Pod', name: 'web' } },
    that: [{ path: 'status.phase', equals: 'Running' }],
  });
  expect(() => parse(good.replace('that:', 'about: *nobody\n  that:'))).toThrow(
    'exercises/pod/exercise.yaml:13: no anchor "&nobody" stands before the alias',
  );
});

test.each([
  ['level: follow', 'level: easy', 'exercises/pod/exercise.yaml:2: level: must be one of follow, apply, diagnose'],
  ['minutes: 5', 'minutes: soon', 'exercises/pod/exercise.yaml:4: minutes: a number is needed here'],
  ['title: A Pod', 'titel: A Pod', 'exercises/pod/exercise.yaml:1: titel: unknown field'],
  ['within: 30s', 'within: 30 s', 'checks[0].within: "30 s" is no span of time'],
  ['within: 30s', 'points2: 3', 'unknown field'],
  ['within: 30s\n  ask', 'ask', 'needs exactly one of within, always, never, changes, constant'],
  ['equals: Running', 'is: Running', 'checks[0].that[0].is: unknown field'],
  ['status.phase,', '"status[",', 'cannot read the path "status[" at "["'],
  ['check: runs,', 'check: walks,', 'there is no check "walks"'],
  ['text: Look.', 'text: ""', 'a text is needed here'],
  ['rows: [1]', 'rows: [1', 'exercises/pod/exercise.yaml:'],
  ['rows: [1]', 'rows: [22]', 'the syllabus has the rows 1 to 21'],
  ['status.phase,', 'status.fase,', 'Pod.status has no field "fase": phase?'],
  ['status.phase,', 'spec.containers.image,', 'spec.containers is a list: write spec.containers[*].image'],
  ['status.phase,', "'spec.containers[nam=web].image',", 'an element has no field "nam": name?'],
  [
    '{path: status.phase, equals: Running}',
    "{path: 'spec.containers[*].image', equals: 'nginx:1.29'}",
    'checks[0].that[0].equals: the same image may be written with its registry, too: write image: nginx:1.29',
  ],
  ['status.phase,', 'status.phase.now,', 'status.phase has no fields: it is of type string'],
  ['status.phase,', "'status[0].phase',", 'status is no list'],
  ['status.phase,', "'items[*].status.phase',", 'Pod has no field "items"'],
  ['kind: Pod, name: web', 'kind: Pod', 'begin with items, as in items[*].metadata.name'],
  ['kind: Pod, name: web', 'kind: pod, name: web', 'no kind "pod" is served; write Pod'],
  ['kind: Pod, name: web', 'kind: Pod, name: web, selector: a=b', 'either name or selector'],
  ['kind: Pod, name: web', 'kind: Pod, nam: web', 'unknown field'],
  ['object: {kind: Pod, name: web}', 'exec: {pod: web, command: [id]}', 'begins with one of exitCode, stdout, stderr'],
  ['object: {kind: Pod, name: web}', 'exec: {pod: web, command: true}', 'a list is needed here'],
  ['equals: Running', 'exists: yes please', 'can be true or false'],
  ['points: 1', 'points: 0', 'a check is worth something'],
  ['within: 30s', 'within: 30s\n  after: [{fault: {type: power-of, host: a}}]', 'must be one of kill-container'],
  ['within: 30s', 'within: 30s\n  after: [{fault: {type: power-off}}]', '"host" is missing'],
  ['within: 30s', 'within: 30s\n  after: [{fault: {type: power-off, host: node-3}}]', 'no machine "node-3"'],
  ['within: 30s', 'within: 30s\n  after: [{fault: {type: heal, hosts: [node-1, nod-2]}}]', 'no machine "nod-2"'],
  ['within: 30s', 'within: 30s\n  after: [{run: {host: node-1, command: date}}]', 'a list is needed here'],
  [
    'object: {kind: Pod, name: web}',
    'run: {host: node1, command: [id]}',
    'no machine "node1"; there are workstation, ',
  ],
  [
    'answer: pod.yaml',
    'answer: pod.yaml\nbefore:\n- run: {host: node-9, command: [date]}',
    'exercises/pod/exercise.yaml:7: before[0].run.host: there is no machine "node-9"; there are workstation, control-plane, node-1, node-2',
  ],
  ['answer: pod.yaml', 'answer: pod.yaml\nbefore: [{run: {command: [date]}}]', 'before[0].run.host: a text is needed'],
  [
    'answer: pod.yaml',
    'answer: pod.yaml\nbefore: [{run: {host: node-1, user: root}}]',
    'user: unknown field; known here: host, command',
  ],
  [
    'answer: pod.yaml',
    'answer: pod.yaml\nbefore: [{run: {host: workstation, command: [bash, /srv/before/a.sh]}}]',
    'no file before/a.sh',
  ],
  [
    'answer: pod.yaml',
    'answer: pod.yaml\nbefore: [{kubectl: [apply, -f, /srv/before/a.yaml]}]',
    'no file before/a.yaml',
  ],
])('%j → %j is refused: %s', (from, to, message) => {
  expect(good).toContain(from);
  expect(() => parse(good.replace(from, to))).toThrow(CourseFileError);
  expect(() => parse(good.replace(from, to))).toThrow(message);
});

test('brackets that compare a field of a field would fit nothing, silently', () => {
  const text = good
    .replace('{kind: Pod, name: web}', '{kind: Pod}')
    .replace('status.phase,', "'items[metadata.name=web].status.phase',");
  expect(() => parse(text)).toThrow(
    'exercises/pod/exercise.yaml:14: checks[0].that[0].path: [metadata.name=…] fits nothing',
  );
});

test('labels and annotations are free, and so is what lies below a map', () => {
  const path = `'metadata.labels."app.kubernetes.io/name"'`;
  expect(parse(good.replace('status.phase,', `${path},`)).checks).toHaveLength(1);
});

test('what has happened before the learner comes belongs to the cluster', () => {
  const past =
    'before:\n- kubectl: [apply, -f, /srv/before/old.yaml]\n- wait: 5s\n- fault: {type: power-off, host: node-2}\n' +
    '- run: {host: node-1, command: [kubeadm, reset, -f]}\n- run: {host: workstation, command: [ls, /srv/before/chart]}\n';
  const files = { 'before/old.yaml': 'kind: Pod\n', 'before/chart/values.yaml': 'a: 1\n' };
  const exercise = parseExercise('pod', { 'exercise.yaml': good + past, ...files });
  expect(exercise.cluster).toEqual({
    files: { '/srv/before/old.yaml': 'kind: Pod\n', '/srv/before/chart/values.yaml': 'a: 1\n' },
    before: [
      { run: ['kubectl', 'apply', '-f', '/srv/before/old.yaml'] },
      { waitMs: 5000 },
      { fault: { type: 'power-off', host: 'node-2' } },
      { run: ['kubeadm', 'reset', '-f'], host: 'node-1' },
      { run: ['ls', '/srv/before/chart'], host: 'workstation' },
    ],
  });
});

test('a cluster may be of an older release, but of none that there never was', () => {
  const of = (version: string) =>
    parseExercise('pod', { 'exercise.yaml': `${good}cluster: {kubernetesVersion: ${version}}\n` });
  expect(of('v1.36.1').cluster.kubernetesVersion).toBe('v1.36.1');
  expect(() => of('v1.35.0')).toThrow(/^exercises\/pod\/exercise.yaml:\d+: .*must be one of v1.36.0, v1.36.1, v1.36.2/);
});

test.each([
  ['controlPlanes: 0', 'cluster.controlPlanes: must be a whole number from 1 to 7'],
  ['controlPlanes: 2.5', 'cluster.controlPlanes: must be a whole number from 1 to 7'],
  ['metricServer: true', 'cluster.metricServer: unknown field; known here: seed, workers, controlPlanes'],
  ['workers: [{ram: 2Gi}]', 'cluster.workers[0].ram: unknown field; known here: name, cpu, memory, gpus, labels'],
])('a cluster with %s is refused by line', (field, problem) => {
  const parse = (cluster: string) => parseExercise('pod', { 'exercise.yaml': `${good}cluster: {${cluster}}\n` });
  expect(() => parse(field)).toThrow(problem);
  expect(parse('controlPlanes: 3').cluster.controlPlanes).toBe(3);
});

test('a mistake without its list of failing checks is refused', () => {
  const folder = { 'exercise.yaml': good, 'mistakes/typo/pod.yaml': 'kind: Pod\n' };
  expect(() => parseProof(parseExercise('pod', folder), folder)).toThrow(
    'exercises/pod/mistakes/typo/fails.yaml: the file is missing',
  );
});
