import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../workshop/testing/free-port.ts';
import { Bench, Visit } from './visit.ts';

// A workshop from its beginning to the grades: one instructor, three learners, a bad network and a server that is killed.

const ROOT = resolve(import.meta.dirname, '../..');
const data = mkdtempSync(join(tmpdir(), 'drydock-workshop-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const visit = await Visit.begin(url);
const here = test.skipIf(visit === undefined);

let server: ChildProcess;
/** What the server has printed since it was started. */
let printed = '';

async function startServer(): Promise<void> {
  printed = '';
  const args = ['lessons/workshop/cli.ts', '--host', '127.0.0.1', '--port', String(port), '--data', data];
  server = spawn(process.execPath, [...args, '--lessons', 'pod-process-group', '--exercises', 'shared-page'], {
    cwd: ROOT,
  });
  server.stdout!.on('data', (text) => {
    printed += text;
  });
  await vi.waitFor(() => expect(printed).toContain('Ctrl-C stops'), { timeout: 30_000, interval: 50 });
}

async function killServer(): Promise<void> {
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGKILL');
  await gone;
}

/** A learner who has come in by the code on the wall and opened the lesson. */
async function learner(name: string): Promise<Bench> {
  const page = await (await visit!.reader()).newPage();
  const [, code = ''] = /with the code +(\w+)/.exec(printed) ?? [];
  await page.goto(`${url}/workshop/#code=${code}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('link', { name: 'A Pod is a process group' }).click();
  const bench = new Bench(page);
  await bench.sees(page.locator('dd-workshop-bar'), 'Your instructor sees this bench');
  return bench;
}

beforeAll(startServer);
afterAll(async () => {
  await visit?.end();
  await killServer();
  rmSync(data, { recursive: true, force: true });
});

here('join, follow, help, break, lose the network and the server, grade', { timeout: 240_000 }, async () => {
  const instructor = await visit!.reader();
  const board = new Bench(await instructor.newPage());
  await board.page.goto(/Board +(\S+)/.exec(printed)![1]!);
  expect(board.page.url()).not.toContain('key=');
  const row = (name: string) => board.page.getByRole('row', { name });

  // Three come in and begin; the board fills up.
  const [ada, ben, cleo] = [await learner('Ada'), await learner('Ben'), await learner('Cleo')];
  for (const bench of [ada, ben, cleo]) await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  for (const name of ['Ada', 'Ben', 'Cleo']) await board.sees(row(name), '●○○');
  expect(await board.flaws()).toEqual([]);
  expect(await ada.flaws()).toEqual([]);

  // Ben asks for help; the instructor looks, works it out on a copy, and Ben takes it.
  await ben.press('Raise hand');
  await board.page.getByRole('combobox', { name: 'Show' }).selectOption('Raised hands');
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
  await ben.sees(ben.page.locator('dd-workshop-bar'), 'Your instructor has worked out a change for you.');
  await ben.press('Make the change');
  await ben.sees(ben.screen, 'pod/harbour annotated');
  await row('Ben').getByRole('button', { name: 'Lower hand' }).click();
  await ben.sees(ben.page.locator('dd-workshop-bar'), 'Raise hand');
  await board.page.getByRole('combobox', { name: 'Show' }).selectOption('Everybody');

  // It breaks for everybody at once.
  board.page.on('dialog', (dialog) => void dialog.accept());
  await board.page.getByLabel('Break it for everybody').selectOption('node-2 loses its power');
  await board.press('Break it');
  for (const bench of [ada, ben, cleo])
    await bench.sees(bench.page.locator('dd-workshop-bar'), 'node-2 loses its power');

  // Cleo's Wi-Fi goes, then the server is killed. She works on, and nothing of it is lost.
  await cleo.page.context().setOffline(true);
  await cleo.type('kubectl get nodes');
  await cleo.sees(cleo.page.locator('dd-workshop-bar'), 'The workshop is out of reach', 40_000);
  await killServer();
  await ada.type('kubectl create namespace kept');
  await ada.sees(ada.screen, 'namespace/kept created');
  await startServer();
  expect(printed).toContain('where it was left');
  await cleo.page.context().setOffline(false);
  for (const bench of [ada, cleo])
    await bench.sees(bench.page.locator('dd-workshop-bar'), 'Your instructor sees this bench', 60_000);

  // On another device the personal link brings Ada back to where she is.
  await ada.page.goto(`${url}/workshop/`);
  await ada.press('Copy the link');
  const link = await ada.page.evaluate(() => navigator.clipboard.readText());
  const second = new Bench(await (await visit!.reader()).newPage());
  await second.page.goto(link);
  await second.page.getByRole('link', { name: 'A Pod is a process group' }).click();
  await second.sees(second.screen, 'namespace/kept created', 60_000);

  // Ada solves the exercise; the server grades her journal, and the grades go home.
  await second.page.goto(`${url}/exercises/shared-page/`);
  const solution = readFileSync(join(ROOT, 'exercises/shared-page/solutions/reference/tide-board.yaml'), 'utf8');
  await second.prompt();
  await second.press('Open in the editor');
  await second.write(solution);
  await second.tab('Terminal').click();
  await second.type('kubectl apply -f tide-board.yaml');
  await second.sees(second.screen, /created/);
  await expect
    .poll(async () => grades(board), { timeout: 90_000, interval: 4000 })
    .toMatch(/,Ada,shared-page,(\d+),\1,\1,no,/);
  // Browsers note each request that met no server.
  const others = visit!.complaints.splice(0).filter((text) => !/Failed to load resource: net::/.test(text));
  expect(others).toEqual([]);
  await visit!.leave();
});

/** The grades as the instructor saves them, once the journals are graded as far as they have come. */
async function grades(board: Bench): Promise<string> {
  await board.press('Grade every exercise now');
  await board.sees(board.page.locator('.board-tools'), 'Grading 1 journals');
  await board.page.waitForTimeout(3000);
  const [file] = await Promise.all([board.page.waitForEvent('download'), board.press('Grades (CSV)')]);
  return readFileSync(await file.path(), 'utf8');
}
