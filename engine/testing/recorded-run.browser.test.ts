import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { launchChromium } from '../../lessons/browser/chromium.ts';
import { type RunSummary, recordedRun } from './recorded-run.ts';

// The same seed and inputs give the same bytes in Node and in a browser.

/** The recorded run as a script for a page: it leaves its figures in `globalThis.summary`. */
async function bundle(): Promise<string> {
  const result = await build({
    stdin: {
      contents: "import { recordedRun } from './recorded-run.ts'; globalThis.summary = recordedRun();",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

test('a run in Chromium and one in Node have the same trace', async (context) => {
  const inNode = recordedRun();
  expect(inNode.replayedHash).toBe(inNode.hash);
  expect(inNode.pods).toMatch(/web-.*Running/);

  const browser = await launchChromium();
  if (browser === undefined) return context.skip('no Chromium on this machine');
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundle() });
    const inChromium = (await page.evaluate('globalThis.summary')) as RunSummary;
    expect(inChromium).toEqual(inNode);
  } finally {
    await browser.close();
  }
});
