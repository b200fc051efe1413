import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Where a system keeps a Chromium, if it has one. */
const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A headless Chromium: the one inside an npm package where it runs (linux-x64), else the system's. Undefined where there
 * is neither; tests that need it then say so and are skipped.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    const executablePath = await sparticuz.executablePath();
    // Not the package's own arguments: they are for a serverless host, put everything into one process and weaken security.
    return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], headless: true });
  }
  const executablePath = SYSTEM.find((path) => existsSync(path));
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, headless: true });
}
