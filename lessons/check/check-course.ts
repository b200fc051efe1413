import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { flawsOfCourse } from './course-flaws.ts';
import type { Flaw } from './course-text.ts';

const USAGE = `usage: npm run check:course [-- --quick] [-- --untranslated]

Looks at every lesson and every exercise: spelling of terms, links, files and checks, reading time, all languages in
step; then goes through every lesson on a cluster and lets every exercise prove itself. What is wrong is said by file and line.

  --quick         only what can be seen without a cluster
  --untranslated  lists what has no translation yet, too
Exit code: 0 nothing is wrong, 1 something is, 2 it could not be looked at.
`;

const ROOT = resolve(import.meta.dirname, '../..');

/** Looks at the whole course and says what is wrong with it. Returns the exit code. */
export function checkCourse(args: readonly string[]): number {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = args.find((arg) => !['--quick', '--untranslated'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${unknown}\n\n${USAGE}`);
    return 2;
  }
  const started = Date.now();
  const { languages, lessons, exercises, flaws: seen } = flawsOfCourse(ROOT, args.includes('--untranslated'));
  const flaws = [...seen, ...(args.includes('--quick') ? [] : proofFlaws())];
  for (const { file, line, message } of flaws) process.stdout.write(`${file}:${line}: ${message}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const count = flaws.length === 1 ? '1 flaw' : `${flaws.length} flaws`;
  process.stdout.write(
    `${lessons} lesson texts (${languages.join(', ')}), ${exercises} exercises, ${count}, ${seconds} s\n`,
  );
  return flaws.length === 0 ? 0 : 1;
}

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Goes through lessons and exercises on clusters, by the tests that do. */
function proofFlaws(): Flaw[] {
  const output = join(mkdtempSync(join(tmpdir(), 'drydock-check-')), 'report.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [
    vitest,
    'run',
    'lessons/i18n/lessons.test.ts',
    'graders/prove',
    '--reporter=json',
    `--outputFile=${output}`,
  ];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (!existsSync(output)) throw new Error(`the tests could not be run:\n${run.stderr}`);
  const report = JSON.parse(readFileSync(output, 'utf8')) as TestReport;
  return report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(flawOfTest);
}

/** Where a test's failure comes from: the lesson whose command it quotes, or the exercise that it names. */
function flawOfTest({
  fullName,
  failureMessages,
}: TestReport['testResults'][number]['assertionResults'][number]): Flaw {
  const message = `${fullName}: ${failureMessages.join(' ').split('\n    at ')[0]?.replace(/\s+/g, ' ').slice(0, 500)}`;
  const [, exercise] = /exercise ([\w-]+)/.exec(fullName) ?? [];
  if (exercise !== undefined) return { file: `exercises/${exercise}/exercise.yaml`, line: 1, message };
  const [, lesson] = /([\w-]+\/[\w-]+\.mdx)/.exec(fullName) ?? [];
  if (lesson === undefined) return { file: 'lessons/i18n/lessons.test.ts', line: 1, message };
  const file = `lessons/i18n/${lesson.replace('/', '/lessons/')}`;
  return { file, line: lineQuoted(readFileSync(join(ROOT, file), 'utf8'), message), message };
}

/** The line of the first command or check that the message quotes; 1 where it quotes none. */
function lineQuoted(text: string, message: string): number {
  for (const { 1: quoted = '', index } of text.matchAll(/(?:command|goal|do)="([^"]+)"/g)) {
    if (message.includes(quoted)) return text.slice(0, index).split('\n').length;
  }
  return 1;
}
