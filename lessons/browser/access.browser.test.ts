import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';
import { total, weightOfFirstLesson } from './weight.ts';

// Everybody can use it: by keyboard, with a screen reader, on a phone, in light and dark, and with a slow line.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';
const PAGES = [
  '',
  'zh/',
  LESSON,
  `zh/${LESSON}`,
  'lessons/pause-container/',
  'exercises/shared-page/',
  'playground/',
  'exam/',
  'nowhere/',
];

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

for (const colorScheme of ['light', 'dark'] as const) {
  here(`axe finds nothing (${colorScheme})`, async () => {
    const reader = await visit.reader({ colorScheme });
    for (const path of PAGES) {
      const bench = await visit.open(reader, path);
      if (path === 'nowhere/') visit.complaints.length = 0;
      if (/lessons|exercises|playground/.test(path)) await bench.prompt();
      expect(await bench.flaws(), path).toEqual([]);
      await bench.page.close();
    }
    const bench = await visit.open(reader, LESSON);
    await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
    await bench.runs('harbour');
    await bench.container('harbour', 'web').getByRole('button').click();
    await bench.sees(bench.page.locator('dd-inspector'), 'Processes');
    expect(await bench.flaws(), 'the inspector').toEqual([]);
    await bench.tab('Files').click();
    await bench.page.locator('dd-editor .cm-content').waitFor();
    await bench.page.getByRole('button', { name: 'List', exact: true }).click();
    expect(await bench.flaws(), 'the editor and the list').toEqual([]);
  });
}

here('on a phone the bench is a drawer with the keys a phone lacks', async () => {
  const reader = await visit.reader({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const bench = await visit.open(reader, LESSON);
  await bench.press('Open the cluster and the terminal');
  await bench.prompt();
  for (const key of ['Tab', 'Ctrl', 'Esc', 'Arrow up', 'Arrow down', 'Pipe', 'Slash', 'Dash']) {
    expect(await bench.page.getByRole('button', { name: key, exact: true }).isVisible(), key).toBe(true);
  }
  await bench.type('echo first');
  await bench.sees(bench.screen, /first.*first/s);
  await bench.press('Arrow up');
  await bench.page.keyboard.press('Enter');
  await bench.sees(bench.screen, /first.*first.*first.*first/s);
  expect(await bench.flaws()).toEqual([]);
  expect(await bench.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await bench.press('Back to the text');
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.sees(bench.screen, 'pod/harbour created');
  // The picture stands above the terminal, until the keyboard takes the room.
  await bench.runs('harbour');
  expect(await bench.picture.isVisible()).toBe(true);
  await bench.page.setViewportSize({ width: 390, height: 420 });
  expect(await bench.picture.isVisible()).toBe(false);
  await bench.page.setViewportSize({ width: 390, height: 844 });
  await bench.tab('Cluster').click();
  await bench.runs('harbour');
  expect(await bench.flaws()).toEqual([]);
});

here('no page is wider than the narrowest phone', async () => {
  const reader = await visit.reader({ viewport: { width: 320, height: 640 }, isMobile: true });
  for (const path of ['', 'zh/', LESSON, `zh/${LESSON}`, 'zh/lessons/behind-the-address/']) {
    const { page } = await visit.open(reader, path);
    await page.locator('dd-theme select').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320);
  }
});

here('on paper a lesson is whole: nothing is cut off, and a dark theme prints dark on white', async () => {
  const { page } = await visit.open(await visit.reader({ colorScheme: 'dark' }), 'lessons/control-loop/');
  await page.setViewportSize({ width: 680, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('article pre')]
      .filter(
        (pre) => pre.checkVisibility() && (pre.scrollWidth > pre.clientWidth || pre.scrollHeight > pre.clientHeight),
      )
      .map((pre) => pre.textContent?.slice(0, 40)),
  );
  expect(cut).toEqual([]);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).color)).toBe('rgb(29, 35, 38)');
  expect(await page.locator('dd-bench').isVisible()).toBe(false);
  const address = await page.evaluate(() => getComputedStyle(document.querySelector('article a')!, '::after').content);
  expect(address).toContain('https://kubernetes.io/');
});

here('what the keyboard opens has the focus, and a check gives it back', async () => {
  const bench = await visit.open(await visit.reader(), 'exercises/shared-page/');
  const { keyboard } = bench.page;
  await bench.prompt();
  await bench.page.getByRole('button', { name: 'Open in the editor' }).focus();
  await keyboard.press('Enter');
  await bench.page.locator('dd-editor .cm-content:focus').waitFor();
  const check = bench.page.getByRole('button', { name: 'Check my work' });
  await check.focus();
  await keyboard.press('Enter');
  await bench.sees(bench.page.locator('.report'), '0 of 10 points');
  await expect.poll(() => check.evaluate((button) => button === document.activeElement)).toBe(true);
});

