import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import encodeQR from 'qr';
import { afterAll, expect, test } from 'vitest';
import { Bench, Visit } from './visit.ts';
import { laptop, type WorkshopHost } from './workshop-hosts.ts';
import { barOf, learner, openRoom, type Room, typedBy } from './workshop-room.ts';

// How an instructor leads a room: what goes to everybody, what a wall may show, and how somebody is taken out.

const ARGS = ['--lessons', 'pod-process-group', '--exercises', 'shared-page'];
const EXERCISE = 'One writes, the other serves';
const CHECK = 'The Pod tide-board runs, and both containers are ready';

let host: WorkshopHost | undefined;
let visit: Visit | undefined;
const desk = mkdtempSync(join(tmpdir(), 'drydock-desk-'));
afterAll(async () => {
  await visit?.end();
  await host?.end();
  rmSync(desk, { recursive: true, force: true });
});

test('the board, a wall, words for all, the time, locks, solutions, and the way out', {
  timeout: 600_000,
}, async (context) => {
  host = await laptop(ARGS);
  visit = await Visit.begin(host.url);
  if (visit === undefined) return context.skip();
  const room = await openRoom(host, visit);
  room.board.page.on('dialog', (dialog) => void dialog.accept());
  const [ada, ben] = [await learner(room, 'Ada'), await learner(room, 'Ben')] as const;
  await ada.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await room.board.sees(room.row('Ada'), '●○○');

  await heatAndWall(room);
  await tell(room, [ada, ben]);
  await keepTime(room, ada);
  await openTwice(room, ada);
  await pair(room, ada, ben);
  await lockAndReveal(room, ben);
  await takeOut(room, ben);
  await waitAtTheDoor(room);
  await onPhone(room);
  await askBeforeNewLink(room, ada);

  // Browsers note each answer that refuses something.
  const noted = /Failed to load resource: (net::ERR_FAILED|the server responded with a status of (400|401|409|423))/;
  const others = visit.complaints.splice(0).filter((text) => !noted.test(text));
  expect(others).toEqual([]);
  await visit.leave();
});

/** How many have met each check, and a view for the wall: by the keyboard, and without a name or a way to anybody's bench. */
async function heatAndWall({ board, host: { url, code } }: Room): Promise<void> {
  const { page } = board;
  const heat = page.locator('.heat');
  const [first, second] = [heat.getByRole('listitem').nth(0), heat.getByRole('listitem').nth(1)];
  await board.sees(first, '1/2');
  await board.sees(second, '0/2');
  expect(await first.getByRole('meter').evaluate((meter: HTMLMeterElement) => [meter.value, meter.max])).toEqual([
    1, 2,
  ]);

  await page.getByLabel('Projector view: no names').focus();
  await page.keyboard.press('Space');
  const table = page.getByRole('table').first();
  await board.sees(table, 'Learner 1');
  await board.sees(table, 'Learner 2');
  for (const name of ['Ada', 'Ben']) expect(await page.locator('main').textContent()).not.toContain(name);
  expect((await table.getByRole('link').count()) + (await table.getByRole('button').count())).toBe(0);
  // A camera at the back of the room reads the door: dark on light in both themes, as large as a third of the wall is high.
  const door = page.getByRole('img', { name: /^QR code that leads to .*\/workshop\/$/ });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { width, ground, modules } = await door.evaluate((code) => {
      const { backgroundColor: ground, fill: modules } = getComputedStyle(code);
      return { width: code.getBoundingClientRect().width, ground, modules };
    });
    expect([ground, modules]).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    expect(width).toBeGreaterThan(300);
  }
  expect(await door.innerHTML()).toBe(modulesOf(`${url}/workshop/#code=${code}`));
  expect(await board.flaws()).toEqual([]);
  await page.keyboard.press('Space');
  await board.sees(table, 'Ada');
}

/** A word and a finger for everybody. */
async function tell({ board }: Room, learners: readonly Bench[]): Promise<void> {
  await board.page.getByLabel('Say something to everybody').fill('A break of ten minutes <b>now</b>.');
  await board.press('Send');
  for (const bench of learners) await bench.sees(barOf(bench), 'A break of ten minutes <b>now</b>.');
  const point = board.page.getByLabel('Point everybody at');
  await point.selectOption({ index: 1 });
  await board.page.getByRole('button', { name: 'Point', exact: true }).click();
  for (const bench of learners) await bench.sees(barOf(bench), /Look here: \S/);
}

