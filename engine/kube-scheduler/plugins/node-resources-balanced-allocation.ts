import { MAX_SCORE } from '../framework.ts';
import type { PluginFactory } from '../handle.ts';
import { capacityOf, requestedOf, scoredResources, type WeightedResource, wantedOf } from './resource-score.ts';

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly WeightedResource[];
}

/**
 * Prefers nodes whose resources would be used in like proportion with the Pod, and more so than without it: 50 for a node
 * that the Pod brings out of balance, 100 for one that it brings into balance, 75 for one where it changes nothing. Pods
 * that ask for none of the resources are left out, or they would all go to one node.
 * After `plugins/noderesources/balanced_allocation.go` of 1.35 and later.
 */
export const nodeResourcesBalancedAllocation: PluginFactory = (_handle, args) => {
  const resources = scoredResources((args as NodeResourcesBalancedAllocationArgs).resources);
  return {
    name: 'NodeResourcesBalancedAllocation',

    preScore: (_state, { requests }) =>
      resources.some((resource) => wantedOf(resource, requests) > 0) ? undefined : 'Skip',

    score(_state, { requests }, node) {
      // One way through the resources for both: this runs for every node that will do.
      let sum = 0;
      let squares = 0;
      let sumWithPod = 0;
      let squaresWithPod = 0;
      let count = 0;
      for (const resource of resources) {
        const capacity = capacityOf(resource, node);
        const wanted = wantedOf(resource, requests);
        if (capacity === 0 || (wanted === 0 && resource.place < 0)) continue;
        const requested = requestedOf(resource, node);
        const fraction = Math.min(1, requested / capacity);
        const withPod = Math.min(1, (requested + wanted) / capacity);
        sum += fraction;
        squares += fraction * fraction;
        sumWithPod += withPod;
        squaresWithPod += withPod * withPod;
        count += 1;
      }
      const better = balance(sumWithPod, squaresWithPod, count) - balance(sum, squares, count);
      return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + better) / 2);
    },
  };
};

/**
 * 100 when all resources are used in the same proportion; the standard deviation takes away from it.
 *
 * @param sum of the fractions in use of `count` resources
 * @param squares the sum of their squares
 */
function balance(sum: number, squares: number, count: number): number {
  const variance = count < 2 ? 0 : squares / count - (sum / count) ** 2;
  // A variance of nothing may come out as less than nothing.
  return Math.trunc((1 - Math.sqrt(Math.max(0, variance))) * MAX_SCORE);
}
