import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { Bench, Visit } from './visit.ts';
import { laptop } from './workshop-hosts.ts';
import { openRoom } from './workshop-room.ts';

// A workshop for two who have no mouse: Ada joins and asks for help, her instructor looks, helps, and reads her report.

const host = await laptop(['--lessons', 'pod-process-group', '--exercises', 'shared-page']);
const visit = (await Visit.begin(host.url))!;
const FAR = 150;

afterAll(async () => {
  await visit?.end();
  await host.end();
});

test.skipIf(visit === undefined)('a workshop by the keyboard alone', { timeout: 600_000 }, async () => {
  const room = await openRoom(host, visit);
  const board = room.board.page;
  const ada = await join();
  await goTo(ada.page, 'Run in the terminal: kubectl apply -f harbour.yaml');
  await ada.page.keyboard.press('Enter');
  await ada.runs('harbour');
  // Back from the terminal to where she read on.
  await ada.page.keyboard.press('Control+]');
  expect(await focused(ada.page)).toBe('Run in the terminal: kubectl apply -f harbour.yaml');
  await goTo(ada.page, 'Raise hand');
  await ada.page.keyboard.press('Enter');

  await room.row('Ada').getByText('✋').waitFor();
  const mirror = new Bench(await opens(board, 'Look: Ada'));
  await mirror.runs('harbour');
  await goTo(mirror.page, 'New terminal');
  await mirror.page.keyboard.press('Enter');
  await mirror.prompt();
  await mirror.page.keyboard.type('kubectl annotate pod harbour hint=look\n');
  await mirror.sees(mirror.screen, 'pod/harbour annotated');
  await mirror.page.keyboard.press('Control+]');
  await goTo(mirror.page, 'Hand over what I did', 'Shift+Tab');
  await mirror.page.keyboard.press('Enter');

  await ada.page.getByRole('button', { name: 'Make the change' }).waitFor();
  await goTo(ada.page, 'Make the change');
  await ada.page.keyboard.press('Enter');
  await ada.sees(ada.screen, 'pod/harbour annotated');
  // The button has gone; the focus has not.
  expect(await focused(ada.page)).toBe('Close');
  await ada.page.keyboard.press('Enter');
  expect(await ada.page.locator('.news:focus').count()).toBe(1);

  await goTo(board, 'More: Ada');
  await board.keyboard.press('Enter');
  const report = await opens(board, 'Report');
  await report.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
  await goTo(report, 'Print');
  await board.keyboard.press('Escape');
  expect(await focused(board)).toBe('More: Ada');
  await visit.leave();
});

/** In by the code on the wall, and to the lesson. */
async function join(): Promise<Bench> {
  const page = await (await visit.reader()).newPage();
  await page.goto(`${host.url}/workshop/#code=${host.code}`);
  await page.locator(':focus').and(page.getByLabel('Your name')).waitFor();
  await page.keyboard.type('Ada\n');
  await page.getByRole('link', { name: 'A Pod is a process group' }).waitFor();
  await goTo(page, 'A Pod is a process group');
  await page.keyboard.press('Enter');
  const bench = new Bench(page);
  await bench.prompt();
  return bench;
}

/** Presses a key until what bears the name has the focus. */
async function goTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < FAR; presses++) {
    await page.keyboard.press(key);
    if ((await focused(page)) === name) return;
  }
  throw new Error(`${name} is not among the next ${FAR} places`);
}

/** Follows a link to a page of its own. */
async function opens(page: Page, name: string): Promise<Page> {
  if ((await focused(page)) !== name) await goTo(page, name);
  const [opened] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  return opened;
}

/** How what has the focus is called. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim();
  });
}