/** Ada opens her bench once more: the new tab says that it is not the one that is seen, until the bench is moved to it. */
async function openTwice({ host: { url } }: Room, ada: Bench): Promise<void> {
  const tab = new Bench(await ada.page.context().newPage());
  await tab.page.goto(`${url}/exercises/shared-page/`);
  await tab.sees(barOf(tab), 'Your instructor sees this bench');
  const second = new Bench(await ada.page.context().newPage());
  await second.page.goto(tab.page.url());
  await second.sees(barOf(second), 'This bench is open in another tab; your instructor sees what you do there');
  expect(await second.page.getByRole('button', { name: 'Hand in' }).isVisible()).toBe(false);
  await second.press('Move it here');
  await second.sees(barOf(second), 'Your instructor sees this bench');
  await tab.sees(barOf(tab), 'This bench is open in another tab; your instructor sees what you do there');
  await second.page.close();
  await tab.page.close();
}

/** Ben works on Ada's bench: what he had takes nothing of hers away, and whoever is behind is told and chooses. */
async function pair({ host, board, row }: Room, ada: Bench, ben: Bench): Promise<void> {
  await ben.type('kubectl create namespace of-ben');
  await expect.poll(typedBy(host, 'Ben')).toContain('kubectl create namespace of-ben\r');
  await row('Ben').getByRole('button', { name: 'More' }).click();
  const partner = board.page.getByLabel('Works on the bench of');
  await partner.selectOption('Ada');
  await board.press('Pair');
  await ada.sees(barOf(ada), 'Ben may work on this bench too; your instructor sees it');
  await ben.sees(barOf(ben), 'This bench has gone on somewhere else');
  await ben.press('Show what was done there');
  await ben.sees(barOf(ben), 'You work on the bench of Ada; your instructor sees it');
  await ben.sees(ben.screen, 'kubectl apply -f harbour.yaml');
  await ben.type('kubectl create namespace of-both');
  await ben.sees(ben.screen, 'namespace/of-both created');
  await ben.sees(barOf(ben), 'You work on the bench of Ada');
  await expect
    .poll(
      async () => {
        await ada.type('kubectl get nodes');
        return barOf(ada).textContent();
      },
      { interval: 2000 },
    )
    .toContain('This bench has gone on somewhere else');
  await ada.press('Show what was done there');
  await ada.sees(ada.screen, 'namespace/of-both created');
  await ada.sees(barOf(ada), 'Ben may work on this bench too');

  await partner.selectOption('nobody else');
  await board.press('Pair');
  await ada.sees(barOf(ada), 'Your instructor sees this bench');
  await ben.sees(barOf(ben), 'This bench has gone on somewhere else');
  await ben.press('Show what was done there');
  await ben.sees(ben.screen, 'namespace/of-ben created');
  await ben.sees(barOf(ben), 'Your instructor sees this bench');
  await board.press('Close');
}

/** A new link ends the old one, which is asked first. */
async function askBeforeNewLink({ board, row }: Room, ada: Bench): Promise<void> {
  await row('Ada').getByRole('button', { name: 'More' }).click();
  const link = board.page.getByRole('textbox', { name: 'New personal link' });
  const asked = board.page.waitForEvent('dialog');
  await board.press('New personal link');
  expect((await asked).message()).toContain('The old one ends at once');
  await expect.poll(() => link.inputValue()).toContain('#link=');
  await ada.sees(barOf(ada), 'This link is not known here any more.');
  await board.press('Close');
}

/** A countdown on every page; every cluster stands still, and goes on. */
async function keepTime({ board }: Room, ada: Bench): Promise<void> {
  const timer = barOf(ada).locator('.timer');
  await board.page.getByLabel('Timer, in minutes').fill('90');
  await board.page.getByRole('button', { name: 'Start', exact: true }).click();
  await ada.sees(timer, /^(90|8\d):\d\d left$/);
  await board.press('Stop the timer');
  await expect.poll(() => timer.textContent()).toBe('');

  await board.press('Pause every cluster');
  await ada.sees(timer, 'Your instructor has paused the clusters.');
  await expect.poll(() => ada.stands()).toBe(true);
  await board.press('Let every cluster go on');
  await expect.poll(() => ada.stands()).toBe(false);
  await expect.poll(() => timer.textContent()).toBe('');

  // Whoever has paused their own clock is left so by what the instructor says besides.
  const own = ada.page.getByRole('button', { name: 'Pause', exact: true });
  await own.click();
  await board.page.getByLabel('Timer, in minutes').fill('5');
  await board.page.getByRole('button', { name: 'Start', exact: true }).click();
  await ada.sees(timer, /left$/);
  await expect.poll(() => ada.stands()).toBe(true);
  await board.press('Stop the timer');
  await expect.poll(() => timer.textContent()).toBe('');
  await ada.page.getByRole('button', { name: 'Play', exact: true }).click();
}

