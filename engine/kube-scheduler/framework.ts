import type { Pod } from '../api/kinds.ts';
import type { Task } from '../sim/index.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { QueuedPod } from './queued-pod.ts';
import type { Rejection } from './rejection.ts';

/**
 * What PreFilter found: `Skip` saves asking the plugin's `filter` for each node; `nodes` are the only ones worth looking
 * at; a rejection ends the cycle, whatever the nodes are like.
 */
type PreFilterOutcome = 'Skip' | Rejection | { readonly nodes: ReadonlySet<string> } | undefined;

/** What PostFilter made of a Pod that fits nowhere. */
export interface PostFilterOutcome {
  /** The node that is being made free for it; the empty string takes an earlier nomination back. */
  readonly nominatedNode?: string;
  /** Said in the event when nothing could be done. */
  readonly message?: string;
  /** It went wrong: no other plugin is asked, and only this message is said. */
  readonly failed?: boolean;
}

/** `waitMs`: the Pod keeps its place and waits that long for someone to allow it. */
type PermitOutcome = Rejection | { readonly waitMs: number } | undefined;

/** A `filter` could not find out: the Pod is tried again after a while, whatever other nodes are like. */
export class FilterError extends Error {
  override readonly name = 'FilterError';

  constructor(plugin: string, message: string) {
    super(`running "${plugin}" filter plugin: ${message}`);
  }
}

/**
 * One aspect of scheduling. A plugin implements the extension points it has something to say at:
 * https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
 *
 * What a plugin works out once for a Pod it keeps in the cycle's state. Calls to the API server may throw `StatusError`
 * and `ConnectionError`: the Pod is then tried again after a back-off.
 */
export interface Plugin {
  readonly name: string;

  /** PreEnqueue: undefined when the Pod may be tried at all. */
  preEnqueue?(pod: Pod): Rejection | undefined;

  /** QueueSort: whether `a` is to be tried before `b`. Exactly one plugin of a profile has it. */
  before?(a: QueuedPod, b: QueuedPod): boolean;

  preFilter?(state: CycleState, info: PodInfo): PreFilterOutcome;

  /** PreFilterExtensions: what `preFilter` noted, were `other` on the node too. For preemption and nominated Pods. */
  addPod?(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void;
  /** The same, were `other` not on the node. */
  removePod?(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void;

  /** Filter: undefined when the Pod can run on the node. */
  filter?(state: CycleState, info: PodInfo, node: NodeInfo): Rejection | undefined;
  /**
   * Sign: everything of the Pod that `filter` looks at, as JSON. Only for a plugin whose `filter` looks at nothing else but the
   * node it is given: Pods with equal signatures then get equal answers.
   */
  sign?(info: PodInfo): unknown;

  /** PostFilter: asked when no node would do. It may have to wait for extenders. */
  postFilter?(state: CycleState, info: PodInfo, diagnosis: Diagnosis): PostFilterOutcome | Task<PostFilterOutcome>;

  /** PreScore: `Skip` saves asking `score` for each node. */
  preScore?(state: CycleState, info: PodInfo, nodes: readonly NodeInfo[]): 'Skip' | undefined;

  /** Score: higher is better; from 0 to 100 after normalising. */
  score?(state: CycleState, info: PodInfo, node: NodeInfo): number;

  /** NormalizeScore: changes the scores in place. */
  normalizeScores?(state: CycleState, scores: Float64Array, nodes: readonly NodeInfo[]): void;

  /** Reserve: notes that the Pod will go to the node. */
  reserve?(state: CycleState, info: PodInfo, nodeName: string): Rejection | undefined;
  /** Takes back what `reserve` noted; called also when it noted nothing. */
  unreserve?(state: CycleState, info: PodInfo, nodeName: string): void;

  permit?(state: CycleState, info: PodInfo, nodeName: string): PermitOutcome;

  /** PreBind: may take virtual time; calls `done` once, with a rejection or an error when the Pod must not be bound. */
  preBind?(state: CycleState, info: PodInfo, nodeName: string, done: (failure?: Rejection | Error) => void): void;

  /** Bind: `Skip` leaves it to the next plugin. */
  bind?(state: CycleState, info: PodInfo, nodeName: string): 'Skip' | undefined;

  postBind?(state: CycleState, info: PodInfo, nodeName: string): void;

  /**
   * EventsToRegister with its QueueingHint: whether the event may help a Pod that this plugin rejected.
   * https://kubernetes.io/blog/2024/12/12/scheduler-queueinghint/
   */
  mayHelp?(event: ClusterEvent, info: PodInfo): boolean;
}

export const MAX_SCORE = 100;

/** Brings scores to 0…100 in proportion to the highest, in place. After `plugins/helper/normalize_score.go`. */
export function normalizeScores(scores: Float64Array, reverse: boolean): void {
  let highest = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > highest) highest = scores[i]!;
  for (let i = 0; i < scores.length; i++) {
    const stretched = highest === 0 ? 0 : Math.floor((scores[i]! * MAX_SCORE) / highest);
    scores[i] = reverse ? MAX_SCORE - stretched : stretched;
  }
}
