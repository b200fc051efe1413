import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { serve } from '../package/testing/small-lms.ts';
import { LTI } from '../workshop/lti/logins.ts';
import type { LtiPlatform } from '../workshop/lti/platform.ts';
import { LtiTestPlatform, learnerLaunch } from '../workshop/testing/lti-platform.ts';
import { Bench, Visit } from './visit.ts';
import { laptop, type WorkshopHost } from './workshop-hosts.ts';
import { barOf } from './workshop-room.ts';

// A course of another site that links to the workshop by LTI 1.3, in a frame and in a tab. To a browser that frame is a third
// party: what it keeps is kept apart, and it has no cookies but those that belong to that course alone.

const ROOT = resolve(import.meta.dirname, '../..');
const EXERCISE = 'exercise/shared-page';

/** The course: its pages on `localhost`, which to a browser is another site than the workshop's 127.0.0.1. */
const folder = mkdtempSync(join(tmpdir(), 'drydock-lti-'));
const pairs = await LtiTestPlatform.newKeys();
const course = await serve((request, response) => answer(request, response));
const pages = course.url.replace('127.0.0.1', 'localhost');
const school: LtiPlatform = {
  issuer: 'https://school.example',
  clientId: 'drydock',
  deploymentIds: ['course-7'],
  authorizationUrl: `${pages}/authorize`,
  tokenUrl: `${course.url}/token`,
  keysUrl: `${course.url}/keys`,
};
const platform = await LtiTestPlatform.open(Date.now, pairs, school);

const host: WorkshopHost = await laptop((port) => {
  const file = join(folder, 'platforms.json');
  writeFileSync(file, JSON.stringify({ address: `http://127.0.0.1:${port}`, platforms: [school] }));
  return ['--exercises', 'shared-page', '--lessons', 'pod-process-group', '--lti', file];
});
platform.toolKeys = (await (await fetch(`${host.url}${LTI}/keys`)).json()) as LtiTestPlatform['toolKeys'];
const visit = (await Visit.begin(host.url, [pages]))!;
const here = test.skipIf(visit === undefined);

afterEach(() => visit?.leave());
afterAll(async () => {
  await visit?.end();
  await host.end();
  await course.close();
  rmSync(folder, { recursive: true });
});

/** What the course says to browsers, and to the workshop's server. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, course.url);
  const html = (text: string) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><link rel="icon" href="data:,">${text}`);
  };
  if (url.pathname === '/course') return html(coursePage(url.searchParams.get('who') ?? ''));
  if (url.pathname === '/authorize') return html(await launchForm(url.searchParams));
  let body = '';
  for await (const chunk of request) body += chunk;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const sent = request.method === 'POST' ? { method: 'POST', headers, body } : {};
  const answered = await platform.fetch(`${course.url}${request.url}`, sent);
  response.writeHead(answered.status, { 'content-type': 'application/json' });
  response.end(await answered.text());
}

function coursePage(who: string): string {
  const begin = new URLSearchParams({ iss: school.issuer, client_id: school.clientId, login_hint: who });
  const link = `${host.url}${LTI}/login?${begin}`;
  return `<style>html, body { height: 100%; margin: 0 } iframe { width: 100%; height: 90%; border: 0 }</style>
<a href="${link}" target="frame">Open here</a> <a href="${link}" target="_blank">Open in a tab</a>
<iframe name="frame" title="exercise" allow="clipboard-write"></iframe>`;
}

/** Says who somebody is, by a form that the browser carries to the tool. */
async function launchForm(asked: URLSearchParams): Promise<string> {
  const who = asked.get('login_hint')!;
  const claims = learnerLaunch(who, who, EXERCISE, `${course.url}/items/${who}`);
  const token = await platform.sign({ ...claims, nonce: asked.get('nonce') });
  return `<form method="post" action="${asked.get('redirect_uri')}">
<input type="hidden" name="state" value="${asked.get('state')}"><input type="hidden" name="id_token" value="${token}">
</form><script>document.forms[0].submit()</script>`;
}