/** An exercise is locked under Ben's hands, released, and its solution shown. */
async function lockAndReveal({ host: { url }, board }: Room, ben: Bench): Promise<void> {
  await ben.page.goto(`${url}/exercises/shared-page/`);
  await ben.sees(barOf(ben), 'Your instructor sees this bench');
  const solution = ben.page.locator('.solution');
  expect(await solution.isVisible()).toBe(false);
  await board.page.getByText('Lessons and exercises', { exact: true }).click();
  const line = board.page.getByRole('row', { name: EXERCISE }).last();
  await line.getByLabel('Locked').check();
  await ben.prompt();
  await expect
    .poll(
      async () => {
        await ben.type('kubectl get nodes');
        return barOf(ben).textContent();
      },
      { interval: 2000 },
    )
    .toContain('This is not open yet. Your instructor opens it.');
  await line.getByLabel('Locked').uncheck();
  await ben.sees(barOf(ben), 'Your instructor sees this bench');
  await line.getByLabel('Solution shown').check();
  await solution.waitFor();
  // It is still shown to whoever comes back.
  await ben.page.reload();
  await solution.waitFor();
}

/** Ben is taken out: the board forgets him, he is told, and his cluster stays his. */
async function takeOut({ board, row }: Room, ben: Bench): Promise<void> {
  await row('Ben').getByRole('button', { name: 'More' }).click();
  await board.press('Take out of the workshop');
  await board.sees(board.page.locator('.board-tools'), 'Ben is out of the workshop, and nothing of theirs is kept.');
  await expect.poll(() => row('Ben').count()).toBe(0);
  await ben.sees(barOf(ben), 'This link is not known here any more. What you do now stays on this device.');
  await ben.type('kubectl create namespace mine');
  await ben.sees(ben.screen, 'namespace/mine created');
}

/** Dee has come in and waits for what is to be opened: it comes, and what is said, without a key pressed. */
async function waitAtTheDoor({ host, visit, board }: Room): Promise<void> {
  const page = await (await visit.reader()).newPage();
  await page.goto(`${host.url}/workshop/#code=${host.code}`);
  const dee = new Bench(page);
  const door = page.locator('dd-join');
  await page.getByLabel('Your name').fill(' \u200b');
  await dee.press('Join');
  await dee.sees(door, 'A name is missing');
  const name = 'Dee'.repeat(20);
  await page.getByLabel('Your name').fill(name);
  await dee.press('Join');
  await dee.sees(door, name);
  // Behind the door the page is no longer about joining.
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Kubernetes workshop');
  expect(await page.title()).toContain('Kubernetes workshop');

  const line = board.page.getByRole('row', { name: EXERCISE }).last();
  await line.getByLabel('Locked').check();
  await dee.sees(door, 'not open yet');
  await line.getByLabel('Locked').uncheck();
  await page.getByRole('link', { name: EXERCISE }).waitFor();
  await board.page.getByLabel('Say something to everybody').fill('It begins in a minute.');
  await board.press('Send');
  await dee.sees(door, 'It begins in a minute.');
  await board.page.getByLabel('Point everybody at').selectOption(EXERCISE);
  await board.page.getByRole('button', { name: 'Point', exact: true }).click();
  await door.locator('.news').getByRole('link', { name: EXERCISE }).waitFor();

  // A browser may refuse the clipboard: the link is there to be copied by hand.
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
  });
  await dee.press('Copy the link');
  const link = page.getByRole('textbox', { name: 'Copy the link' });
  await expect.poll(() => link.inputValue()).toContain('#link=');
  expect(await dee.flaws()).toEqual([]);

  // Somebody's old link takes nobody's place.
  await page.goto(`${host.url}/workshop/#link=${'x'.repeat(43)}`);
  await dee.sees(door, 'This link is not known here any more.');
  await dee.sees(door, name);

  // Whoever leaves is followed in no other tab either.
  const tab = new Bench(await page.context().newPage());
  await tab.page.goto(`${host.url}/exercises/shared-page/`);
  await tab.sees(barOf(tab), 'Your instructor sees this bench');
  await dee.press('Leave the workshop on this device');
  await page.getByLabel('Code on the wall').waitFor();
  await expect.poll(() => barOf(tab).count()).toBe(0);
}

