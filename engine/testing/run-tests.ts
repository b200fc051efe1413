import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Failure, RunReport } from './failure-report.ts';

// `npm test`: everything that must hold, in the order in which a failure is cheapest to find. At the end stands once more
// what failed, and on the last line `N passed, N failed`, counting each test, and each checker as one.

const ROOT = join(import.meta.dirname, '..', '..');
const SUMMARY_LINES = 15;

let passed = 0;
const failures: Failure[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'drydock-tests-'));

/** A script of an installed package, run by this very Node. */
function words(script: string, args: readonly string[]): readonly [string, string[]] {
  return [process.execPath, [join(ROOT, 'node_modules', script), ...args]];
}

function checker(title: string, script: string, ...args: string[]): void {
  console.log(`\n── ${title}`);
  const ended = spawnSync(...words(script, args), { cwd: ROOT, encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY });
  const said = `${ended.stdout ?? ''}${ended.stderr ?? ''}`;
  process.stdout.write(said);
  if (ended.status === 0) passed += 1;
  else failures.push({ what: title, message: lastLines(said) || endOf(ended) });
}

function vitest(title: string, ...args: string[]): void {
  console.log(`\n── ${title}`);
  const report = join(scratch, `${title.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', `--reporter=${join(import.meta.dirname, 'failure-report.ts')}`];
  const ended = spawnSync(...words('vitest/vitest.mjs', ['run', ...reporters, ...args]), {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, DRYDOCK_RUN_REPORT: report },
  });
  const counted = readReport(report);
  passed += counted.passed;
  failures.push(...counted.failures);
  if (ended.status !== 0 && counted.failures.length === 0) failures.push({ what: title, message: endOf(ended) });
}

/** A tool says what is wrong at its end. */
function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-SUMMARY_LINES).join('\n');
}

function endOf({ status, signal, error }: { status: number | null; signal: string | null; error?: Error }): string {
  return error?.message ?? (signal === null ? `ended with exit code ${status}` : `killed by ${signal}`);
}

function readReport(path: string): RunReport {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failures: [] };
  }
}

/** So that the end of a long output tells all that matters. */
function summary({ what, message }: Failure): string {
  const lines = stripVTControlCharacters(message).split('\n');
  const cut = lines.length > SUMMARY_LINES ? [`… ${lines.length - SUMMARY_LINES} more lines above`] : [];
  const told = [...lines.slice(0, SUMMARY_LINES), ...cut].map((line) => `    ${line.slice(0, 400)}\n`);
  return `FAILED ${what}\n${told.join('')}`;
}

/**
 * The nginx that the simulated one is held against, where this runs for a build (`CI`) and may install it. Without it those tests
 * are skipped, and say so.
 */
function installNginx(): void {
  if (process.env['CI'] === undefined || existsSync('/usr/sbin/nginx')) return;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const line of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-qq', '-y', '--no-install-recommends', 'nginx'],
  ]) {
    const [program = '', ...args] = [...sudo, ...line];
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
vitest('tests');
checker('site build', 'astro/bin/astro.mjs', 'build');
vitest('browser tests', '--config', 'lessons/browser/vitest.config.ts');

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${failures.map(summary).join('\n')}\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