async function courseFor(who: string): Promise<Page> {
  const page = await (await visit.reader()).newPage();
  await page.goto(`${pages}/course?who=${who}`);
  return page;
}

/** Hands in what lies in a folder of the exercise. */
async function handIn(bench: Bench, answer: string, attempt: number): Promise<void> {
  const text = readFileSync(join(ROOT, 'exercises/shared-page', answer, 'tide-board.yaml'), 'utf8');
  await bench.press('Open in the editor');
  await bench.write(text);
  await bench.tab('Terminal').click();
  await bench.type('kubectl apply -f tide-board.yaml');
  await bench.runs('tide-board');
  await bench.press('Hand in');
  await bench.sees(bench.frame.locator('dd-workshop-bar'), `attempts: ${attempt}`);
}

/** What the gradebook has of somebody, between 0 and 1, as it came. */
function gradesOf(who: string): readonly number[] {
  return platform.scores
    .filter(({ lineItem }) => lineItem.endsWith(`/items/${who}`))
    .map((score) => Number(score['scoreGiven']) / Number(score['scoreMaximum']));
}

here('in a frame of the course: in by name, a part of the points, then all of them', { timeout: 600_000 }, async () => {
  const page = await courseFor('Ada');
  await page.getByRole('link', { name: 'Open here' }).click();
  const content = page.frameLocator('iframe');
  await content.getByText('You come in as Ada.').waitFor();
  await content.getByText('your instructor sees your name').waitFor();
  await content.getByRole('link', { name: 'Go on' }).click();
  await content.locator('dd-workshop-bar').filter({ hasText: 'Your instructor sees this bench' }).waitFor();
  const frame = page.frames().find((each) => each.url().startsWith(`${host.url}/exercises/`))!;
  const bench = new Bench(page, frame);
  await handIn(bench, 'mistakes/separate-volumes', 1);
  await expect.poll(() => gradesOf('Ada')).toHaveLength(1);
  expect(gradesOf('Ada')[0]).toBeGreaterThan(0);
  expect(gradesOf('Ada')[0]).toBeLessThan(1);
  await bench.type('kubectl delete pod tide-board --now');
  await bench.pod('tide-board').waitFor({ state: 'detached' });
  await handIn(bench, 'solutions/reference', 2);
  await expect.poll(() => gradesOf('Ada').at(-1)).toBe(1);
  expect(await bench.flaws()).toEqual([]);
  // Whoever comes again is known, and goes on by themselves where they were.
  await page.reload();
  await page.getByRole('link', { name: 'Open here' }).click();
  await content.locator('dd-cluster .pod[data-pod="tide-board"][data-tone=good]').waitFor();
  // The frame's cookies are of this course alone: such are kept where those of third parties are not.
  const cookies = await page.context().cookies();
  expect(cookies.length).toBeGreaterThan(0);
  const kept = { sameSite: 'None', secure: true, httpOnly: true, partitionKey: 'http://localhost' };
  for (const cookie of cookies) expect(cookie).toMatchObject(kept);
});

here('in a tab of its own', { timeout: 600_000 }, async () => {
  const page = await courseFor('Ben');
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open in a tab' }).click(),
  ]);
  await tab.getByRole('link', { name: 'Go on' }).click();
  const bench = new Bench(tab);
  await bench.sees(barOf(bench), 'Your instructor sees this bench');
  await handIn(bench, 'solutions/reference', 1);
  await expect.poll(() => gradesOf('Ben')).toEqual([1]);
});

here('no other site may show the workshop in a frame of its own', async () => {
  const page = await (await visit.reader()).newPage();
  // The same machine by an address that the settings do not name.
  await page.goto(`${course.url}/course?who=Cleo`);
  const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
  await page.getByRole('link', { name: 'Open here' }).click();
  await refused;
  expect(visit.complaints.splice(0)).toEqual([
    `a request left the page: ${course.url}/course?who=Cleo`,
    expect.stringContaining('frame-ancestors'),
  ]);
});
