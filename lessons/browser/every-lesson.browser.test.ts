import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, Visit } from './visit.ts';

// Every lesson, from its first button to its last check, as a reader goes through it who presses what the text offers:
// commands run, things break, the clock is hurried, and each check has to turn green where it stands.

const visit = (await Visit.begin())!;
const LESSONS = join(import.meta.dirname, '../i18n/en/lessons');
const STEPS = 'dd-run, dd-break, dd-clock-order, dd-open, dd-check';
/** A reader hurries the clock, and it goes slower again by itself where the machine cannot follow. */
const SPEED = '10';
const STEP_MS = 60_000;

/** What the text asks of the reader's own hands before a check: by lesson and check, or file that is opened. */
const BY_HAND: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  'pod-process-group/one-died': (bench) => kill(bench, 'harbour', 'web'),
  'pod-process-group/harbour.yaml': (bench) => append(bench, THIRD_CONTAINER),
  'pause-container/web-died': (bench) => kill(bench, 'harbour', 'web'),
  'pause-container/new-sandbox': (bench) => kill(bench, 'harbour', 'pause'),
};
const THIRD_CONTAINER = '  - name: lookout\n    image: busybox:1.37\n    command: ["sleep", "3600"]\n';

beforeAll(() => expect(visit).toBeDefined());
afterAll(() => visit?.end());

// Two at a time: a lesson mostly waits for its cluster's clock.
describe.concurrent('every lesson, by its own buttons', () => {
  for (const file of readdirSync(LESSONS).filter((name) => name.endsWith('.mdx'))) {
    const slug = file.replace('.mdx', '');
    test.skipIf(visit === undefined)(slug, { timeout: 300_000 }, async () => {
      const reader = await visit.reader();
      const bench = await visit.open(reader, `lessons/${slug}/`);
      await bench.prompt();
      await bench.page.locator('dd-clock select').selectOption(SPEED);
      for (const step of await bench.page.locator(`article :is(${STEPS})`).all()) await take(bench, slug, step);
      expect(await bench.page.locator('article dd-check:not([data-done])').count()).toBe(0);
      await reader.close();
    });
  }
});

async function take(bench: Bench, slug: string, step: Locator): Promise<void> {
  const name = await step.evaluate((element) => element.localName);
  if (name === 'dd-run') return run(bench, step);
  if (name !== 'dd-check' && name !== 'dd-open') return step.getByRole('button').first().click();
  const what = await step.getAttribute(name === 'dd-check' ? 'goal' : 'file');
  const byHand = BY_HAND[`${slug}/${what}`];
  if (name === 'dd-open') {
    if (byHand === undefined) return;
    await step.getByRole('button').click();
    return byHand(bench);
  }
  await byHand?.(bench);
  const met = step.and(bench.page.locator('[data-done]')).waitFor({ timeout: STEP_MS });
  await met.catch((cause) => {
    throw new Error(`the check "${what}" stays open`, { cause });
  });
}

async function run(bench: Bench, step: Locator): Promise<void> {
  const command = (await step.getAttribute('command')) ?? '';
  await bench.answers(async () => {
    await step.getByRole('button').first().click();
    // What watches goes on until the reader ends it.
    if (!/ (--watch|-w|--follow)\b/.test(command)) return;
    await step.and(bench.page.locator('[data-ran]')).waitFor({ timeout: STEP_MS });
    await bench.page.waitForTimeout(500);
    await bench.page.keyboard.press('Control+c');
  });
}

async function kill(bench: Bench, pod: string, container: string): Promise<void> {
  await bench.container(pod, container).getByRole('button').click();
  await bench.press(`Kill this process: ${container}`);
}

async function append(bench: Bench, text: string): Promise<void> {
  await bench.page.locator('dd-editor .cm-content').click();
  await bench.page.keyboard.press('ControlOrMeta+End');
  await bench.page.keyboard.insertText(text);
}
