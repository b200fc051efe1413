import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster } from '@drydock/engine';
import { afterAll, expect, test } from 'vitest';
import { gradeHere } from './command/testing/grade-here.ts';
import { EXERCISES_PATH, readExerciseFolder } from './exercise-folder.ts';
import { parseExercise } from './parse-exercise.ts';
import { csvReport } from './report/csv.ts';

// A class folder, a journal, and the forms in which grades leave.

const scratch = mkdtempSync(join(tmpdir(), 'drydock-class-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const EXERCISE = join(EXERCISES_PATH, 'shared-page');

function handIn(learner: string, from: string | undefined): void {
  const folder = join(scratch, 'class', learner, 'shared-page');
  mkdirSync(folder, { recursive: true });
  if (from !== undefined) cpSync(join(EXERCISE, from, 'tide-board.yaml'), join(folder, 'tide-board.yaml'));
}

handIn('mira', 'solutions/reference');
handIn('tom', 'mistakes/two-pods');
handIn('ute', undefined);
mkdirSync(join(scratch, 'class', 'broken', 'shared-page'), { recursive: true });
writeFileSync(join(scratch, 'class', 'broken', 'shared-page', 'a.yaml'), 'a: b: c\n');

test('a class as CSV: a line each, and what could not be graded says why', () => {
  const { status, stdout } = gradeHere('shared-page', '--roster', join(scratch, 'class'), '--format', 'csv');
  expect(status).toBe(1);
  expect(stdout.split('\r\n').slice(0, 5)).toEqual([
    'learner,exercise,passed,earned,points,missed,problem',
    expect.stringMatching(/^broken,shared-page,false,0,,,.*a\.yaml:1:/),
    'mira,shared-page,true,10,10,,',
    expect.stringMatching(/^tom,shared-page,false,0,10,runs .*,$/),
    'ute,shared-page,false,0,,,nothing was handed in',
  ]);
});

test('a class as JUnit: a suite each, under the learner’s name', () => {
  const { stdout } = gradeHere('shared-page', '--roster', join(scratch, 'class'), '--format', 'junit');
  expect(stdout).toContain('<testsuite name="mira/shared-page" tests="5" failures="0"');
  expect(stdout).toContain('<testsuite name="ute/shared-page" tests="1" failures="1"');
});

test('a journal is graded by doing it again', () => {
  const exercise = parseExercise('shared-page', readExerciseFolder('shared-page'));
  const cluster = createCluster({ ...exercise.cluster, files: exercise.start });
  const { 'solutions/reference/tide-board.yaml': text = '' } = readExerciseFolder('shared-page');
  cluster.submit({ kind: 'file.write', path: 'tide-board.yaml', text });
  cluster.run('workstation', ['kubectl', 'apply', '-f', 'tide-board.yaml'], 10_000);
  cluster.sim.runFor(5_000);
  const end = { timeMs: cluster.sim.nowMs, step: cluster.sim.steps };
  const run = {
    kind: 'drydock-run',
    format: 1,
    id: 'exercise/shared-page',
    options: { files: exercise.start },
    entries: cluster.journal,
    end,
  };
  const path = join(scratch, 'run.json');
  writeFileSync(path, JSON.stringify(run));
  expect(gradeHere('shared-page', path)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('10 of 10 points'),
  });
  writeFileSync(path, JSON.stringify({ ...run, end: { timeMs: end.timeMs, step: 1 } }));
  const refused = gradeHere('shared-page', path);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('run.json: it cannot be replayed here');
});

test.each([
  [['--all'], '--all needs a class folder'],
  [['shared-page', '--roster', '/nowhere'], '/nowhere cannot be read'],
  [['shared-page', 'a.yaml', '--variant', 'x'], '--variant is a number from 1 on, not "x"'],
  [['shared-page', join(EXERCISE, 'start/tide-board.yaml'), '--variant', '9'], 'has 1 variants; there is no number 9'],
  [['shared-page', '--roster', scratch, '--kubeconfig', 'x'], 'a class is graded on clusters of its own'],
])('%j is refused with a plain sentence', (args, message) => {
  const { status, stderr } = gradeHere(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test('a learner’s name cannot become a formula in a spreadsheet', () => {
  expect(csvReport([{ learner: '=cmd()', exercise: 'a"b', problem: 'x,y' }])).toContain(
    `'=cmd(),"a""b",false,0,,,"x,y"`,
  );
});
