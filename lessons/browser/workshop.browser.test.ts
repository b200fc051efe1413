import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Bench, Visit } from './visit.ts';
import { campus, laptop, type WorkshopHost } from './workshop-hosts.ts';
import { barOf, journalsAt, LESSON, learner, openRoom, type Room, typedBy } from './workshop-room.ts';

// A workshop from its beginning to the grades: one instructor, three learners, a bad network and a server that is killed.

const ROOT = resolve(import.meta.dirname, '../..');
const ARGS = ['--lessons', 'pod-process-group', '--exercises', 'shared-page'];

describe('on a laptop, whose server is started again', () => wholeWorkshop(laptop));
describe('on a campus with two servers, one of which dies', () => wholeWorkshop(campus));

function wholeWorkshop(open: (args: readonly string[]) => Promise<WorkshopHost | undefined>): void {
  let host: WorkshopHost | undefined;
  let visit: Visit | undefined;
  afterAll(async () => {
    await visit?.end();
    await host?.end();
  });

  test('join, follow, help, break, lose the network and the server, grade', { timeout: 600_000 }, async (context) => {
    host = await open(ARGS);
    visit = host === undefined ? undefined : await Visit.begin(host.url);
    if (host === undefined || visit === undefined) return context.skip();
    await run(host, visit);
  });
}

async function run(host: WorkshopHost, visit: Visit): Promise<void> {
  const room = await openRoom(host, visit);
  const { board } = room;

  // Three come in and begin; the board fills up.
  const cleo = 'Cleo <img src=x onerror=alert(1)>';
  const learners = [await learner(room, 'Ada'), await learner(room, 'Ben'), await learner(room, cleo)] as const;
  for (const bench of learners) await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  for (const name of ['Ada', 'Ben', 'Cleo']) await board.sees(room.row(name), '●○○');
  expect(await board.flaws()).toEqual([]);
  expect(await learners[0].flaws()).toEqual([]);

  await help(room, learners[1]);
  await breakForAll(room, learners);
  await loseDatabase(room, learners[1]);
  await loseNetworkAndServer(room, learners[0], learners[2]);
  await gradeOnAnotherDevice(room, learners[0]);

  // Browsers note each request that met no server, or one without its database.
  const noted = /Failed to load resource: (net::|the server responded with a status of 500)/;
  const others = visit.complaints.splice(0).filter((text) => !noted.test(text));
  expect(others).toEqual([]);
  await visit.leave();
}

/** Ben asks for help; the instructor looks, works it out on a copy, and Ben takes it. */
async function help({ board, instructor, row }: Room, ben: Bench): Promise<void> {
  await ben.press('Raise hand');
  const show = board.page.getByRole('combobox', { name: 'Show' });
  await show.selectOption('Raised hands');
  await expect.poll(() => board.page.locator('.board-scroll tbody tr').count()).toBe(1);
  const [opened] = await Promise.all([
    instructor.waitForEvent('page'),
    row('Ben').getByRole('link', { name: 'Look' }).click(),
  ]);
  const mirror = new Bench(opened);
  await mirror.sees(opened.locator('dd-mirror-bar'), 'You look at the bench of Ben');
  await mirror.runs('harbour');
  await mirror.press('New terminal');
  await mirror.type('kubectl annotate pod harbour hint=look');
  await mirror.sees(mirror.screen, 'pod/harbour annotated');
  await mirror.press('Hand over what I did');
  await ben.sees(barOf(ben), 'Your instructor has worked out a change for you.');
  await barOf(ben).getByText('Steps: 1', { exact: true }).click();
  await ben.sees(barOf(ben).getByRole('listitem'), /^kubectl annotate pod harbour hint=look/);
  await ben.press('Make the change');
  await ben.sees(ben.screen, 'pod/harbour annotated');
  await row('Ben').getByRole('button', { name: 'Lower hand' }).click();
  await ben.sees(barOf(ben), 'Raise hand');
  await show.selectOption('Everybody');
}

async function breakForAll({ board }: Room, learners: readonly Bench[]): Promise<void> {
  board.page.on('dialog', (dialog) => void dialog.accept());
  await board.page.getByLabel('Break it for everybody').selectOption('node-2 loses its power');
  await board.press('Break it');
  for (const bench of learners) await bench.sees(barOf(bench), 'node-2 loses its power');
}

