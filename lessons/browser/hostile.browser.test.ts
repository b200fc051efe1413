import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

// Bad input: the page stays alive, says what is the matter, and loses nothing.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here('a paste of 10 MB is refused in a sentence', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.evaluate(() => navigator.clipboard.writeText('x'.repeat(10_000_000)));
  await bench.page.keyboard.press('Control+v');
  await bench.sees(bench.page.locator('dd-terminal'), 'That paste is 10.0 MB');
  await bench.type('echo alive');
  await bench.sees(bench.screen, /alive.*alive/s);
});

here('a paste of a few lines arrives', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.evaluate(() => navigator.clipboard.writeText('echo pasted'));
  await bench.page.keyboard.press('Control+Shift+v');
  await bench.sees(bench.screen, 'echo pasted');
});

here('escape sequences neither type, nor rename the page, nor open anything', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  const title = await bench.page.title();
  await bench.type(
    "printf '\\033]0;pwned\\007\\033[c\\033[6n\\033[5n\\033]11;?\\007\\033[>q\\033P$q\"p\\033\\\\'; echo end",
  );
  await bench.sees(bench.screen, /end/);
  await bench.type("printf '\\033]8;;https://example.com/\\007link\\033]8;;\\007\\n'");
  await bench.page.waitForTimeout(500);
  expect(await bench.page.title()).toBe(title);
  expect(await bench.screen.textContent()).not.toMatch(/\?1;2c|rgb:|XTerm/);
  await bench.page.locator('dd-terminal .screen').click({ position: { x: 30, y: 40 } });
  expect(bench.page.context().pages()).toHaveLength(1);
  await bench.press('Clean the screen');
  await bench.type('echo clean');
  await bench.sees(bench.screen, /clean.*clean/s);
});

here('a flood of output and an endless loop leave the page alive', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('yes');
  await bench.page.waitForTimeout(2000);
  await bench.page.getByLabel('Theme').selectOption('dark');
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.keyboard.press('Control+c');
  await bench.type('while true; do :; done');
  await bench.page.waitForTimeout(1500);
  await bench.page.keyboard.press('Control+c');
  await bench.type('clear; echo still here');
  await bench.sees(bench.screen, /still here\s*\S* ?\$/);
});

here('markup in a name stays text', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('kubectl create namespace "<img src=x onerror=alert(1)>"');
  await bench.sees(bench.screen, /invalid|error/i);
  await bench.type("echo '<img src=x onerror=alert(2)>'");
  await bench.sees(bench.screen, '<img src=x onerror=alert(2)>');
  expect(await bench.page.locator('dd-bench img').count()).toBe(0);
});

here('a file that is too large is refused in a sentence', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.tab('Files').click();
  await bench.write('# '.concat('x'.repeat(2_000_000)));
  await bench.sees(bench.page.locator('dd-editor'), 'more than the 1 MB');
});

here('an engine that cannot be loaded is told in a sentence, with a way on', async () => {
  const reader = await visit.reader();
  await reader.route('**/engine.worker*.js', (route) => route.abort());
  const bench = await visit.open(reader, LESSON);
  await bench.sees(bench.notice, 'The cluster has stopped, through a fault of Drydock');
  await reader.unroute('**/engine.worker*.js');
  await bench.press('Go back to before your last action');
  await bench.prompt();
  expect(await bench.notice.isVisible()).toBe(false);
  visit.complaints.length = 0;
});

here('a browser that keeps nothing is told of, and everything else works', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
  const bench = await visit.open(reader, LESSON);
  await bench.sees(bench.notice, 'does not let us keep your work');
  await bench.type('kubectl get nodes');
  await bench.sees(bench.screen, 'node-2');
});
