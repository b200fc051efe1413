import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import setup from './built-site.ts';
import { launchChromium } from './chromium.ts';
import { serveSite } from './site.ts';
import { Bench } from './visit.ts';
import { total, weightOfFirstLesson } from './weight.ts';

// What a learner waits for and what a tab costs: `node lessons/browser/figures.ts` prints it and fails nothing.

const LESSON = 'lessons/pod-process-group/';
const ROUNDS = 5;
const HOUR_MS = 3_600_000;
/** As Lighthouse takes a phone to be: its processor, and its line. */
const PHONE = { slower: 4, line: { latencyMs: 150, bytesPerSecond: (1_638_400 / 8) * 0.9 } };

interface Visited {
  readonly promptMs: number;
  /** From the Enter after `kubectl get nodes` to its answer. */
  readonly kubectlMs: number;
}

async function visitLesson(context: BrowserContext, url: string, phone: boolean): Promise<Visited> {
  const page = await context.newPage();
  if (phone) await slowDown(page);
  const bench = new Bench(page);
  const began = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await bench.prompt();
  const promptMs = performance.now() - began;
  await bench.type('kubectl get nodes');
  const asked = performance.now();
  await bench.sees(bench.screen, 'control-plane');
  const kubectlMs = performance.now() - asked;
  await page.close();
  return { promptMs, kubectlMs };
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: PHONE.slower });
}

/** Medians of several readers' first and second visits. */
async function waiting(browser: Browser, url: string, phone: boolean): Promise<void> {
  const visits: { cold: Visited[]; warm: Visited[] } = { cold: [], warm: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext();
    visits.cold.push(await visitLesson(context, url, phone));
    visits.warm.push(await visitLesson(context, url, phone));
    await context.close();
  }
  for (const [name, all] of Object.entries(visits)) {
    const prompt = median(all.map(({ promptMs }) => promptMs));
    const kubectl = median(all.map(({ kubectlMs }) => kubectlMs));
    report(`${phone ? 'phone' : 'this machine'}, ${name}: prompt`, `${prompt.toFixed(0)} ms`);
    report(`${phone ? 'phone' : 'this machine'}, ${name}: first kubectl`, `${kubectl.toFixed(0)} ms more`);
  }
}

/** What the tab's process keeps in memory before and after an hour of its cluster's time, with a Deployment at work. */
async function hour(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  const bench = new Bench(page);
  await page.goto(url);
  await bench.prompt();
  await bench.answers(() => bench.type('kubectl create deployment web --image=nginx:1.29 --replicas=3'));
  await page.locator('dd-cluster .pod[data-pod^=web][data-tone=good]').nth(2).waitFor();
  report('tab with a Deployment of three', await memory(browser));
  const clock = () => page.locator('.clock-face').evaluate((face) => Date.parse((face as HTMLTimeElement).dateTime));
  const began = await clock();
  await page.getByLabel('Speed').selectOption('100');
  await page.waitForFunction(
    (end) => Date.parse(document.querySelector<HTMLTimeElement>('.clock-face')!.dateTime) >= end,
    began + HOUR_MS,
    { timeout: 0, polling: 1000 },
  );
  report('an hour of its time later', await memory(browser));
}

/** Proportional memory of the renderers, as Linux accounts for it. */
async function memory(browser: Browser): Promise<string> {
  if (process.platform !== 'linux') return 'is measured on Linux only';
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const kib = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => pssKib(id));
  return `${(Math.max(...kib) / 1024).toFixed(0)} MiB`;
}

function pssKib(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(44)} ${figure}`);
}

setup();
const { first, later } = weightOfFirstLesson();
report('before the first prompt, gzipped', `${total(first)} bytes`);
report('later, when asked for', `${total(later)} bytes`);
const browser = await launchChromium();
if (browser === undefined) throw new Error('no Chromium for this platform was found');
const site = await serveSite();
await waiting(browser, `${site.url}/${LESSON}`, false);
const far = await serveSite(undefined, PHONE.line);
await waiting(browser, `${far.url}/${LESSON}`, true);
await far.close();
await hour(browser, `${site.url}/playground/`);
await browser.close();
await site.close();
