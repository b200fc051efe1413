import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// The tests that need a browser and a built site: `vitest run --config lessons/browser/vitest.config.ts`.
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: [
      'lessons/browser/**/*.browser.test.ts',
      'engine/testing/*.browser.test.ts',
      'engine/http/*.browser.test.ts',
    ],
    globalSetup: [resolve(import.meta.dirname, 'built-site.ts')],
    // One browser at a time: the pages' clocks are real ones.
    fileParallelism: false,
    // Of those a file runs side by side: they mostly wait for their clusters' clocks.
    maxConcurrency: 2,
    testTimeout: 600_000,
    expect: { poll: { timeout: 180_000 } },
    hookTimeout: 600_000,
  },
});
