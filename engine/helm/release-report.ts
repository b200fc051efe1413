import { writeJson } from '../kubectl/output/json-writer.ts';
import { writeYaml } from '../kubectl/yaml/yaml-writer.ts';
import { HelmError } from './helm-error.ts';
import type { Release } from './release/release.ts';
import type { HelmRun } from './run.ts';

/** Prints a value in the form that --output asks for, a table being made by `table`. @throws HelmError */
export function printAs(run: HelmRun, value: unknown, table: () => string): void {
  const format = run.flags.string('output');
  if (format === 'json') run.streams.out(`${writeJson(value)}\n`);
  else if (format === 'yaml') run.streams.out(writeYaml(value));
  else if (format === 'table') run.streams.out(table());
  else throw new HelmError(`invalid argument ${JSON.stringify(format)} for "-o, --output" flag: invalid format type`);
}

/** Rows below their heads, as github.com/gosuri/uitable draws them: cells are padded and parted by a tab. */
export function tableText(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  maxWidth = Number.POSITIVE_INFINITY,
): string {
  const cut = (cell: string) => (cell.length > maxWidth ? `${cell.slice(0, maxWidth - 3)}...` : cell);
  const lines = [heads, ...rows].map((row) => row.map(cut));
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column]!)).join('\t')}\n`).join('');
}

/** `Sun Nov 29 17:31:44 2026`. */
export function ansicTime(timestamp: string): string {
  const utc = new Date(timestamp).toUTCString();
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(utc)!;
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}

/** As Go prints a time: `2026-11-29 17:31:44.25 +0000 UTC`. */
export function goTime(timestamp: string): string {
  const [date = '', time = ''] = new Date(timestamp).toISOString().slice(0, -1).split('T');
  return `${date} ${time.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : time.includes('.') ? '' : zeros))} +0000 UTC`;
}

/** What install, upgrade and status say of a release. */
export function releaseText(release: Release, options: { readonly hideNotes?: boolean } = {}): string {
  const { info } = release;
  const lines = [
    `NAME: ${release.name}`,
    `LAST DEPLOYED: ${ansicTime(info.last_deployed)}`,
    `NAMESPACE: ${release.namespace}`,
    `STATUS: ${info.status}`,
    `REVISION: ${release.version}`,
    ...suiteLines(release),
  ];
  if (info.description === 'Dry run complete') {
    lines.push('HOOKS:', ...release.hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}`));
    lines.push(`MANIFEST:\n${release.manifest}`);
  }
  const notes = info.notes?.trim() ?? '';
  if (notes !== '' && options.hideNotes !== true) lines.push(`NOTES:\n${notes}`);
  return `${lines.join('\n')}\n`;
}

function suiteLines({ hooks }: Release): readonly string[] {
  const tests = hooks.filter(({ events }) => events.includes('test'));
  if (tests.length === 0) return ['TEST SUITE: None'];
  return tests
    .filter(({ last_run }) => last_run.started_at !== '')
    .flatMap(({ name, last_run }) => [
      `TEST SUITE:     ${name}`,
      `Last Started:   ${ansicTime(last_run.started_at)}`,
      `Last Completed: ${ansicTime(last_run.completed_at || last_run.started_at)}`,
      `Phase:          ${last_run.phase}`,
    ]);
}
