import type { Report } from '../grade.ts';

/** Who handed a report's answer in; undefined for a single answer. */
export interface ClassReport {
  readonly learner: string;
  readonly exercise: string;
  /** Undefined when nothing was handed in, or it could not be graded. */
  readonly report?: Report;
  /** Why it could not be graded. */
  readonly problem?: string;
}

/** One line for each learner and exercise, as spreadsheets and learning platforms read it (RFC 4180). */
export function csvReport(reports: readonly ClassReport[]): string {
  const lines = reports.map(({ learner, exercise, report, problem }) => {
    const missed =
      report?.checks.filter(({ passed, skipped }) => !passed && skipped === undefined).map(({ id }) => id) ?? [];
    return [
      learner,
      exercise,
      report?.passed ?? false,
      report?.earned ?? 0,
      report?.points ?? '',
      missed.join(' '),
      problem ?? '',
    ];
  });
  const head = ['learner', 'exercise', 'passed', 'earned', 'points', 'missed', 'problem'];
  return `${[head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A cell that begins like a formula would be one in a spreadsheet; learners choose their file names. */
function cell(value: unknown): string {
  const text = String(value).replace(/^([=+\-@\t\r])/, "'$1");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
