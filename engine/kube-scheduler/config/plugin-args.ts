import { withDefaults } from '../../api/copy-on-write.ts';
import { CPU_AND_MEMORY } from '../plugins/resource-score.ts';

type Args = Readonly<Record<string, unknown>>;

const STRATEGY = { type: 'LeastAllocated', resources: CPU_AND_MEMORY };

/** What the arguments are when the file says nothing. After `apis/config/v1/defaults.go`. */
const DEFAULTS: Readonly<Record<string, Args>> = {
  DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
  InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  NodeAffinity: {},
  NodeResourcesBalancedAllocation: { resources: CPU_AND_MEMORY },
  NodeResourcesFit: { scoringStrategy: STRATEGY },
  PodTopologySpread: { defaultingType: 'System' },
  VolumeBinding: { bindTimeoutSeconds: 600 },
};

/** A plugin's arguments with everything that was left out. */
export function defaultArgs(plugin: string, given: Args | undefined): Args {
  const args = withDefaults({ ...given }, DEFAULTS[plugin] ?? {});
  if (plugin === 'NodeResourcesFit') {
    const strategy = withDefaults({ ...(args['scoringStrategy'] as Args) }, STRATEGY);
    return { ...args, scoringStrategy: { ...strategy, resources: weighed(strategy.resources) } };
  }
  if (plugin === 'NodeResourcesBalancedAllocation') return { ...args, resources: weighed(args['resources']) };
  return args;
}

/** A resource without a weight has weight 1; a list without any is that of cpu and memory. */
function weighed(resources: unknown): readonly Args[] {
  const list = resources as readonly Args[];
  if (list.length === 0) return CPU_AND_MEMORY as unknown as readonly Args[];
  return list.map((resource) => ({ ...resource, weight: resource['weight'] || 1 }));
}
