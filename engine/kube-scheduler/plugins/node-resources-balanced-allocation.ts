import { MAX_SCORE, type Plugin } from '../framework.ts';

/**
 * Prefers nodes whose cpu and memory would be used in like proportion. Pods that ask for neither are left out, or they
 * would all go to one node.
 */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',

  scores: ({ requests }) => requests.milliCpu > 0 || requests.memory > 0,

  score({ requests }, { requested, allocatable }) {
    if (allocatable.milliCpu === 0 || allocatable.memory === 0) return MAX_SCORE;
    const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu);
    const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory);
    // The standard deviation of two values is half their distance.
    return Math.floor((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE);
  },
};
