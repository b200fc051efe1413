import type { Cluster } from '@drydock/engine';
import type { Check } from './exercise.ts';

/**
 * Looks up how a check that breaks something came out when the same run was graded before.
 *
 * A cluster is deterministic: the same engine, cluster and run, looked at in the same way until the same moment and then
 * broken in the same way, gives the same verdict. The first three are for whoever remembers to compare; the others are in
 * `basis`.
 *
 * @param basis text that is the same exactly where the grader has done the same to the cluster
 * @returns undefined where it is not known, and has to be found out
 */
export type Recall = (check: Check, basis: string) => Recalled | undefined;

/** A verdict without its causes, which belong to a cluster that is no more. */
interface Recalled {
  readonly passed: boolean;
  readonly seen: string;
}

/** What a check demands, and not in what words. */
export function withoutWords({ title: _title, ask: _ask, ...demands }: Check): Omit<Check, 'title' | 'ask'> {
  return demands;
}

/**
 * What checks have done to a cluster that do not break it. How a check looks depends on how it came out only in how long it
 * looks: so a check whose assertions were mended has done the same where it ended at the same moment.
 */
export class Looked {
  readonly #acts: unknown[] = [];

  /** Notes a check that has just looked. */
  note({ sim }: Cluster, check: Check): void {
    const { that: _that, points: _points, blame: _blame, ...looking } = withoutWords(check);
    this.#acts.push([looking, sim.nowMs, sim.steps]);
  }

  /** What the verdicts of checks follow from that now break the cluster and look side by side. */
  basisOf(checks: readonly Check[]): string {
    return JSON.stringify([this.#acts, checks.map(withoutWords)]);
  }
}
