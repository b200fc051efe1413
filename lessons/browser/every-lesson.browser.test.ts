import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepsOf, takeStep } from './steps.ts';
import { Visit } from './visit.ts';

// Every lesson, from its first button to its last check, as a reader goes through it who presses what the text offers:
// commands run, things break, the clock is hurried, and each check has to turn green where it stands.

const visit = (await Visit.begin())!;
const LESSONS = join(import.meta.dirname, '../i18n/en/lessons');

beforeAll(() => expect(visit).toBeDefined());
afterAll(() => visit?.end());

// Two at a time: a lesson mostly waits for its cluster's clock.
describe.concurrent('every lesson, by its own buttons', () => {
  for (const file of readdirSync(LESSONS).filter((name) => name.endsWith('.mdx'))) {
    const slug = file.replace('.mdx', '');
    test.skipIf(visit === undefined)(slug, { timeout: 600_000 }, async () => {
      const reader = await visit.reader();
      const bench = await visit.open(reader, `lessons/${slug}/`);
      for (const step of await stepsOf(bench)) await takeStep(bench, slug, step);
      expect(await bench.page.locator('article dd-check:not([data-done])').count()).toBe(0);
      await reader.close();
    });
  }
});
