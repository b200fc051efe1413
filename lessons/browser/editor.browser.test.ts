import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const EXERCISE = 'exercises/shared-page/';

/** More than CodeMirror's `interactionDelay`: so long after a list has opened, Enter is not meant for it yet. */
const UNHEEDED_MS = 100;

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here(
  'the editor completes fields and values, tells what they mean, and marks what the kind does not have',
  async () => {
    const bench = await visit.open(await visit.reader(), EXERCISE);
    await bench.prompt();
    await bench.press('Open in the editor');
    await bench.write('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  restartPol');
    const { keyboard } = bench.page;
    await keyboard.type('i');
    const offered = bench.page.locator('.cm-tooltip-autocomplete [aria-selected]');
    await bench.sees(offered, 'restartPolicy');
    await bench.sees(bench.page.locator('.cm-completionInfo'), 'Restart policy for all containers');
    expect(await bench.flaws()).toEqual([]);
    await bench.page.waitForTimeout(UNHEEDED_MS);
    await keyboard.press('Enter');
    await keyboard.type('Nev');
    await bench.sees(offered, 'Never');
    // What was offered for fewer letters opens anew for the last.
    await bench.sees(offered.locator('.cm-completionMatchedText'), 'Nev');
    await bench.page.waitForTimeout(UNHEEDED_MS);
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await keyboard.type('hostnaem: x');
    await keyboard.press('Escape');
    await bench.page.locator('.cm-lint-marker-warning').first().waitFor();
    expect(await bench.page.locator('dd-editor .cm-content').innerText()).toContain('restartPolicy: Never');
  },
);

here('a file is compared with the cluster', async () => {
  const bench = await visit.open(await visit.reader(), 'lessons/pod-process-group/');
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  await bench.tab('Files').click();
  await bench.page.locator('dd-editor .cm-content').waitFor();
  await bench.press('Compare with the cluster');
  await bench.sees(bench.screen, 'kubectl diff -f harbour.yaml');
});

here('a script is run, not compared', async () => {
  const bench = await visit.open(await visit.reader(), 'exercises/back-two-steps/');
  await bench.prompt();
  await bench.press('Open in the editor');
  await bench.write('kubectl rollout history deployment timetable\n');
  await bench.press('Run this script');
  await bench.sees(bench.screen, /bash back\.sh.*REVISION/s);
  await bench.tab('Files').click();
  expect(await bench.page.getByRole('button', { name: 'Compare with the cluster' }).count()).toBe(0);
});

here('lines that a lesson asks for are added by a button, once', async () => {
  const bench = await visit.open(await visit.reader(), 'lessons/pod-process-group/');
  // Before there is a workstation: the file is neither missing nor begun anew.
  await bench.press('Add them for me');
  await bench.sees(bench.page.locator('dd-editor .cm-content'), 'lookout');
  await bench.sees(bench.page.locator('dd-editor .file-status'), 'Saved');
  await bench.press('Add them for me');
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.container('harbour', 'lookout').waitFor();
  await bench.type('grep -c lookout harbour.yaml');
  await bench.sees(bench.screen, /lookout harbour\.yaml\s*1/);
});

here('what kubectl says about a manifest is marked in its line until the text changes', async () => {
  const bench = await visit.open(await visit.reader(), EXERCISE);
  await bench.prompt();
  await bench.press('Open in the editor');
  const manifest =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: Main\n    image: nginx';
  await bench.write(manifest);
  const file = await bench.page.locator('dd-editor select').inputValue();
  await bench.sees(bench.page.locator('dd-editor .file-status'), 'Saved');
  await bench.tab('Terminal').click();
  await bench.type(`kubectl apply -f ${file}`);
  await bench.sees(bench.screen, 'is invalid');
  await bench.tab('Files').click();
  const mark = bench.page.locator('.cm-lint-marker-error');
  await mark.first().waitFor();
  await mark.first().hover();
  await bench.sees(bench.page.locator('.cm-tooltip-lint'), 'spec.containers[0].name: Invalid value: "Main"');
  await bench.page.mouse.move(0, 0);
  await bench.page.locator('.cm-tooltip-lint').waitFor({ state: 'detached' });
  await bench.write(manifest.replace('Main', 'main'));
  await mark.first().waitFor({ state: 'detached' });
});
