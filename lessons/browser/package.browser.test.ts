import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { pack, unpack } from '../bench/packing.ts';
import { packageOf } from '../package/archive.ts';
import { buildPage } from '../package/page-build.ts';
import type { Subject } from '../package/subject.ts';
import { startSmallLms } from '../package/testing/small-lms.ts';
import { ACTOR, startSmallRecordStore } from '../package/testing/small-record-store.ts';
import { stepsOf, takeStep } from './steps.ts';
import { Bench, Visit } from './visit.ts';

// Packages as a learning management system shows them: unpacked somewhere below its own address, in a frame within a frame,
// in a window, or in a tab with a record store on another site. A learner goes through one in parts, on two devices.

const ROOT = resolve(import.meta.dirname, '../..');
const LESSON = 'replicaset';
const EXERCISE = 'shared-page';

const lms = await startSmallLms();
const store = await startSmallRecordStore();
const visit = (await Visit.begin(lms.url, [store.url]))!;
const here = test.skipIf(visit === undefined);

afterEach(() => visit?.leave());
afterAll(async () => {
  await visit?.end();
  await Promise.all([lms.close(), store.close()]);
});

const places = new Map<string, string>();
/** What is in any of them. */
const files: string[] = [];
beforeAll(() => {
  const kinds = [
    ['lesson', LESSON, 'scorm12'],
    ['lesson', LESSON, 'cmi5'],
    ['exercise', EXERCISE, 'scorm2004'],
  ] as const;
  for (const [kind, id, format] of kinds) {
    const subject: Subject = { kind, id, format, language: 'en' };
    const built = buildPage(subject, ROOT);
    files.push(...Object.keys(built.files));
    places.set(format, lms.takeIn(format, packageOf(built, subject, undefined)));
  }
}, 900_000);

here('nothing of a workshop is in a package, which has none', () => {
  expect(files.filter((name) => /(workshop|bars|journal-link|mirror)[^/]*\.js$/.test(name))).toEqual([]);
});

type Cmi = Readonly<Record<string, string>>;

/** What the course has of the learner, by SCORM. */
function cmiOf(course: Page): Promise<Cmi> {
  return course.evaluate(() => JSON.parse(localStorage.getItem('cmi') ?? '{}'));
}

/** What broke a rule of SCORM. */
function brokenIn(course: Page): Promise<readonly string[]> {
  return course.evaluate(() => JSON.parse(localStorage.getItem('log') ?? '[]'));
}

/** What a package keeps there, as JSON. */
function recordIn(cmi: Cmi): string {
  const { progress, run } = unpack(cmi['cmi.suspend_data'] ?? pack({})) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ progress, run });
}

/** @param cmi what the course has already, from another device */
async function courseFor(reader: BrowserContext, shows: string, cmi?: Cmi): Promise<Page> {
  const course = await reader.newPage();
  await course.goto(lms.courseOf(shows));
  if (cmi === undefined) return course;
  await course.evaluate((text) => localStorage.setItem('cmi', text), JSON.stringify(cmi));
  await course.reload();
  return course;
}

async function benchInFrame(course: Page, place: string): Promise<Bench> {
  await course.getByRole('button', { name: 'Open here' }).click();
  let found: Frame | undefined;
  await expect
    .poll(() => {
      found = course.frames().find((frame) => frame.url().startsWith(place));
      return found;
    })
    .toBeDefined();
  return new Bench(course, found!);
}

/** Takes the steps of the lesson from the number on, until so many of its checks are met. Returns where that is. */
async function takeUntil(bench: Bench, from: number, checks: number): Promise<number> {
  const steps = await stepsOf(bench);
  let met = 0;
  for (let index = from; index < steps.length; index++) {
    if ((await takeStep(bench, LESSON, steps[index]!)) !== undefined) met += 1;
    if (met === checks) return index + 1;
  }
  throw new Error('the lesson has fewer checks');
}

here(
  'a lesson by SCORM 1.2: in a frame, by thirds, and on another device where it was left',
  { timeout: 600_000 },
  async () => {
    const place = places.get('scorm12')!;
    const course = await courseFor(await visit.reader(), `${place}index.html`);
    const bench = await benchInFrame(course, place);
    await bench.sees(bench.frame.locator('.course-standing'), 'Your course has: 0 %');
    expect(await bench.frame.getByRole('button', { name: 'Share' }).count()).toBe(0);
    const reached = await takeUntil(bench, 0, 1);
    await expect
      .poll(() => cmiOf(course))
      .toMatchObject({
        'cmi.core.score.raw': '33.33',
        'cmi.core.score.min': '0',
        'cmi.core.score.max': '100',
        'cmi.core.lesson_status': 'incomplete',
      });
    await bench.sees(bench.frame.locator('.course-standing'), 'Your course has: 33 %');
    expect(await bench.flaws()).toEqual([]);
    const pod = (await bench.frame.locator('.pod[data-pod^="web-"]').first().getAttribute('data-pod'))!;
    // Kept within seconds: the course has what was done, not only how it was graded.
    await expect.poll(async () => recordIn(await cmiOf(course))).toMatch(/"run":.*"kind":"terminal\.input"/);
    await course.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => course.title()).toBe('ended');
    const left = await cmiOf(course);
    expect(left).toMatchObject({
      'cmi.core.exit': 'suspend',
      'cmi.core.session_time': expect.stringMatching(/^0000:/),
    });
    expect(await brokenIn(course)).toEqual([]);

    const again = await courseFor(await visit.reader(), `${place}index.html`, left);
    const second = await benchInFrame(again, place);
    await second.prompt();
    await second.sees(second.frame.locator('.course-standing'), 'Your course has: 33 %');
    expect(await second.frame.locator('article dd-check[data-done]').count()).toBe(1);
    await second.pod(pod).waitFor();
    const further = await takeUntil(second, reached, 1);
    await expect.poll(() => cmiOf(again)).toMatchObject({ 'cmi.core.score.raw': '66.67' });
    await takeUntil(second, further, 1);
    await expect
      .poll(() => cmiOf(again))
      .toMatchObject({
        'cmi.core.score.raw': '100',
        'cmi.core.lesson_status': 'passed',
      });
    await second.sees(second.frame.locator('.course-standing'), 'Your course has: 100 %, passed');
    expect(await brokenIn(again)).toEqual([]);
  },
);

