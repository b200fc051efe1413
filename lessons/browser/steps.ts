import type { Locator } from 'playwright-core';
import type { Bench } from './visit.ts';

// A lesson's own buttons, pressed as a reader presses them who goes through it from the top.

/** A reader hurries the clock, and it goes slower again by itself where the machine cannot follow. */
const SPEED = '10';
const STEPS = 'dd-run, dd-break, dd-clock-order, dd-open, dd-check';
const STEP_MS = 180_000;

/** What the text asks of the reader's own hands before a check: by lesson and check, or file that is opened. */
const BY_HAND: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  'pod-process-group/one-died': (bench) => kill(bench, 'harbour', 'web'),
  'pod-process-group/harbour.yaml': (bench) => append(bench, THIRD_CONTAINER),
  'pause-container/web-died': (bench) => kill(bench, 'harbour', 'web'),
  'pause-container/new-sandbox': (bench) => kill(bench, 'harbour', 'pause'),
};
const THIRD_CONTAINER = '  - name: lookout\n    image: busybox:1.37\n    command: ["sleep", "3600"]\n';

/** What there is to press and to bring about, in the order of the text; the clock is hurried from now on. */
export async function stepsOf(bench: Bench): Promise<readonly Locator[]> {
  await bench.prompt();
  await bench.frame.locator('dd-clock select').selectOption(SPEED);
  return bench.frame.locator(`article :is(${STEPS})`).all();
}

/** Does a step; a check has to turn green where it stands. Returns the check's id. */
export async function takeStep(bench: Bench, slug: string, step: Locator): Promise<string | undefined> {
  const name = await step.evaluate((element) => element.localName);
  if (name === 'dd-run') await run(bench, step);
  else if (name === 'dd-check') return check(bench, slug, step);
  else if (name === 'dd-open') await openFile(bench, slug, step);
  else await step.getByRole('button').first().click();
  return undefined;
}

async function openFile(bench: Bench, slug: string, step: Locator): Promise<void> {
  const byHand = BY_HAND[`${slug}/${await step.getAttribute('file')}`];
  if (byHand === undefined) return;
  await step.getByRole('button').click();
  await byHand(bench);
}

async function check(bench: Bench, slug: string, step: Locator): Promise<string> {
  const goal = (await step.getAttribute('goal')) ?? '';
  await BY_HAND[`${slug}/${goal}`]?.(bench);
  const met = step.and(bench.frame.locator('[data-done]')).waitFor({ timeout: STEP_MS });
  await met.catch((cause) => {
    throw new Error(`the check "${goal}" stays open`, { cause });
  });
  return goal;
}

async function run(bench: Bench, step: Locator): Promise<void> {
  const command = (await step.getAttribute('command')) ?? '';
  await bench.answers(async () => {
    await step.getByRole('button').first().click();
    // What watches goes on until the reader ends it.
    if (/ (--watch|-w|--follow)\b/.test(command)) await bench.interrupts(command);
  });
}

async function kill(bench: Bench, pod: string, container: string): Promise<void> {
  await bench.container(pod, container).getByRole('button').click();
  await bench.press(`Kill this process: ${container}`);
}

async function append(bench: Bench, text: string): Promise<void> {
  await bench.frame.locator('dd-editor .cm-content').click();
  await bench.page.keyboard.press('ControlOrMeta+End');
  await bench.page.keyboard.insertText(text);
}
