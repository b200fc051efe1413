import type { Node, Pod } from '../api/kinds.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Why a node will not do. Plugins share constant ones: a cycle may make thousands. */
export interface Rejection {
  readonly reasons: readonly string[];
  /** False when removing other Pods from the node could not help (`UnschedulableAndUnresolvable`). */
  readonly resolvable: boolean;
}

/** Something that happened in the cluster and may make an unschedulable Pod schedulable. */
export type ClusterEvent =
  | { readonly kind: 'NodeAdd'; readonly node: Node }
  | { readonly kind: 'NodeUpdate'; readonly previous: Node; readonly node: Node }
  /** A Pod with a node is gone, or has come to its end. */
  | { readonly kind: 'AssignedPodDelete'; readonly info: PodInfo }
  /** The unschedulable Pod itself was changed. */
  | { readonly kind: 'PodUpdate'; readonly previous: Pod };

/**
 * One aspect of scheduling. A plugin implements the extension points it has something to say at:
 * https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
 */
export interface Plugin {
  readonly name: string;

  /** PreEnqueue: whether the Pod may be considered at all. */
  mayEnqueue?(pod: Pod): boolean;

  /** PreFilter: the only nodes worth looking at, where the Pod names them; undefined for "any". */
  nodeNames?(info: PodInfo): ReadonlySet<string> | undefined;

  /** PreFilter's Skip: false saves asking `filter` for each node. */
  filters?(info: PodInfo): boolean;

  /** Filter: undefined when the Pod can run on the node. */
  filter?(info: PodInfo, node: NodeInfo): Rejection | undefined;

  /** PreScore's Skip: false saves asking `score` for each node. */
  scores?(info: PodInfo): boolean;

  /** Score: higher is better, from 0 to 100 after normalising. */
  score?(info: PodInfo, node: NodeInfo): number;

  /** NormalizeScore: stretches scores to 0…100; `reverse` where a lower one is better. */
  readonly normalize?: 'stretch' | 'reverse';

  /**
   * EventsToRegister with its QueueingHint: whether the event may help a Pod that this plugin rejected.
   * https://kubernetes.io/blog/2024/12/12/scheduler-queueinghint/
   */
  mayHelp?(event: ClusterEvent, info: PodInfo): boolean;
}

export const MAX_SCORE = 100;

/** Brings scores to 0…100 in proportion to the highest, in place. After `plugins/helper/normalize_score.go`. */
export function normalizeScores(scores: number[], reverse: boolean): void {
  let highest = 0;
  for (const score of scores) if (score > highest) highest = score;
  for (let i = 0; i < scores.length; i++) {
    const stretched = highest === 0 ? 0 : Math.floor((scores[i]! * MAX_SCORE) / highest);
    scores[i] = reverse ? MAX_SCORE - stretched : stretched;
  }
}
