import type { Cluster } from '../cluster/cluster.ts';
import type { JournalEntry } from '../sim/index.ts';
import type { RunPoint } from './frame.ts';

/**
 * Brings a fresh cluster to where another one was, a slice at a time, so that whoever drives it can show how far it has
 * come: yields the virtual time reached after each slice of `stepsPerSlice` events.
 *
 * @throws Error when the run does not meet the journal's points, i.e. when engine, seed or options differ.
 */
export function* replay(
  cluster: Cluster,
  entries: readonly JournalEntry[],
  end: RunPoint | undefined,
  stepsPerSlice = 400,
): Generator<number> {
  const { sim } = cluster;
  for (const entry of entries) {
    yield* runTo(cluster, entry, stepsPerSlice);
    sim.journal.replay([entry]);
  }
  if (end === undefined || end.timeMs < sim.nowMs) return;
  yield* runTo(cluster, end, stepsPerSlice);
  sim.advance(end.timeMs, 0);
  if (sim.steps !== end.step) {
    throw new Error(`replay diverged: expected ${end.step} events by ${end.timeMs} ms, ran ${sim.steps}`);
  }
}

function* runTo({ sim }: Cluster, point: RunPoint, stepsPerSlice: number): Generator<number> {
  while (sim.steps < point.step) {
    const steps = Math.min(stepsPerSlice, point.step - sim.steps);
    for (let done = 0; done < steps; done++) {
      if (!sim.step(point.timeMs)) return;
    }
    yield sim.nowMs;
  }
}
