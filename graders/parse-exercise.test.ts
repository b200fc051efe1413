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
])('%j → %j is refused: %s', (from, to, message) => {
  expect(good).toContain(from);
  expect(() => parse(good.replace(from, to))).toThrow(CourseFileError);
  expect(() => parse(good.replace(from, to))).toThrow(message);
});

test('a mistake without its list of failing checks is refused', () => {
  const folder = { 'exercise.yaml': good, 'mistakes/typo/pod.yaml': 'kind: Pod\n' };
  expect(() => parseProof(parseExercise('pod', folder), folder)).toThrow(
    'exercises/pod/mistakes/typo/fails.yaml: the file is missing',
  );
});
