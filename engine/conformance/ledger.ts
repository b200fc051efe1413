import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One conformance test of upstream. */
export interface LedgerEntry {
  /** `sig-apps`; the tests that stand for it are in the folder of that name. */
  readonly sig: string;
  /** The upstream name, and the title of our test. */
  readonly title: string;
  /** What a cluster must have for it: `api-only`, `networking`, … */
  readonly needs: string;
}

/** The upstream conformance tests, from `ledger.tsv`: https://github.com/cncf/k8s-conformance */
export function readLedger(): readonly LedgerEntry[] {
  const [, ...lines] = readFileSync(join(import.meta.dirname, 'ledger.tsv'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [sig = '', title = '', needs = ''] = line.split('\t');
    return { sig, title, needs };
  });
}