/** On a phone the bench is a drawer; what the instructor says is above it, open or shut, and a fault that this cluster cannot have is said. */
async function onPhone({ host, visit, board }: Room): Promise<void> {
  const context = await visit.reader({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${host.url}/workshop/#code=${host.code}`);
  const eve = new Bench(page);
  await page.getByLabel('Your name').fill('Eve');
  await eve.press('Join');
  await page.getByRole('link', { name: EXERCISE }).first().click();
  await eve.sees(barOf(eve), 'Your instructor sees this bench');
  const isSeen = () =>
    barOf(eve).evaluate((bar) => {
      const { top, bottom, left, width } = bar.getBoundingClientRect();
      return bar.contains(document.elementFromPoint(left + width / 2, (top + bottom) / 2)) && bottom < innerHeight / 2;
    });
  expect(await isSeen()).toBe(true);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expect.poll(isSeen).toBe(true);
  await eve.press('Open the cluster and the terminal');
  await expect.poll(isSeen).toBe(true);

  // The board itself, as wide as a phone or four times enlarged, scrolls one way only.
  await board.page.setViewportSize({ width: 320, height: 600 });
  expect(await board.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await board.page.setViewportSize({ width: 1440, height: 900 });

  // What is pointed at lies under the drawer: it is named, and the way there shuts the drawer.
  const point = board.page.getByLabel('Point everybody at');
  await point.selectOption({ label: `${EXERCISE}: ${CHECK}` });
  await board.page.getByRole('button', { name: 'Point', exact: true }).click();
  await eve.sees(barOf(eve), `Look here: ${CHECK}`);
  await eve.press('Show it');
  const goal = page.locator('dd-goals [data-goal]').filter({ hasText: CHECK });
  await expect
    .poll(() =>
      goal.evaluate((line) => line.contains(document.elementFromPoint(60, line.getBoundingClientRect().y + 4))),
    )
    .toBe(true);

  // A hand that did not get there is not up.
  await page.route('**/api/me/hand', (route) => route.abort());
  await eve.press('Raise hand');
  await eve.sees(barOf(eve), 'The workshop cannot be reached.');
  await page.unroute('**/api/me/hand');
  await eve.press('Raise hand');
  await eve.sees(barOf(eve), 'Hand is up: lower it');
  expect(await barOf(eve).locator('.problem').isVisible()).toBe(false);

  await board.page.getByLabel('Break it for everybody').selectOption('node-2 loses its power');
  await board.press('Break it');
  await eve.sees(barOf(eve), 'this cluster does not have it');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await eve.flaws()).toEqual([]);
}

/** The path that draws an address's modules, with four of nothing around them. */
function modulesOf(address: string): string {
  const rows = encodeQR(address, 'raw', { border: 4, ecc: 'medium' });
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return `<path d="${dark.join('')}"></path>`;
}

// What opens an address is another program on each system; the tests run where it is one of these two.
test.skipIf(process.platform === 'win32')(
  '--open opens the board in the browser of the desk',
  { timeout: 600_000 },
  async () => {
    const opened = join(desk, 'opened');
    for (const opener of ['xdg-open', 'open']) {
      writeFileSync(join(desk, opener), `#!/bin/sh\nprintf %s "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`);
      chmodSync(join(desk, opener), 0o755);
    }
    const started = await laptop([...ARGS, '--open'], { PATH: `${desk}:${process.env['PATH']}` });
    await expect.poll(() => existsSync(opened)).toBe(true);
    const address = new URL(readFileSync(opened, 'utf8'));
    expect([address.pathname, address.hash, address.port]).toEqual([
      '/workshop/board/',
      `#key=${started.key}`,
      new URL(started.url).port,
    ]);
    await started.end();
  },
);
