import type { CheckResult, Report } from '../grade.ts';

/** Colours of a terminal, or none where the output is no terminal. */
export interface Ink {
  green(text: string): string;
  red(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const plain = (text: string): string => text;

export const PLAIN_INK: Ink = { green: plain, red: plain, dim: plain, bold: plain };

const coloured = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;

export const COLOUR_INK: Ink = { green: coloured(32), red: coloured(31), dim: coloured(2), bold: coloured(1) };

/** A report for a person: each check with what was seen, why, where and a question to go on with. */
export function textReport(report: Report, ink: Ink): string {
  const lines = [ink.bold(report.title), ''];
  for (const refusal of report.refused)
    lines.push(ink.red('kubectl apply was refused:'), indent(visible(refusal), 2), '');
  for (const check of report.checks) lines.push(...checkLines(check, ink));
  const verdict = report.passed ? ink.green('passed') : ink.red('not there yet');
  const seconds = Math.round(report.virtualMs / 1000);
  lines.push(
    '',
    `${verdict}  ${report.earned} of ${report.points} points  ${ink.dim(`(${seconds} s of cluster time)`)}`,
  );
  return `${lines.join('\n')}\n`;
}

function checkLines(check: CheckResult, ink: Ink): string[] {
  if (check.skipped !== undefined) return [`${ink.dim('–')} ${check.title} ${ink.dim(`skipped: ${check.skipped}`)}`];
  const mark = check.passed ? ink.green('✓') : ink.red('✗');
  const lines = [`${mark} ${check.title} ${ink.dim(`${check.earned}/${check.points}`)}`];
  if (check.passed) return lines;
  lines.push(`    ${ink.dim('seen')}   ${visible(check.seen)}`);
  check.why.forEach((cause, index) => {
    lines.push(`    ${ink.dim(index === 0 ? 'why ' : '    ')}   ${visible(cause)}`);
  });
  if (check.where !== undefined) {
    const { file, line, column, text } = check.where;
    lines.push(`    ${ink.dim('where')}  ${file}:${line}:${column}  ${ink.dim('|')} ${visible(text)}`);
  }
  if (check.ask !== undefined) lines.push(`    ${ink.dim('try')}    ${check.ask}`);
  return lines;
}

/** Control characters from a learner's cluster or file are shown, not obeyed. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

function indent(text: string, width: number): string {
  return text.replace(/^/gm, ' '.repeat(width));
}
