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
  await bench.sees(bench.page.locator('.report'), 'All of it holds', 40_000);
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
  await bench.sees(report, 'of 10 points', 40_000);
  await bench.sees(report.locator('li', { hasText: 'web answers' }), 'Seen');
  await report
    .getByRole('button', { name: /tide-board\.yaml, line/ })
    .first()
    .click();
  await bench.page.locator('dd-editor .cm-lint-marker, dd-editor .cm-lintRange').first().waitFor();
  await bench.press('Show hint 1 of');
  expect(await bench.page.locator('.hint:visible').count()).toBe(1);
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
  await bench.sees(bench.page.locator('.report'), '0 of 10 points', 40_000);
});
