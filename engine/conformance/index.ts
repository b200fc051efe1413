import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readLedger } from './ledger.ts';

// `npm run conformance`: which of the upstream conformance tests have a behaviour test here that passes, which fail, and
// which are not written yet, by SIG.

const ROOT = join(import.meta.dirname, '..', '..');

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs the tests; the status of each by `sig/title`. */
function runTests(): ReadonlyMap<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-conformance-'));
  const output = join(scratch, 'report.json');
  try {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${output}`];
    spawnSync(process.execPath, [vitest, 'run', 'engine/conformance', ...reporters], { cwd: ROOT, stdio: 'inherit' });
    const { testResults }: Report = JSON.parse(readFileSync(output, 'utf8'));
    return new Map(
      testResults.flatMap(({ name, assertionResults }) =>
        assertionResults.map(({ title, status }) => [`${basename(dirname(name))}/${title}`, status] as const),
      ),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function print(cells: readonly (string | number)[]): void {
  const [sig, ...counts] = cells;
  console.log(String(sig).padEnd(22) + counts.map((count) => String(count).padStart(9)).join(''));
}

const results = runTests();
const counts = new Map<string, { passed: number; failed: number; missing: number }>();
const total = { passed: 0, failed: 0, missing: 0 };
for (const { sig, title } of readLedger()) {
  const count = counts.get(sig) ?? { passed: 0, failed: 0, missing: 0 };
  counts.set(sig, count);
  const status = results.get(`${sig}/${title}`);
  const outcome = status === undefined ? 'missing' : status === 'passed' ? 'passed' : 'failed';
  count[outcome] += 1;
  total[outcome] += 1;
}
print(['', 'passed', 'failed', 'not yet']);
for (const [sig, { passed, failed, missing }] of counts) print([sig, passed, failed, missing]);
print(['all', total.passed, total.failed, total.missing]);
process.exitCode = total.failed === 0 ? 0 : 1;
