import { expect, test } from 'vitest';
import { parseExercise } from './parse-exercise.ts';
import { translate, translationsOf } from './translation.ts';

const folder = {
  'exercise.yaml': `title: A Pod
level: follow
rows: [1]
minutes: 5
answer: pod.yaml
brief: Make one.
checks:
  - id: runs
    title: It runs
    points: 1
    observe: { object: { kind: Pod, name: a } }
    that: [{ path: status.phase, equals: Running }]
    within: 30s
    ask: Does it?
hints:
  - { check: runs, text: Look at it. }
`,
  'zh.yaml': `title: 一个 Pod
brief: 创建它。
checks:
  runs: { title: 正在运行, ask: 真的吗？ }
hints:
  runs: 看看它。
`,
};
const exercise = parseExercise('a-pod', folder);

test('the words are the other language’s, what is graded is the same', () => {
  expect(translationsOf(folder)).toEqual(['zh']);
  const { title, checks, hints } = translate(exercise, folder, 'zh');
  expect(title).toBe('一个 Pod');
  expect(checks[0]).toEqual({ ...exercise.checks[0], title: '正在运行', ask: '真的吗？' });
  expect(hints).toEqual([{ check: 'runs', text: '看看它。' }]);
});

test.each([
  ['checks: { runs: { title: a, ask: b } }\nhints: {}', 'zh.yaml:4: hints: the hint for "runs" is missing'],
  ['checks: {}\nhints: { runs: c }', 'zh.yaml:3: checks: the check "runs" is missing'],
  ['checks: { walks: { title: a, ask: b } }\nhints: {}', 'checks.walks: unknown field; known here: runs'],
])('what is out of step is said by file and line', (rest, message) => {
  const text = `title: t\nbrief: b\n${rest}\n`;
  expect(() => translate(exercise, { ...folder, 'zh.yaml': text }, 'zh')).toThrow(message);
});
