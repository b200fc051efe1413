import { configDefaults, defineConfig } from 'vitest/config';

/**
 * A limit only ends what hangs: no test may fail because its machine is slow or busy, so this is far more than any takes, and tests
 * name no shorter one.
 */
const HANGS_MS = 600_000;

// All tests but those of pages, which have a configuration of their own: lessons/browser/vitest.config.ts.
export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts'],
    // Vitest would leave a processor free, which of two is half of the machine.
    maxWorkers: '100%',
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    teardownTimeout: HANGS_MS,
    expect: { poll: { timeout: HANGS_MS / 2, interval: 20 } },
  },
});
