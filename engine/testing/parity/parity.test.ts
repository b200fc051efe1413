import { describe, expect, test } from 'vitest';
import { findBinary } from '../../http/testing/kubectl-binary.ts';
import { SCENARIOS } from './cases/index.ts';
import { type Comparison, compare } from './compare.ts';
import { knownDifference } from './known-differences.ts';

// The same lines by the real kubectl and by ours, on equal clusters; `npm run parity` prints what differs at length.

const binary = findBinary('kubectl');
if ('missing' in binary) console.warn(`PARITY IS NOT TESTED, the real kubectl cannot run here: ${binary.missing}`);
const kubectl = 'path' in binary ? binary.path : '';

describe.skipIf(kubectl === '')('kubectl says what the real one says', () => {
  // The real one's processes take most of the time, and two scenarios share nothing.
  test.concurrent.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const comparisons = await compare(scenario, kubectl);
      const surprising = comparisons.filter((one) => one.equal === (knownDifference(one) !== undefined));
      expect(surprising.map(told)).toEqual([]);
    },
  );
});

function told({ line, real, ours, equal }: Comparison): object {
  return equal ? { line, was: 'a known difference, and is none any more' } : { line, real, ours };
}
