import type { JournalEntry } from '../sim/index.ts';
import type { RunPoint } from './cluster.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import type { ClusterOptions, Preparation } from './options.ts';
import type { WorkstationTools } from './workstation-tools.ts';

/** Longest that a cluster may take to come up, in virtual milliseconds. */
const BOOT_LIMIT_MS = 120_000;

/** Longest that a command may take which is run before anybody comes, in virtual milliseconds. */
const PREPARATION_LIMIT_MS = 120_000;

/** How often readiness is looked at while it comes up. */
const BOOT_STEP_MS = 250;

/** Builds a cluster with these tools on its workstation and runs it until it is ready. See `createCluster`. */
export function bootCluster(options: ClusterOptions, tools: WorkstationTools): KubernetesCluster {
  const cluster = new KubernetesCluster(options, tools, (changes, journal, until) =>
    replayCluster({ ...options, ...changes }, tools, journal, until),
  );
  const { sim } = cluster;
  while (!cluster.ready()) {
    if (sim.nowMs >= BOOT_LIMIT_MS) {
      throw new Error(
        `the cluster did not come up within ${BOOT_LIMIT_MS / 1000} s of virtual time (seed ${sim.seed})`,
      );
    }
    sim.runFor(BOOT_STEP_MS);
  }
  for (const preparation of options.before ?? []) prepare(cluster, preparation);
  sim.journal.begin();
  return cluster;
}

/** Lets something happen before the run begins. What goes wrong is the course's fault, so that it must not pass unseen. */
function prepare(cluster: KubernetesCluster, preparation: Preparation): void {
  if ('waitMs' in preparation) {
    cluster.sim.runFor(preparation.waitMs);
  } else if ('fault' in preparation) {
    cluster.submit({ kind: 'fault', fault: preparation.fault });
  } else {
    const outcome = cluster.run(preparation.host ?? 'workstation', preparation.run, PREPARATION_LIMIT_MS);
    if (outcome?.exitCode === 0) return;
    const problem = outcome === undefined ? 'it did not end' : outcome.stderr.trim();
    throw new Error(`what should have been done before could not be: ${preparation.run.join(' ')}: ${problem}`);
  }
}

/** Brings a cluster back to where its journal ends, or to a point after that. See `restoreCluster`. */
export function replayCluster(
  options: ClusterOptions,
  tools: WorkstationTools,
  journal: readonly JournalEntry[],
  until?: RunPoint,
): KubernetesCluster {
  const cluster = bootCluster(options, tools);
  const { sim } = cluster;
  sim.journal.replay(journal);
  if (until !== undefined) {
    while (sim.steps < until.steps && sim.step(until.timeMs)) {
      // Each turn runs one event.
    }
    sim.advance(until.timeMs, 0);
    if (sim.steps !== until.steps || sim.nowMs !== until.timeMs) {
      throw new Error(`replay diverged after its last input (seed ${sim.seed})`);
    }
  }
  return cluster;
}
