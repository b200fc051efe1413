import { existsSync, type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { variantFor } from '../chosen-variant.ts';
import { CourseFileError } from '../course-file.ts';
import { readExerciseFolder } from '../exercise-folder.ts';
import { type AnswerFile, gradeFiles, type Report } from '../grade.ts';
import { gradeJournal } from '../grade-journal.ts';
import { ManifestSyntaxError } from '../manifest-source.ts';
import { parseExercise } from '../parse-exercise.ts';
import { gradeReal } from '../real-cluster/grade-real.ts';
import { RealClusterError } from '../real-cluster/kubectl.ts';
import { type ClassReport, csvReport } from '../report/csv.ts';
import { junitReport } from '../report/junit.ts';
import { COLOUR_INK, PLAIN_INK, textReport } from '../report/text.ts';
import { countVariants, withVariant } from '../variant.ts';
import { readClass } from './class-folder.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';

/** Largest file that is read, in bytes: what a real API server would take, with room for many documents. */
const MAX_FILE_BYTES = 3 * 1024 * 1024;
/** A journal holds every key that was pressed. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;
/** Editors write a file in several steps. */
const SETTLE_MS = 150;

/** Grades what the command line names. Returns the exit code: 0 passed, 1 not passed, 2 could not be graded. */
export function gradeCommand(args: readonly string[]): number {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  return saying(() => {
    const options = readOptions(args);
    const watched = options.watch ? keepGrading(options) : [];
    try {
      return gradeOnce(options);
    } catch (error) {
      // A file that cannot be read as YAML yet is what one goes on editing; any other call is not worth waiting with.
      if (!(error instanceof ManifestSyntaxError)) for (const folder of watched) folder.close();
      throw error;
    }
  });
}

/** Runs `body`; what is expected to go wrong becomes a sentence and exit code 2. */
function saying(body: () => number): number {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error) || !isExpected(error)) throw error;
    process.stderr.write(`could not grade: ${error.message}\n`);
    if (error instanceof ManifestSyntaxError) process.stderr.write(pointAt(error));
    if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
    return 2;
  }
}

function isExpected(error: Error): boolean {
  return [UsageError, CourseFileError, ManifestSyntaxError, RealClusterError].some((kind) => error instanceof kind);
}

function gradeOnce(options: Options): number {
  if (options.roster !== undefined) return gradeClass(options, options.roster);
  const [exercise = ''] = options.exercises;
  const report = gradeAnswer(exercise, options.paths, options);
  process.stdout.write(render(report, options.format));
  return report.passed ? 0 : 1;
}

/** Grades all over again whenever a file that belongs to it changes, until what it returns is closed; Ctrl-C ends it, too. */
function keepGrading(options: Options): readonly FSWatcher[] {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      process.stdout.write(`\n${new Date().toTimeString().slice(0, 8)}\n`);
      saying(() => gradeOnce(options));
    }, SETTLE_MS);
  };
  // Folders, not files: an editor may put a new file in the place of the old one.
  const folders = options.roster === undefined ? options.paths.map((path) => dirname(path)) : [options.roster];
  const recursive = options.roster !== undefined;
  return [...new Set(folders)].filter(existsSync).map((folder) => watch(folder, { recursive }, again));
}

function gradeAnswer(id: string, paths: readonly string[], { variant, seed, kubeconfig }: Partial<Options>): Report {
  const folder = readExerciseFolder(id);
  const index =
    variant === undefined ? (seed === undefined ? 0 : variantFor(seed, countVariants(id, folder))) : variant - 1;
  const exercise = parseExercise(id, withVariant(id, folder, index));
  const [first = ''] = paths;
  if (paths.length === 1 && first.endsWith('.json')) {
    const { name, text } = readAnswer(first, MAX_JOURNAL_BYTES);
    if (text.includes('"drydock-run"')) return gradeJournal(exercise, name, text);
  }
  const files = paths.map((path) => readAnswer(path, MAX_FILE_BYTES));
  return kubeconfig === undefined ? gradeFiles(exercise, files) : gradeReal(exercise, files, kubeconfig);
}

function gradeClass({ exercises, format, variant }: Options, folder: string): number {
  const reports = readSubmissions(folder, exercises).map(({ learner, exercise, paths }): ClassReport => {
    if (paths.length === 0) return { learner, exercise, problem: 'nothing was handed in' };
    try {
      return { learner, exercise, report: gradeAnswer(exercise, paths, { variant, seed: learner }) };
    } catch (error) {
      if (!(error instanceof Error) || !isExpected(error)) throw error;
      return { learner, exercise, problem: error.message.split('\n')[0] };
    }
  });
  if (reports.length === 0) throw new UsageError(`${folder} holds no folder of a learner`);
  process.stdout.write(renderClass(reports, format));
  return reports.every(({ report }) => report?.passed === true) ? 0 : 1;
}

function readSubmissions(folder: string, exercises: readonly string[]) {
  try {
    return readClass(folder, exercises);
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}`);
  }
}

function readAnswer(path: string, maxBytes: number): AnswerFile {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > maxBytes) {
      throw new UsageError(`${path} has ${bytes.length} bytes; ${maxBytes / 1024 / 1024} MiB is the most`);
    }
    return { name: basename(path), text: bytes.toString('utf8') };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function render(report: Report, format: Options['format']): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'junit') return junitReport([report]);
  if (format === 'csv') return csvReport([{ learner: '', exercise: report.exercise, report }]);
  return textReport(report, process.stdout.isTTY ? COLOUR_INK : PLAIN_INK);
}

function renderClass(reports: readonly ClassReport[], format: Options['format']): string {
  if (format === 'json') return `${JSON.stringify(reports, null, 2)}\n`;
  if (format === 'junit') return junitReport(reports.map(suiteOf));
  if (format === 'csv') return csvReport(reports);
  const lines = reports.map(({ learner, exercise, report, problem }) => {
    const score = report === undefined ? '-' : `${report.earned}/${report.points}`;
    return `${report?.passed === true ? '✓' : '✗'} ${learner.padEnd(20)} ${exercise.padEnd(28)} ${score.padStart(7)}  ${problem ?? ''}`.trimEnd();
  });
  const passed = reports.filter(({ report }) => report?.passed === true).length;
  return `${lines.join('\n')}\n\n${passed} of ${reports.length} passed\n`;
}

/** A learner's report under their own name; what could not be graded is one check that failed. */
function suiteOf({ learner, exercise, report, problem = '' }: ClassReport): Report {
  const name = `${learner}/${exercise}`;
  if (report !== undefined) return { ...report, exercise: name };
  const check = { id: 'graded', title: 'can be graded', passed: false, earned: 0, points: 0, seen: problem, why: [] };
  return {
    exercise: name,
    title: name,
    passed: false,
    earned: 0,
    points: 0,
    refused: [],
    checks: [check],
    virtualMs: 0,
  };
}

/** The line in question, with a mark under the column. */
function pointAt({ place }: ManifestSyntaxError): string {
  const text = place.text.slice(0, 200);
  return `\n  ${text}\n  ${' '.repeat(Math.max(0, Math.min(place.column - 1, text.length)))}^\n`;
}
