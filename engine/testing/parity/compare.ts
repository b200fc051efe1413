import { DESCRIPTIONS } from '../../api/schema/generated/descriptions.ts';
import { createCluster } from '../../cluster/create.ts';
import { faultNamed } from './fault.ts';
import { mask } from './mask.ts';
import { OurSide } from './our-side.ts';
import { RealSide } from './real-side.ts';
import { needsTime, readSteps, type Scenario } from './scenario.ts';
import type { Outcome, Side } from './side.ts';

/** One command, as the real kubectl and ours answered it, both masked. */
export interface Comparison {
  readonly scenario: string;
  readonly line: string;
  readonly real: Outcome;
  readonly ours: Outcome;
  readonly equal: boolean;
}

/** Virtual time that passes between two commands. */
const PAUSE_MS = 2000;

/** Runs a scenario on two clusters that were made alike. @param kubectl the real one's path */
export async function compare(scenario: Scenario, kubectl: string): Promise<readonly Comparison[]> {
  const { name, files = {}, faults = {}, script } = scenario;
  const options = { seed: name, epochMs: Date.UTC(2026, 8, 1), files, descriptions: DESCRIPTIONS };
  const ours = new OurSide(options);
  const real = await RealSide.start(createCluster(options), kubectl, files);
  const comparisons: Comparison[] = [];
  try {
    for (const step of readSteps(script)) {
      if (step.kind === 'pass') passBoth([real, ours], step.seconds * 1000);
      else if (step.kind === 'server') for (const side of [real, ours]) side.setFault(faultNamed(faults, step.fault));
      else {
        const { line, compared } = step;
        const live = needsTime(line);
        const theirs = mask(line, await real.run(line, live));
        const own = mask(line, await ours.run(line));
        if (compared) comparisons.push({ scenario: name, line, real: theirs, ours: own, equal: same(theirs, own) });
        passBoth([real, ours], PAUSE_MS);
      }
    }
  } finally {
    await real.close();
  }
  return comparisons;
}

/** Both clusters go on from the same moment. */
function passBoth(sides: readonly Side[], durationMs: number): void {
  const timeMs = Math.max(...sides.map(({ nowMs }) => nowMs)) + durationMs;
  for (const side of sides) side.passTo(timeMs);
}

function same(a: Outcome, b: Outcome): boolean {
  return a.stdout === b.stdout && a.stderr === b.stderr && a.exitCode === b.exitCode;
}
