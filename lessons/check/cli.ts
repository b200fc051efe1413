import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CourseFileError,
  CourseNode,
  countVariants,
  parseChecks,
  parseExercise,
  parseProof,
  translate,
  withVariant,
} from '@drydock/graders';
import { LANGUAGES } from '../i18n/languages.ts';
import { flawsOfChinese } from './chinese.ts';
import { type Flaw, type LessonText, readExercises, readLessons } from './course-text.ts';
import { flawsOfLesson, outOfStep } from './lesson-flaws.ts';

const USAGE = `usage: npm run check:course [-- --quick] [-- --untranslated]

Looks at every lesson and every exercise: spelling of terms, links, files and checks, reading time, both languages in
step; then goes through every lesson on a cluster and lets every exercise prove itself. What is wrong is said by file and line.

  --quick         only what can be seen without a cluster
  --untranslated  lists what has no translation yet, too
Exit code: 0 nothing is wrong, 1 something is, 2 it could not be looked at.
`;

const ROOT = resolve(import.meta.dirname, '../..');

function main(args: readonly string[]): number {
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
  const lessons = readLessons(ROOT);
  const exercises = readExercises(ROOT);
  const flaws = [
    ...lessonFlaws(lessons, new Set(exercises.keys()), args.includes('--untranslated')),
    ...[...exercises].flatMap(([id, files]) => exerciseFlaws(id, files, args.includes('--untranslated'))),
    ...(args.includes('--quick') ? [] : proofFlaws()),
  ];
  for (const { file, line, message } of flaws) process.stdout.write(`${file}:${line}: ${message}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const count = flaws.length === 1 ? '1 flaw' : `${flaws.length} flaws`;
  process.stdout.write(`${lessons.length} lesson texts, ${exercises.size} exercises, ${count}, ${seconds} s\n`);
  return flaws.length === 0 ? 0 : 1;
}

function lessonFlaws(lessons: readonly LessonText[], exercises: ReadonlySet<string>, untranslated: boolean): Flaw[] {
  const [first, ...others] = LANGUAGES.map(({ id }) => id);
  const written = lessons.filter(({ language }) => language === first);
  const known = new Set([
    ...written.map(({ slug }) => `lessons/${slug}`),
    ...[...exercises].map((id) => `exercises/${id}`),
  ]);
  const flaws = lessons.flatMap((lesson) => [...flawsOfLesson(lesson, known)]);
  for (const lesson of written) flaws.push(...checkFlaws(lesson));
  for (const language of others) {
    for (const lesson of written) {
      const translation = lessons.find((each) => each.language === language && each.slug === lesson.slug);
      if (translation === undefined) {
        if (untranslated) flaws.push({ file: lesson.file, line: 1, message: `not yet in ${language}` });
        continue;
      }
      const flaw = outOfStep(lesson, translation);
      if (flaw !== undefined) flaws.push(flaw);
    }
  }
  for (const { file, language, slug } of lessons) {
    if (language === first || written.some((lesson) => lesson.slug === slug)) continue;
    flaws.push({ file, line: 1, message: `a translation of nothing: there is no ${first}/${slug}.mdx` });
  }
  return flaws;
}

/** What is wrong with a lesson's checks. */
function checkFlaws({ file }: LessonText): Flaw[] {
  const [, head = ''] = readFileSync(join(ROOT, file), 'utf8').split(/^---$/m);
  return flawsOfCourseFile(file, () => {
    const root = CourseNode.parse(file, head);
    if (root.has('checks')) parseChecks(root.field('checks'));
  });
}

/** What parsing says: fields, hints, variants and translations. */
function exerciseFlaws(id: string, files: Readonly<Record<string, string>>, untranslated: boolean): Flaw[] {
  const file = `exercises/${id}/exercise.yaml`;
  const flaws = [...flawsOfChinese(`exercises/${id}/zh.yaml`, files['zh.yaml'] ?? '', 1)];
  const wrong = flawsOfCourseFile(file, () => {
    for (let index = 0; index < countVariants(id, files); index++) {
      const folder = withVariant(id, files, index);
      const exercise = parseExercise(id, folder);
      parseProof(exercise, folder);
      for (const { id: language } of LANGUAGES.slice(1)) {
        if (folder[`${language}.yaml`] !== undefined) translate(exercise, folder, language);
        else if (untranslated && index === 0) flaws.push({ file, line: 1, message: `not yet in ${language}` });
      }
    }
  });
  return [...flaws, ...wrong];
}

/** What reading course files complains of, by file and line. */
function flawsOfCourseFile(file: string, read: () => void): Flaw[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof CourseFileError)) throw error;
    const [, where = file, line = '1', message = error.message] =
      /^([^:]+):(\d+): ([\s\S]*)$/.exec(error.message) ?? [];
    return [{ file: where, line: Number(line), message }];
  }
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
    'lessons/content',
    'graders/prove',
    '--maxWorkers=100%',
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
  if (lesson === undefined) return { file: 'lessons/content/lessons.test.ts', line: 1, message };
  const file = `lessons/content/lessons/${lesson}`;
  return { file, line: lineQuoted(readFileSync(join(ROOT, file), 'utf8'), message), message };
}

/** The line of the first command or check that the message quotes; 1 where it quotes none. */
function lineQuoted(text: string, message: string): number {
  for (const { 1: quoted = '', index } of text.matchAll(/(?:command|goal|do)="([^"]+)"/g)) {
    if (message.includes(quoted)) return text.slice(0, index).split('\n').length;
  }
  return 1;
}

process.exitCode = main(process.argv.slice(2));
