import type { Report } from '../grade.ts';

/** A report as JUnit XML, one test case a check. Times are those of the simulated cluster, in seconds. */
export function junitReport(reports: readonly Report[]): string {
  const suites = reports.map((report) => {
    const failures = report.checks.filter(({ passed, skipped }) => !passed && skipped === undefined).length;
    const cases = report.checks.map((check) => {
      const open = `    <testcase classname="${escapeXml(report.exercise)}" name="${escapeXml(check.title)}"`;
      if (check.passed) return `${open}/>`;
      if (check.skipped !== undefined)
        return `${open}>\n      <skipped message="${escapeXml(check.skipped)}"/>\n    </testcase>`;
      const where = check.where === undefined ? [] : [`${check.where.file}:${check.where.line}:${check.where.column}`];
      const body = [...check.why, ...where, check.ask ?? ''].filter((line) => line !== '').join('\n');
      return `${open}>\n      <failure message="${escapeXml(check.seen)}">${escapeXml(body)}</failure>\n    </testcase>`;
    });
    const seconds = (report.virtualMs / 1000).toFixed(3);
    const counts = `tests="${report.checks.length}" failures="${failures}" time="${seconds}"`;
    return `  <testsuite name="${escapeXml(report.exercise)}" ${counts}>\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  // What XML cannot hold at all is replaced, so that a hostile name cannot break the file.
  const legal = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '\ufffd');
  return legal.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
