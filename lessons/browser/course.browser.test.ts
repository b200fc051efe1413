import { readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

// What holds the lessons together: languages, the map, search, progress, the playground.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here('the language changes in the middle of a lesson, and neither the place nor the cluster is lost', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  const third = () =>
    bench.page.evaluate(() => Math.round(document.querySelectorAll('#text h2')[2]!.getBoundingClientRect().top));
  await bench.page.evaluate(() =>
    scrollBy(0, document.querySelectorAll('#text h2')[2]!.getBoundingClientRect().top - 40),
  );
  const before = await third();
  await bench.page.locator('dd-language a').click();
  await bench.page.waitForURL('**/zh/lessons/pod-process-group/');
  await bench.runs('harbour');
  expect(await bench.page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(Math.abs((await third()) - before)).toBeLessThan(60);
  await bench.tab('终端').waitFor();
});

here('the map shows what is done, and progress goes to another device as a link and as a file', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.sees(bench.page.locator('dd-check').first(), 'Done');
  await bench.page.goto(`${visit.url}/`);
  await bench.sees(bench.page.locator('[data-goals]').first(), '1 of 3 checks');
  await bench.sees(bench.page.locator('.continue'), 'A Pod is a process group');
  await bench.press('Copy a link');
  await bench.sees(bench.page.locator('dd-carry'), 'on the clipboard');
  const link = await bench.page.evaluate(() => navigator.clipboard.readText());
  const [download] = await Promise.all([bench.page.waitForEvent('download'), bench.press('Save as a file')]);
  const file = readFileSync(await download.path(), 'utf8');
  const other = await visit.open(await visit.reader(), link.slice(visit.url.length + 1));
  await other.sees(other.page.locator('[data-goals]').first(), '1 of 3 checks');
  const third = await visit.open(await visit.reader(), '');
  await third.page.setInputFiles('dd-carry input', {
    name: 'p.json',
    mimeType: 'application/json',
    buffer: Buffer.from(file),
  });
  await third.sees(third.page.locator('[data-goals]').first(), '1 of 3 checks');
});

test.skipIf(visit === undefined).each([
  ['not json', 'it is not a file that Drydock wrote'],
  ['{"format":"other"}', 'this is not a file of progress'],
  ['{"format":"drydock-progress","version":1,"achieved":{"a":1}}', 'it is damaged'],
])('a foreign file of progress is refused in a sentence: %s', async (text, message) => {
  const home = await visit.open(await visit.reader(), '');
  await home.page.setInputFiles('dd-carry input', {
    name: 'p.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await home.sees(home.page.locator('dd-carry'), message);
});

here('the search finds a word in a lesson, by keyboard alone', async () => {
  const home = await visit.open(await visit.reader(), '');
  await home.page.locator('dd-search button').first().waitFor();
  await home.page.keyboard.press('/');
  await home.page.keyboard.type('pause container');
  await home.sees(home.page.locator('.found'), 'The pause container');
  expect(await home.flaws()).toEqual([]);
  await home.page.keyboard.press('Enter');
  await home.page.waitForURL('**/lessons/pause-container/');
});

here('the playground makes the cluster that is asked for, and keeps it', async () => {
  const bench = await visit.open(await visit.reader(), 'playground/');
  await bench.prompt();
  const { page } = bench;
  await page.getByLabel('Worker machines').fill('4');
  await page.getByLabel('GPUs of each').selectOption('2');
  await page.getByLabel('Control planes').selectOption('3');
  await page.getByLabel('Kubernetes release').selectOption('v1.36.0');
  await page.getByLabel('With a storage driver').check();
  await bench.press('Make this cluster');
  await page.locator('dd-cluster .room[data-node=node-4]').waitFor();
  await page.reload();
  await page.locator('dd-cluster .room[data-node=node-4]').waitFor();
  await bench.prompt();
  const columns = 'V:.status.nodeInfo.kubeletVersion,G:.status.capacity.nvidia\\.com/gpu';
  await bench.type(`kubectl get node node-4 --no-headers -o custom-columns='${columns}'`);
  await bench.sees(bench.screen, /v1\.36\.0\s+2/);
  await bench.type('kubectl get node control-plane-3 --no-headers');
  await bench.sees(bench.screen, /control-plane-3 +Ready +control-plane/);
  await bench.type('kubectl get storageclass');
  await bench.sees(bench.screen, 'standard (default)');
});

here('after the first visit the site opens without a network, and its clusters run', async () => {
  const reader = await visit.reader({ serviceWorkers: 'allow' });
  const first = await visit.open(reader, '');
  await first.page.evaluate(async () => {
    const { active, installing, waiting } = await navigator.serviceWorker.ready;
    if (active?.state === 'activated') return;
    await new Promise((done) => (active ?? installing ?? waiting)!.addEventListener('statechange', done));
  });
  await reader.setOffline(true);
  const bench = await visit.open(reader, LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  await bench.tab('Files').click();
  await bench.page.locator('dd-editor .cm-content').waitFor();
  await bench.page.locator('dd-language a').click();
  await bench.page.waitForURL('**/zh/**');
  await bench.runs('harbour');
});
