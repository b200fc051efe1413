import { hasNvidiaPlugin } from '../cluster/add-ons/nvidia-add-on.ts';
import { bootCluster } from '../cluster/boot.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type ClusterOptions, endpointOf } from '../cluster/options.ts';
import { type DeferredTools, deferTools } from './deferred-tools.ts';
import { fetchLateParts } from './late-parts.ts';

/** A cluster that has come up, and the rest of it on its way. */
export interface StartedCluster {
  readonly cluster: Cluster;
  readonly late: Pick<DeferredTools, 'ready' | 'complete' | 'arrived' | 'missing'>;
}

/**
 * Brings a cluster up without waiting for what no prompt needs: kubectl, the other programs and the documentation are
 * modules of their own, which are fetched meanwhile. Only a cluster that has drivers or several control planes from the start, or a past, waits.
 *
 * @throws Error for options that make no sense, or when the cluster does not come up.
 */
export async function startCluster(options: ClusterOptions): Promise<StartedCluster> {
  const late = deferTools(fetchLateParts());
  const past = options.before !== undefined && options.before.length > 0;
  const needsMore = options.storage === true || hasNvidiaPlugin(options) || endpointOf(options) !== undefined;
  if (needsMore || past) await late.complete;
  return { cluster: bootCluster(options, late.tools), late };
}
