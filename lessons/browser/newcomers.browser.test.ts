import { afterAll, afterEach, expect, test } from 'vitest';
import { type Bench, Visit } from './visit.ts';

// The first lesson, to its end and without help, by two who have never been here.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here('by one who only taps and reads, on a phone', { timeout: 600_000 }, async () => {
  const reader = await visit.reader({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const home = await visit.open(reader, '');
  await home.page.getByRole('link', { name: /^Begin/ }).tap();
  const bench = home;
  await bench.page.locator('dd-run button').first().waitFor();
  for (const step of await bench.page.locator('article :is(dd-predict, dd-run, dd-check, dd-add)').all()) {
    const name = await step.evaluate((element) => element.localName);
    if (name === 'dd-predict') {
      await step.locator('label').first().tap();
      await step.getByRole('button').tap();
    } else if (name === 'dd-check') {
      if ((await step.getAttribute('goal')) === 'one-died') await killByTaps(bench);
      await step.and(bench.page.locator('[data-done]')).waitFor({ timeout: 300_000 });
    } else {
      await step.getByRole('button').first().tap();
      if (name === 'dd-add') await bench.sees(bench.page.locator('dd-editor'), 'lookout');
      else await step.and(bench.page.locator('[data-ran]')).waitFor();
      await backToText(bench);
    }
  }
  expect(await bench.page.locator('article dd-check:not([data-done])').count()).toBe(0);
});

here('by one who knows Docker, types what comes to mind and makes slips', { timeout: 600_000 }, async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  const { keyboard } = bench.page;
  await bench.type('docker ps');
  await bench.sees(bench.screen, 'Containers run in Pods');
  await bench.type('kubctl get nodes');
  await bench.sees(bench.screen, 'kubctl: command not found');
  await bench.type('kubectl aply -f harbour.yaml');
  await bench.sees(bench.screen, /Did you mean this\?\s*apply/);
  await keyboard.type('kubectl apply -f har');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await isDone(bench, 'together');
  await bench.type('kubectl logs -f harbour -c clerk');
  await bench.sees(bench.screen, 'Welcome to nginx');
  await keyboard.press('Control+c');
  await bench.type('kubectl exec harbour -c web -- kill 1');
  await isDone(bench, 'one-died');
  await paste(
    bench,
    'cat >> harbour.yaml <<END\n  - name: lookout\n    image: busybox:1.37\n    command: [sleep, "3600"]\nEND\n',
  );
  await keyboard.press('Enter');
  await bench.type('kubectl apply -f harbour.yaml');
  await bench.sees(bench.screen, 'may not add or remove containers');
  await bench.type('kubectl delete pod harbour --now');
  await bench.sees(bench.screen, /pod "harbour" (force )?deleted/);
  await bench.prompt();
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  await isDone(bench, 'third');
});

async function isDone(bench: Bench, goal: string): Promise<void> {
  await bench.page.locator(`dd-check[goal="${goal}"][data-done]`).waitFor();
}

async function paste(bench: Bench, text: string): Promise<void> {
  await bench.page.evaluate((written) => navigator.clipboard.writeText(written), text);
  await bench.page.locator('dd-terminal[data-shown] .xterm-helper-textarea').focus();
  await bench.page.keyboard.press('Control+Shift+v');
  await bench.sees(bench.screen, /lookout/);
}

/** As the text says it: web in the picture, then the button beside it. */
async function killByTaps(bench: Bench): Promise<void> {
  await bench.page.locator('dd-lit[of="container harbour web"]').last().tap();
  await bench.page.getByRole('button', { name: 'Kill this process: web' }).tap();
  await backToText(bench);
}

/** A reader on a phone looks at what a press has done, and goes back. */
async function backToText(bench: Bench): Promise<void> {
  await bench.page.getByRole('button', { name: 'Back to the text' }).tap();
  await bench.page.locator('dd-bench:not([open])').waitFor({ state: 'attached' });
}
