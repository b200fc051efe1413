import { bootCluster } from '../cluster/boot.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { hasNvidiaPlugin } from '../cluster/nvidia-add-on.ts';
import type { ClusterOptions } from '../cluster/options.ts';
import { deferTools } from './deferred-tools.ts';

/** A cluster that has come up, and the rest of it on its way. */
export interface StartedCluster {
  readonly cluster: Cluster;
  /** Resolves when the cluster may be given inputs; rejects when its tools cannot be loaded. */
  readonly complete: Promise<void>;
}

/**
 * Brings a cluster up without waiting for what no prompt needs: kubectl and its texts are a module of their own, which
 * is fetched meanwhile. Only a cluster that has drivers from the start, or a past, waits for it.
 *
 * @throws Error for options that make no sense, or when the cluster does not come up.
 */
export async function startCluster(options: ClusterOptions): Promise<StartedCluster> {
  const { tools, load } = deferTools(async () => (await import('../cluster/kubectl-tools.ts')).kubectlTools);
  const complete = load();
  // Whoever waits hears of a failure; whoever does not must not be struck by it.
  complete.catch(() => {});
  const past = options.before !== undefined && options.before.length > 0;
  if (options.storage === true || past || hasNvidiaPlugin(options)) await complete;
  return { cluster: bootCluster(options, tools), complete };
}
