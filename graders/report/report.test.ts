import { expect, test } from 'vitest';
import type { Report } from '../grade.ts';
import { junitReport } from './junit.ts';
import { PLAIN_INK, textReport } from './text.ts';

const report: Report = {
  exercise: 'shared-page',
  title: 'One writes, the other serves',
  passed: false,
  earned: 2,
  points: 5,
  refused: [],
  virtualMs: 75_000,
  checks: [
    { id: 'runs', title: 'The Pod runs', passed: true, earned: 2, points: 2, seen: 'as it should be', why: [] },
    {
      id: 'serves',
      title: 'web answers',
      passed: false,
      earned: 0,
      points: 3,
      seen: 'after 20s: status is 403, not 200',
      why: ['container "writer" waits: <CrashLoopBackOff>', 'BackOff: \u001b[31mred'],
      where: { file: 'pod.yaml', line: 5, column: 1, text: 'spec:' },
      ask: 'Which file?',
    },
  ],
};

test('the text report says what was seen, why, where, and asks a question', () => {
  expect(textReport(report, PLAIN_INK)).toBe(`One writes, the other serves

✓ The Pod runs 2/2
✗ web answers 0/3
    seen   after 20s: status is 403, not 200
    why    container "writer" waits: <CrashLoopBackOff>
           BackOff: \\x1b[31mred
    where  pod.yaml:5:1  | spec:
    try    Which file?

not there yet  2 of 5 points  (75 s of cluster time)
`);
});

test('the JUnit report holds a case for each check and escapes what it quotes', () => {
  const xml = junitReport([report]);
  expect(xml).toContain('<testsuite name="shared-page" tests="2" failures="1" time="75.000">');
  expect(xml).toContain('<failure message="after 20s: status is 403, not 200">');
  expect(xml).toContain('&lt;CrashLoopBackOff&gt;');
  expect(xml).not.toContain('\u001b');
});
