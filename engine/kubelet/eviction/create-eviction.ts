import type { Pod } from '../../api/kinds.ts';
import { DEFAULT_CONFIGURATION } from '../configuration.ts';
import { imageBytes, removeUnusedImages } from '../image-removal.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import type { KubeletOptions } from '../options.ts';
import { nodeUsage } from '../usage.ts';
import { type EvictionHost, EvictionManager } from './eviction-manager.ts';

/** What of the node's Pods eviction has to do with. */
type PodsOfNode = Pick<EvictionHost, 'activePods' | 'evict' | 'conditionsChanged'> & { pods(): readonly Pod[] };

/** The eviction manager of a node; a hollow one has none, as it has nothing to run out of. */
export function createEviction(
  context: KubeletContext,
  { root, cgroups, configuration = DEFAULT_CONFIGURATION }: KubeletOptions,
  { pods, ...podsOfNode }: PodsOfNode,
): EvictionManager | undefined {
  if (root === undefined || cgroups === undefined) return undefined;
  const { sim, nodeName, runtime, images, capacityBytes, recorder, pullRecords } = context;
  const host: EvictionHost = {
    ...podsOfNode,
    sim,
    nodeName,
    root,
    cgroups,
    capacityBytes,
    usage: () => nodeUsage({ sim, nodeName, runtime, cgroups, pods }),
    imageBytes: () => imageBytes(images),
    removeUnusedImages: () => removeUnusedImages(runtime, images, pullRecords),
    reclaiming: (resource) => {
      const about = { kind: 'Node', name: nodeName, uid: nodeName };
      recorder.eventAbout(about, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    },
  };
  return new EvictionManager(host, configuration.eviction);
}
