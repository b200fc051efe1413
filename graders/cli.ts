import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { CourseFileError } from './course-file.ts';
import { listExercises, readExerciseFolder } from './exercise-folder.ts';
import { type AnswerFile, gradeFiles, type Report } from './grade.ts';
import { ManifestSyntaxError } from './manifest-source.ts';
import { parseExercise } from './parse-exercise.ts';
import { junitReport } from './report/junit.ts';
import { COLOUR_INK, PLAIN_INK, textReport } from './report/text.ts';

const USAGE = `usage: npm run grade -- <exercise> <files…> [--format text|json|junit]

Applies the files to a fresh cluster and runs the exercise's checks.
Exit code: 0 passed, 1 failed, 2 could not grade.

exercises: ${listExercises().join(', ')}
`;

const FORMATS = ['text', 'json', 'junit'];

/** Largest file that is read, in bytes: what a real API server would take, with room for many documents. */
const MAX_FILE_BYTES = 3 * 1024 * 1024;

/** A call that cannot be graded; the message says why. */
class UsageError extends Error {}

function main(args: readonly string[]): number {
  try {
    const { exercise, files, format } = readArguments(args);
    const report = gradeFiles(parseExercise(exercise, readExerciseFolder(exercise)), files);
    process.stdout.write(render(report, format));
    return report.passed ? 0 : 1;
  } catch (error) {
    const expected =
      error instanceof UsageError || error instanceof CourseFileError || error instanceof ManifestSyntaxError;
    if (!expected) throw error;
    process.stderr.write(`could not grade: ${error.message}\n`);
    if (error instanceof ManifestSyntaxError) process.stderr.write(pointAt(error));
    if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
    return 2;
  }
}

function readArguments(args: readonly string[]): { exercise: string; files: readonly AnswerFile[]; format: string } {
  const { values, positionals } = parse(args);
  const [exercise, ...paths] = positionals;
  if (exercise === undefined) throw new UsageError('no exercise named');
  if (paths.length === 0) throw new UsageError('no files to grade');
  if (!FORMATS.includes(values.format)) throw new UsageError(`unknown format "${values.format}"`);
  return { exercise, files: paths.map(readAnswer), format: values.format };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: 'string', default: 'text' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readAnswer(path: string): AnswerFile {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES) throw new UsageError(`${path} has ${bytes.length} bytes; 3 MiB is the most`);
    return { name: basename(path), text: bytes.toString('utf8') };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function render(report: Report, format: string): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'junit') return junitReport([report]);
  return textReport(report, process.stdout.isTTY ? COLOUR_INK : PLAIN_INK);
}

/** The line in question, with a mark under the column. */
function pointAt({ place }: ManifestSyntaxError): string {
  const text = place.text.slice(0, 200);
  return `\n  ${text}\n  ${' '.repeat(Math.max(0, Math.min(place.column - 1, text.length)))}^\n`;
}

process.exitCode = main(process.argv.slice(2));
