import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// `npm test`: everything that must hold, in the order in which a failure is cheapest to find. The last line printed is
// `N passed, N failed`, counting each test, and each checker as one.

const ROOT = join(import.meta.dirname, '..', '..');
const BROWSER_TESTS = '**/*.browser.test.ts';
/** What a test may take where the machine is busy; one that names its own limit keeps it. */
const LIMIT_MS = 60_000;

interface Tally {
  passed: number;
  failed: number;
}

const total: Tally = { passed: 0, failed: 0 };
const scratch = mkdtempSync(join(tmpdir(), 'drydock-tests-'));

/** Runs a script of an installed package under this very Node. Returns whether it succeeded. */
function run(title: string, script: string, ...args: string[]): boolean {
  console.log(`\n── ${title}`);
  const path = join(ROOT, 'node_modules', script);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: ROOT, stdio: 'inherit' });
  return status === 0;
}

function checker(title: string, script: string, ...args: string[]): void {
  const passed = run(title, script, ...args);
  total[passed ? 'passed' : 'failed'] += 1;
}

function vitest(title: string, ...args: string[]): void {
  const report = join(scratch, `${title.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const limits = [`--testTimeout=${LIMIT_MS}`, `--hookTimeout=${LIMIT_MS}`];
  const succeeded = run(title, 'vitest/vitest.mjs', 'run', ...reporters, ...limits, ...args);
  const counted = readTally(report);
  total.passed += counted.passed;
  total.failed += counted.failed;
  // A file that could not even be loaded has no tests to count.
  if (!succeeded && counted.failed === 0) total.failed += 1;
}

function readTally(report: string): Tally {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/**
 * The nginx that the simulated one is held against, where this runs for a build (`CI`) and may install it. Without it those tests
 * are skipped, and say so.
 */
function installNginx(): void {
  if (process.env['CI'] === undefined || existsSync('/usr/sbin/nginx')) return;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const words of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-qq', '-y', '--no-install-recommends', 'nginx'],
  ]) {
    const [program = '', ...args] = [...sudo, ...words];
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) {
      console.warn('nginx could not be installed: what is held against it is skipped');
      return;
    }
  }
}

installNginx();
checker('format and lint', '@biomejs/biome/bin/biome', 'check', '.');
// The types of the lessons' content are made by astro, which a fresh clone has not run yet.
checker('content types', 'astro/bin/astro.mjs', 'sync');
checker('types', 'typescript/bin/tsc', '--noEmit');
checker('unused code', 'knip/bin/knip.js');
vitest('tests', '--exclude', BROWSER_TESTS, '--exclude', '**/node_modules/**');
checker('site build', 'astro/bin/astro.mjs', 'build');
vitest('browser tests', '--config', 'lessons/browser/vitest.config.ts');

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
