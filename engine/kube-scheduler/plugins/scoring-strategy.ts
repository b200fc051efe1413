import { MAX_SCORE } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { capacityOf, scoredResources, takenOf, type WeightedResource } from './resource-score.ts';

/** How NodeResourcesFit likes nodes: https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/ */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly WeightedResource[];
  readonly requestedToCapacityRatio?: { readonly shape: readonly ShapePoint[] };
}

/** At this use in percent, this score from 0 to 10; straight lines between. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** A score from what is taken and what there is of one resource. */
type ResourceScore = (taken: number, capacity: number) => number;

/** The function that scores a node for a Pod, from 0 to 100: the mean over the resources by their weights. */
export function scorerOf(strategy: ScoringStrategy): (info: PodInfo, node: NodeInfo) => number {
  const { type } = strategy;
  const resources = scoredResources(strategy.resources);
  const scoreOf = resourceScoreOf(strategy);
  const isRatio = type === 'RequestedToCapacityRatio';
  return (info, node) => {
    let sum = 0;
    let weights = 0;
    for (const resource of resources) {
      const { weight } = resource;
      const taken = takenOf(resource, info, node);
      if (taken === undefined) continue;
      const score = scoreOf(taken, capacityOf(resource, node));
      // With a ratio, a resource that scores nothing is left out of the mean, too.
      if (isRatio && score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    if (weights === 0) return 0;
    return isRatio ? Math.round(sum / weights) : Math.trunc(sum / weights);
  };
}

function resourceScoreOf({ type, requestedToCapacityRatio }: ScoringStrategy): ResourceScore {
  if (type === 'LeastAllocated') return leastAllocated;
  if (type === 'MostAllocated') return mostAllocated;
  const shape = requestedToCapacityRatio?.shape ?? [];
  return (taken, capacity) => {
    const used = capacity === 0 || taken > capacity ? 100 : Math.trunc((taken * 100) / capacity);
    return onShape(shape, used);
  };
}

function leastAllocated(taken: number, capacity: number): number {
  return taken > capacity ? 0 : Math.trunc(((capacity - taken) * MAX_SCORE) / capacity);
}

function mostAllocated(taken: number, capacity: number): number {
  // Assumed requests may come to more than there is.
  return Math.trunc((Math.min(taken, capacity) * MAX_SCORE) / capacity);
}

/** Scores in the configuration go to 10, those of the framework to 100. */
const SCALE = MAX_SCORE / 10;

function onShape(shape: readonly ShapePoint[], used: number): number {
  for (let i = 0; i < shape.length; i++) {
    const { utilization, score } = shape[i]!;
    if (used > utilization) continue;
    if (i === 0) return score * SCALE;
    const before = shape[i - 1]!;
    const rise = (score - before.score) * SCALE;
    return before.score * SCALE + Math.trunc((rise * (used - before.utilization)) / (utilization - before.utilization));
  }
  return (shape.at(-1)?.score ?? 0) * SCALE;
}