here('the keyboard alone is enough, and no place holds it', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  const { keyboard } = bench.page;
  await bench.prompt();
  await keyboard.press('Tab');
  await bench.sees(bench.page.locator(':focus'), 'Skip to the text');
  await keyboard.press('Tab');
  await bench.sees(bench.page.locator(':focus'), 'Skip to the cluster');
  await keyboard.press('Enter');
  await keyboard.press('Tab');
  expect(await bench.page.locator('dd-bench :focus').count()).toBe(1);
  await bench.page.getByRole('link', { name: 'Skip to the text' }).focus();
  await keyboard.press('Enter');
  for (let presses = 0; presses < 60; presses++) {
    await keyboard.press('Tab');
    if ((await bench.page.locator('dd-run button:focus').count()) > 0) break;
  }
  await keyboard.press('Enter');
  await bench.sees(bench.screen, 'pod/harbour created');
  // The terminal has the focus, and takes Tab for itself.
  await keyboard.type('kubectl get po');
  await keyboard.press('Tab');
  expect(await bench.page.locator('.xterm-helper-textarea:focus').count()).toBe(1);
  // Back to where one read on, which is far from here by Tab.
  await keyboard.press('Control+]');
  await bench.sees(bench.page.locator('dd-run :focus'), 'Run');
  await bench.page.getByRole('button', { name: 'Leave terminal' }).focus();
  for (const _ of ['Clean the screen', 'Find', 'the terminal']) await keyboard.press('Shift+Tab');
  expect(await bench.page.locator('.xterm-helper-textarea:focus').count()).toBe(1);
  await keyboard.press('Shift+Tab');
  expect(await bench.page.locator('.xterm-helper-textarea:focus').count()).toBe(0);
  await bench.tab('Terminal').focus();
  await keyboard.press('ArrowRight');
  const editor = bench.page.locator('dd-editor .cm-content');
  await editor.focus();
  const told = await editor.evaluate(
    (text) => document.getElementById(text.getAttribute('aria-describedby')!)?.innerText,
  );
  expect(told).toBe('Esc, then Tab leaves the editor');
  await keyboard.press('Escape');
  // Not everybody is quick.
  await bench.page.waitForTimeout(3000);
  await keyboard.press('Tab');
  expect(await bench.page.locator('.cm-content:focus').count()).toBe(0);
  await bench.runs('harbour');
  await bench.container('harbour', 'web').getByRole('button').focus();
  await keyboard.press('Enter');
  await bench.sees(bench.page.locator('dd-inspector h3:focus'), 'Pod harbour');
  await keyboard.press('Escape');
  expect(await bench.container('harbour', 'web').locator('button:focus').count()).toBe(1);
});

here('a screen reader hears what the cluster does, and may walk it as a tree', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.sees(bench.page.locator('dd-cluster [role=status]'), /Pod harbour on node-\d: Running/);
  await bench.page.getByRole('button', { name: 'List', exact: true }).click();
  const tree = bench.page.getByRole('tree');
  await tree.getByRole('treeitem', { name: /^harbour: Running/ }).waitFor();
  await tree.locator('[tabindex="0"]').focus();
  await bench.page.keyboard.press('ArrowDown');
  await bench.page.keyboard.press('ArrowDown');
  expect(await bench.page.locator('[role=treeitem]:focus').textContent()).toMatch(/harbour|pause|node/);
});

here('the theme follows the system until one is chosen, and the choice stays', async () => {
  const bench = await visit.open(await visit.reader({ colorScheme: 'dark' }), LESSON);
  const ground = () => bench.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await bench.page.getByLabel('Theme').selectOption('light');
  const light = await ground();
  expect(light).not.toBe(dark);
  await bench.page.reload();
  expect(await ground()).toBe(light);
});

here('nothing leaves the page, and it keeps no cookie', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, LESSON);
  await bench.prompt();
  expect(await reader.cookies()).toEqual([]);
  expect(await bench.page.locator('script:not([src])').count()).toBe(0);
  const policy = await bench.page.locator('meta[http-equiv=content-security-policy]').getAttribute('content');
  expect(policy).toContain("default-src 'self'");
});

here('without script the lesson can still be read', async () => {
  const bench = await visit.open(await visit.reader({ javaScriptEnabled: false }), LESSON);
  await bench.sees(bench.page.locator('article'), 'A Pod is a family of processes');
  expect(await bench.page.locator('.predict-answer').first().isVisible()).toBe(true);
});

test('the first lesson does not grow heavier unnoticed', () => {
  const { first, later } = weightOfFirstLesson();
  console.log(`first lesson: ${total(first)} bytes gzipped before the prompt, ${total(later)} when asked for`);
  // It holds what is there now. What could come later still: the shell's parser (40,000), the OpenAPI documents (7,000). The
  // page without the engine and the terminal is 60,000.
  expect(total(first)).toBeLessThanOrEqual(770_800);
  // What is weighed is there: without the thread's or the terminal's file it would be a small part of it.
  for (const name of ['engine.worker', 'xterm-screen', 'BenchPage'])
    expect([...first.keys()]).toContainEqual(expect.stringContaining(name));
  for (const name of ['late-', 'yaml-editor', 'journal-link'])
    expect([...later.keys()]).toContainEqual(expect.stringContaining(name));
});