/** PostgreSQL stops while Ben types: he is told and works on, whoever asks anew is answered in words, and all of it is sent later. */
async function loseDatabase({ host }: Room, ben: Bench): Promise<void> {
  if (host.database === undefined) return;
  await host.database.kill();
  await ben.type('kubectl create namespace unhurt');
  await ben.sees(ben.screen, 'namespace/unhurt created');
  await ben.sees(barOf(ben), 'The workshop is out of reach');
  const join = { method: 'POST', body: JSON.stringify({ code: host.code, name: 'Dee' }) };
  const answer = await fetch(`${host.url}/workshop/api/join`, join);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    code: 'failed',
    message:
      'The workshop’s server has a problem; try again in a moment. What is done on a bench stays in its browser and is sent later.',
  });
  await host.database.start();
  await ben.sees(barOf(ben), 'Your instructor sees this bench');
  await expect.poll(typedBy(host, 'Ben')).toContain('kubectl create namespace unhurt');
}

/** Cleo's Wi-Fi goes, then a server is killed. Everybody works on, and nothing that was acknowledged is lost. */
async function loseNetworkAndServer({ host }: Room, ada: Bench, cleo: Bench): Promise<void> {
  await cleo.page.context().setOffline(true);
  await cleo.type('kubectl get nodes');
  await cleo.sees(barOf(cleo), 'The workshop is out of reach');
  const acknowledged = await journalsAt(host);
  await host.kill();
  await ada.type('kubectl create namespace kept');
  await ada.sees(ada.screen, 'namespace/kept created');
  await host.recover();
  const kept = await journalsAt(host);
  for (const [name, entries] of acknowledged) expect(kept.get(name)!.slice(0, entries.length)).toEqual(entries);
  await cleo.page.context().setOffline(false);
  for (const bench of [ada, cleo]) await bench.sees(barOf(bench), 'Your instructor sees this bench');
  await expect.poll(typedBy(host, 'Ada')).toContain('kubectl create namespace kept');
  await expect.poll(typedBy(host, 'Cleo')).toContain('kubectl get nodes');
}

/**
 * On another device the personal link brings Ada back to where she is. She solves the exercise there and hands it in, the
 * server grades her journal, and the grades go home.
 */
async function gradeOnAnotherDevice({ host, visit, board, instructor, row }: Room, ada: Bench): Promise<void> {
  await ada.page.goto(`${host.url}/workshop/`);
  await ada.press('Copy the link');
  const link = await ada.page.evaluate(() => navigator.clipboard.readText());
  const second = new Bench(await (await visit.reader()).newPage());
  // As a course's link says what it leads to.
  await second.page.goto(`${link}&${new URLSearchParams({ bench: LESSON })}`);
  await second.sees(second.screen, 'namespace/kept created');

  await second.page.goto(`${host.url}/exercises/shared-page/`);
  const solution = readFileSync(join(ROOT, 'exercises/shared-page/solutions/reference/tide-board.yaml'), 'utf8');
  await second.prompt();
  await second.press('Open in the editor');
  await second.write(solution);
  await second.tab('Terminal').click();
  await second.type('kubectl apply -f tide-board.yaml');
  await second.sees(second.screen, /created/);
  await second.press('Hand in');
  await second.sees(barOf(second), /Graded: (\d+) of \1 points \(attempts: 1\)/);
  expect(await second.flaws()).toEqual([]);
  expect(await grades(board)).toMatch(/^shared-page,,[^,]*,[^,]*,,,,(\d+),0,\1,\1,Ada,no,1,$/m);

  // Nothing was mended since, so nobody's grade moves by grading again.
  await board.press('Grade again');
  await board.sees(board.page.locator('.board-tools'), 'No grade has moved.');
  await row('Ada').getByRole('button', { name: 'More' }).click();
  const [opened] = await Promise.all([
    instructor.waitForEvent('page'),
    board.page.getByRole('link', { name: 'Report' }).click(),
  ]);
  const report = new Bench(opened);
  await report.sees(opened.getByRole('heading', { level: 1 }), 'Ada');
  await report.sees(opened.locator('main'), /One writes, the other serves/);
  expect(await report.flaws()).toEqual([]);
  await board.press('Close');
}

/** The grades as the instructor saves them. */
async function grades(board: Bench): Promise<string> {
  const [file] = await Promise.all([board.page.waitForEvent('download'), board.press('Grades (CSV)')]);
  return readFileSync(await file.path(), 'utf8');
}
