import type { Cluster, JournalEntry } from '@drydock/engine';
import { replay, startCluster } from '@drydock/engine/worker';

/** Events between two chances for somebody else to have the thread. */
const STEPS_PER_SLICE = 400;

/**
 * Brings a second cluster to a moment of another one's life; yields the virtual time reached after each slice. The result
 * has the inputs up to that moment in its journal, and nothing that came later.
 */
export async function* bringTo(
  options: Cluster['options'],
  journal: readonly JournalEntry[],
  timeMs: number,
): AsyncGenerator<number, Cluster> {
  const { cluster, late } = await startCluster(options);
  await late.complete;
  const entries = journal.filter((entry) => entry.timeMs <= timeMs);
  yield* replay(cluster, entries, undefined, STEPS_PER_SLICE);
  while (!cluster.sim.advance(timeMs, STEPS_PER_SLICE)) yield cluster.sim.nowMs;
  return cluster;
}
