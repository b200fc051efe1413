import { expect, test } from 'vitest';
import { deviceRun } from './device-run.ts';
import { faultRun } from './fault-run.ts';

// `FAULT_RUNS=1000 npx vitest run engine/testing/faults` makes a thousand of them; `FAULT_SEED=…` one, to look into.
const { FAULT_RUNS = '20', FAULT_SEED } = process.env;
const seeds =
  FAULT_SEED === undefined ? Array.from({ length: Number(FAULT_RUNS) }, (_, i) => `fault ${i}`) : [FAULT_SEED];

test(`whatever fails, nothing forbidden happens, and all comes to rest (${seeds.length} runs)`, () => {
  for (const seed of seeds) {
    const { violations, unsettled, story } = faultRun(seed);
    expect({ seed, violations, unsettled }, story.join('\n')).toEqual({ seed, violations: [], unsettled: [] });
  }
});

test(`whatever fails, no device is given twice (${seeds.length} runs)`, () => {
  let served = 0;
  for (const seed of seeds) {
    const run = deviceRun(seed);
    served += run.served;
    expect({ seed, violations: run.violations }, run.story.join('\n')).toEqual({ seed, violations: [] });
  }
  expect(served).toBeGreaterThan(seeds.length);
});

test('a seed tells one story', () => {
  expect(faultRun('again').story).toEqual(faultRun('again').story);
});
