import type { JournalEntry } from '../sim/index.ts';
import type { Cluster } from './cluster.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import type { ClusterOptions } from './options.ts';

/** Longest that a cluster may take to come up, in virtual milliseconds. */
const BOOT_LIMIT_MS = 120_000;

/** How often readiness is looked at while it comes up. */
const BOOT_STEP_MS = 250;

/**
 * Builds a cluster and lets it come up: when this returns, every node is Ready and the control plane's Pods run.
 *
 * @throws Error when it does not come up (say, because its machines are too small for the control plane).
 */
export function createCluster(options: ClusterOptions = {}): Cluster {
  const cluster = new KubernetesCluster(options, restoreCluster);
  const { sim } = cluster;
  while (!cluster.ready()) {
    if (sim.nowMs >= BOOT_LIMIT_MS) {
      throw new Error(
        `the cluster did not come up within ${BOOT_LIMIT_MS / 1000} s of virtual time (seed ${sim.seed})`,
      );
    }
    sim.runFor(BOOT_STEP_MS);
  }
  return cluster;
}

/**
 * Brings a cluster back to where its journal ends, or to a point after that.
 *
 * @param until the exact point to stop at: virtual time and number of events, as the simulation counted them
 * @throws Error when the journal was not written by a cluster with these options and this engine.
 */
export function restoreCluster(
  options: ClusterOptions,
  journal: readonly JournalEntry[],
  until?: { readonly timeMs: number; readonly steps: number },
): Cluster {
  const cluster = createCluster(options);
  const { sim } = cluster;
  sim.journal.replay(journal);
  if (until !== undefined) {
    sim.advance(until.timeMs, Math.max(0, until.steps - sim.steps));
    if (sim.steps !== until.steps) throw new Error(`replay diverged after its last input (seed ${sim.seed})`);
  }
  return cluster;
}
