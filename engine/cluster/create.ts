import type { JournalEntry } from '../sim/index.ts';
import { bootCluster, replayCluster } from './boot.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterOptions } from './options.ts';
import { allTools } from './tools/all-tools.ts';

/**
 * Builds a cluster and lets it come up: when this returns, every node is Ready and the control plane's Pods run.
 *
 * @throws Error for options that make no sense, or when the cluster does not come up.
 */
export function createCluster(options: ClusterOptions = {}): Cluster {
  return bootCluster(options, allTools);
}

/**
 * Brings a cluster back to where its journal ends.
 *
 * @throws Error when the journal was not written by a cluster with these options and this engine.
 */
export function restoreCluster(options: ClusterOptions, journal: readonly JournalEntry[]): Cluster {
  return replayCluster(options, allTools, journal);
}
