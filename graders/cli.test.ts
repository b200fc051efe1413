import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { gradeHere } from './command/testing/grade-here.ts';
import { EXERCISES_PATH } from './exercise-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'drydock-grade-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const solution = join(EXERCISES_PATH, 'shared-page', 'solutions', 'reference', 'tide-board.yaml');

/** As the command line does it. */
function gradeInProcess(...args: string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, 'cli.ts'), ...args], { encoding: 'utf8' });
}

function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

test('a right answer: exit code 0 and a report to read', () => {
  const { status, stdout } = gradeInProcess('shared-page', solution);
  expect(status).toBe(0);
  expect(stdout).toMatch(/passed {2}10 of 10 points/);
});

test('a wrong answer: exit code 1, and the same facts as JSON and JUnit', () => {
  const wrong = file(
    'wrong.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: tide-board\nspec:\n  containers: []\n',
  );
  const json = gradeHere('shared-page', wrong, '--format', 'json');
  expect(json.status).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ exercise: 'shared-page', passed: false, earned: 0, points: 10 });
  const junit = gradeHere('shared-page', wrong, '--format=junit');
  expect(junit.status).toBe(1);
  expect(junit.stdout).toContain('<testsuite name="shared-page" tests="5" failures="5"');
});

test('how to use it, for whoever asks', () => {
  const { status, stdout, stderr } = gradeHere('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^usage: npm run grade -- <exercise> <files…>/);
});

test('what cannot be graded: exit code 2 and file, line and column', () => {
  const broken = file('broken.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a: b\n');
  const { status, stderr, stdout } = gradeInProcess('shared-page', broken);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^could not grade: broken\.yaml:4:9: /);
  expect(stderr).toContain('\n    name: a: b\n          ^\n');
});

test.each([
  [[], 'no exercise named'],
  [['shared-page'], 'no files to grade'],
  [['nonsense', solution], 'there is no exercise "nonsense"; there are: '],
  [['../graders', solution], 'there is no exercise "../graders"'],
  [['shared-page', join(scratch, 'missing.yaml')], 'cannot be read'],
  [['shared-page', solution, '--format', 'xml'], 'unknown format "xml"'],
  [['shared-page', solution, '--colour'], "Unknown option '--colour'"],
])('%j is refused with a plain sentence', (args, message) => {
  const { status, stderr } = gradeHere(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
