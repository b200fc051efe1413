import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const EXERCISE = 'exercises/shared-page/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

function answer(name: string): string {
  return readFileSync(resolve(import.meta.dirname, `../../exercises/shared-page/${name}/tide-board.yaml`), 'utf8');
}

here('solved, reloaded, and still solved', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, EXERCISE);
  await bench.prompt();
  await bench.press('Open in the editor');
  await bench.write(answer('solutions/reference'));
  await bench.tab('Terminal').click();
  await bench.type('kubectl apply -f tide-board.yaml');
  await bench.runs('tide-board');
  await bench.sees(bench.page.locator('[data-goal=runs]'), 'true now');
  await bench.press('Check my work');
  await bench.sees(bench.page.locator('.report'), 'All of it holds');
  await bench.sees(bench.page.locator('dd-goals'), 'You have solved this exercise');
  expect(await bench.page.locator('.solution').isVisible()).toBe(true);
  await bench.page.reload();
  await bench.sees(bench.page.locator('dd-goals'), 'You have solved this exercise');
  await bench.runs('tide-board');
  const home = await visit.open(reader, '');
  await home.sees(home.page.locator('dd-progress li', { hasText: 'One writes' }), 'Done');
});

here('what is wrong is said with what was seen and where it comes from', async () => {
  const bench = await visit.open(await visit.reader(), EXERCISE);
  await bench.prompt();
  await bench.press('Open in the editor');
  await bench.write(answer('mistakes/separate-volumes'));
  await bench.tab('Terminal').click();
  await bench.type('kubectl apply -f tide-board.yaml');
  await bench.runs('tide-board');
  await bench.press('Check my work');
  const report = bench.page.locator('.report');
  await bench.sees(report, 'of 10 points');
  await bench.sees(report.locator('li', { hasText: 'web answers' }), 'Seen');
  await report
    .getByRole('button', { name: /tide-board\.yaml, line/ })
    .first()
    .click();
  await bench.page.locator('dd-editor .cm-lint-marker, dd-editor .cm-lintRange').first().waitFor();
  for (const step of ['1 of 3', '2 of 3', '3 of 3']) {
    await bench.press('A hint');
    await bench.sees(bench.page.locator('.said'), `web answers on port 80 with the tide page (${step})`);
  }
  await bench.sees(bench.page.locator('.said'), 'answered with status 403');
});

here('broken YAML is marked in the editor, and kubectl says why', async () => {
  const bench = await visit.open(await visit.reader(), EXERCISE);
  await bench.prompt();
  await bench.press('Open in the editor');
  await bench.write('apiVersion: v1\nkind: Pod\nmetadata: [oops\n');
  await bench.page.locator('dd-editor .cm-lint-marker-error').first().waitFor();
  await bench.tab('Terminal').click();
  await bench.type('kubectl apply -f tide-board.yaml');
  await bench.sees(bench.screen, /error/);
  await bench.press('Check my work');
  const report = bench.page.locator('.report');
  await bench.sees(report, '0 of 10 points');
  expect(await report.textContent()).not.toContain('since your last command');
  await bench.tab('Files').click();
  await bench.write('kind: Pod\n');
  await bench.sees(bench.page.locator('.file-status'), 'Saved');
  await bench.press('Check my work');
  await bench.sees(report, 'You have edited tide-board.yaml since your last command');
});

here('the words of an exercise work in the terminal; undo and reset ask first', async () => {
  const bench = await visit.open(await visit.reader(), EXERCISE);
  await bench.type('goal');
  await bench.sees(bench.screen, '· The Pod tide-board runs');
  await bench.type('hint');
  await bench.sees(bench.screen, '(1 of 3)');
  await bench.type('kubectl run other --image=nginx:1.29');
  await bench.runs('other');
  await bench.type('check');
  await bench.sees(bench.screen, '0 of 10 points');
  await bench.type('solution');
  await bench.sees(bench.screen, 'once your own passes');
  await bench.type('kubectl delete pod other --now');
  await bench.pod('other').waitFor({ state: 'detached' });
  await bench.type('undo');
  await bench.press('Yes, go back');
  await bench.runs('other');
  await bench.type('reset');
  await bench.press('Keep it');
  await bench.runs('other');
});

here('an exam: drawn, handed in without a word of what is right, and scored by topic', async () => {
  const reader = await visit.reader();
  const exam = await visit.open(reader, 'exam/');
  expect(await exam.flaws()).toEqual([]);
  await exam.press('Begin the exam');
  await exam.page.locator('.exam-tasks a').first().click();
  await exam.prompt();
  await exam.sees(exam.page.locator('dd-exam-bar'), 'left');
  expect(await exam.page.locator('.hints').isVisible()).toBe(false);
  expect(await exam.page.locator('.goal-note').isVisible()).toBe(false);
  expect(await exam.page.locator('dd-goals .word').count()).toBe(0);
  await exam.press('Hand in');
  await exam.sees(exam.page.locator('.report'), 'Handed in');
  expect(await exam.page.locator('.results').count()).toBe(0);
  await exam.page.getByRole('link', { name: 'All tasks of this exam' }).last().click();
  await exam.sees(exam.page.locator('.exam-tasks'), 'handed in');
  await exam.press('Finish now');
  await exam.sees(exam.page.locator('.exam-result'), /Score.*\d+ of \d+ points/s);
  await exam.page.locator('.exam-result a').first().click();
  await exam.page.waitForURL(/\/#row-\d+$/);
});
