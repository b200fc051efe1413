import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Bench, Visit } from './visit.ts';

// Ten exercises through the page, each solved by its reference and failed by one of its mistakes: written into the editor,
// applied in the terminal, graded by the button. That a mistake fails exactly its checks is proven in `graders/`; here the
// report has to say so on the page.

const visit = (await Visit.begin())!;
const FOLDER = resolve(import.meta.dirname, '../../exercises');
/** Exercise, and one of its mistakes. */
const EXERCISES = {
  'fits-whole': 'by-label',
  'homeless-pod': 'any-machine',
  'no-port-left': 'both-moved',
  'one-on-each': 'all-at-once',
  'once-a-minute': 'every-hour',
  'pods-without-end': 'four',
  'restarts-for-nothing': 'no-liveness',
  'settings-that-follow': 'decimal-mode',
  'six-crates': 'always',
  'three-doors': 'all-node-ports',
};

beforeAll(() => expect(visit).toBeDefined());
afterAll(() => visit?.end());

describe.concurrent('ten exercises through the page', () => {
  for (const [id, mistake] of Object.entries(EXERCISES)) {
    const { answer, applied, checks } = parse(readFileSync(join(FOLDER, id, 'exercise.yaml'), 'utf8'));
    const textOf = (attempt: string) => readFileSync(join(FOLDER, id, attempt, answer), 'utf8');

    test.skipIf(visit === undefined)(`${id}: solved`, { timeout: 600_000 }, async () => {
      await answered(id, answer, applied === true, textOf('solutions/reference'), async (bench) => {
        await bench.sees(bench.page.locator('.report'), 'All of it holds');
        await bench.sees(bench.page.locator('dd-goals'), 'You have solved this exercise');
      });
    });

    test.skipIf(visit === undefined)(`${id}: failed by ${mistake}`, { timeout: 600_000 }, async () => {
      const failing: string[] = parse(readFileSync(join(FOLDER, id, 'mistakes', mistake, 'fails.yaml'), 'utf8'));
      await answered(id, answer, applied === true, textOf(`mistakes/${mistake}`), async (bench) => {
        const report = bench.page.locator('.report');
        await bench.sees(report, /\d+ of \d+ points/);
        for (const { id: check, title } of checks) {
          if (!failing.includes(check)) continue;
          await report.locator('li', { hasText: title }).first().waitFor();
        }
        expect(await report.textContent()).not.toContain('All of it holds');
      });
    });
  }
});

/** Writes an answer, applies it in the place of what is there, asks for the grade, and looks at what is said. */
async function answered(
  id: string,
  file: string,
  applied: boolean,
  text: string,
  look: (bench: Bench) => Promise<void>,
): Promise<void> {
  const reader = await visit.reader();
  const bench = await visit.open(reader, `exercises/${id}/`);
  await bench.prompt();
  await bench.press('Open in the editor');
  await bench.write(text);
  await bench.tab('Terminal').click();
  if (applied) await bench.answers(() => bench.type(`kubectl delete --now -f ${file}`));
  await bench.answers(() => bench.type(`kubectl apply -f ${file}`));
  await bench.press('Check my work');
  await look(bench);
  await reader.close();
}