here(
  'an exercise by SCORM 2004: in a window, graded in part, then solved, and solved when it is opened again',
  { timeout: 600_000 },
  async () => {
    const place = places.get('scorm2004')!;
    const reader = await visit.reader();
    const course = await courseFor(reader, `${place}index.html`);
    const bench = await benchInWindow(course);
    await answer(bench, 'mistakes/separate-volumes');
    await expect
      .poll(() => cmiOf(course))
      .toMatchObject({
        'cmi.completion_status': 'incomplete',
        'cmi.success_status': 'unknown',
        'cmi.score.scaled': expect.stringMatching(/^0\.\d+$/),
      });
    await bench.type('kubectl delete pod tide-board --now');
    await bench.pod('tide-board').waitFor({ state: 'detached' });
    await answer(bench, 'solutions/reference');
    await expect
      .poll(() => cmiOf(course))
      .toMatchObject({
        'cmi.completion_status': 'completed',
        'cmi.success_status': 'passed',
        'cmi.score.scaled': '1',
        'cmi.score.raw': '100',
        'cmi.progress_measure': '1',
      });
    await bench.page.goto('about:blank');
    await expect.poll(() => course.title()).toBe('ended');
    expect(await cmiOf(course)).toMatchObject({
      'cmi.exit': 'suspend',
      'cmi.session_time': expect.stringMatching(/^PT/),
    });
    await course.reload();
    const again = await benchInWindow(course);
    await again.sees(again.page.locator('dd-goals'), 'You have solved this exercise');
    await again.runs('tide-board');
    expect(await brokenIn(course)).toEqual([]);
  },
);

async function benchInWindow(course: Page): Promise<Bench> {
  const [window] = await Promise.all([
    course.waitForEvent('popup'),
    course.getByRole('button', { name: 'Open in a window' }).click(),
  ]);
  const bench = new Bench(window);
  await bench.prompt();
  return bench;
}

/** Hands an answer of the exercise in and has it checked. */
async function answer(bench: Bench, folder: string): Promise<void> {
  const text = readFileSync(join(ROOT, 'exercises', EXERCISE, folder, 'tide-board.yaml'), 'utf8');
  await bench.press('Open in the editor');
  await bench.write(text);
  await bench.tab('Terminal').click();
  await bench.type('kubectl apply -f tide-board.yaml');
  await bench.runs('tide-board');
  await bench.press('Check my work');
  await bench.sees(bench.page.locator('.report'), 'of 10 points');
}

here(
  'a lesson by cmi5: in a tab, statements by the rules, passed at the mark that the course sets',
  { timeout: 600_000 },
  async () => {
    const page = `${places.get('cmi5')}index.html`;
    const reader = await visit.reader();
    const returnURL = lms.courseOf('about:blank');
    const data = { launchMode: 'Normal', masteryScore: 0.6, returnURL };
    const bench = new Bench(await reader.newPage());
    await bench.page.goto(page + store.launch('one', data));
    const reached = await takeUntil(bench, 0, 1);
    await expect.poll(() => store.verbs()).toEqual(['initialized', 'progressed']);
    expect(store.statements[1]!.result).toMatchObject({ score: { scaled: 0.3333 } });
    // A launch is for once: a page that is loaded again has said good-bye, and says so.
    await bench.page.reload();
    await bench.sees(bench.page.locator('.course-standing'), 'this launch was used before');
    await bench.prompt();
    await expect.poll(() => store.verbs()).toEqual(['initialized', 'progressed', 'terminated']);

    const second = new Bench(await (await visit.reader()).newPage());
    const before = store.statements.length;
    await second.page.goto(page + store.launch('two', data));
    const further = await takeUntil(second, reached, 1);
    await expect.poll(() => store.verbs().slice(before)).toEqual(['initialized', 'progressed', 'passed']);
    await takeUntil(second, further, 1);
    await expect.poll(() => store.verbs().slice(before)).toEqual(['initialized', 'progressed', 'passed', 'completed']);
    await second.page.getByRole('link', { name: 'Back to the course' }).click();
    await expect.poll(() => store.verbs().at(-1)).toBe('terminated');
    await expect.poll(() => second.page.url()).toBe(returnURL);

    const passed = store.statements.find(({ verb }) => verb.id.endsWith('/passed'))!;
    expect(passed).toMatchObject({
      actor: ACTOR,
      result: { success: true, score: { scaled: 0.6667 }, duration: expect.stringMatching(/^PT[\d.]+S$/) },
      context: {
        contextActivities: {
          grouping: [{ id: 'urn:publisher' }],
          category: [
            { id: 'https://w3id.org/xapi/cmi5/context/categories/cmi5' },
            { id: 'https://w3id.org/xapi/cmi5/context/categories/moveon' },
          ],
        },
        extensions: {
          'https://w3id.org/xapi/cmi5/context/extensions/sessionid': 'two',
          'https://w3id.org/xapi/cmi5/context/extensions/masteryscore': 0.6,
        },
      },
    });
    expect(store.broken).toEqual([]);
  },
);
