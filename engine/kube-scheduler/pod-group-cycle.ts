import type { Pod } from '../api/kinds.ts';
import type { EventSeriesRecorder } from '../client/event-series-recorder.ts';
import type { Task } from '../sim/index.ts';
import { NO_NODES } from './fit-error.ts';
import type { SharedHandle } from './handle.ts';
import { PodGroupReporter } from './pod-group-report.ts';
import { type FailedTrial, type PlacedTrial, PodGroupTrials, type Trial } from './pod-group-trial.ts';
import type { PodGroups } from './pod-groups.ts';
import type { Profile } from './profile.ts';
import type { QueuedPod } from './queued-pod.ts';
import type { FailureReporter } from './report.ts';
import type { Failure, Placement, PodPlacer, Trouble } from './schedule-pod.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';

/** What the cycle needs of the scheduler it is part of. */
export interface PodGroupCycleOptions {
  readonly handle: SharedHandle;
  readonly groups: PodGroups;
  readonly placer: PodPlacer;
  readonly queue: SchedulingQueue;
  readonly reporter: FailureReporter;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly recorderOf: (pod: Pod) => EventSeriesRecorder;
  /** Whether the Pod is none of the scheduler's business any more; it is then out of the queue. */
  readonly skip: (queued: QueuedPod) => boolean;
  /** From a place found to the binding cycle, as for any Pod. */
  readonly reserve: (queued: QueuedPod, profile: Profile, placement: Placement) => void;
  /** Remembers a decision for those who ask. */
  readonly note: (
    queued: QueuedPod,
    profile: Profile,
    outcome: Placement | Failure | Trouble,
    nominatedNode: string | undefined,
    message: string | undefined,
  ) => void;
}

const UNSCHEDULABLE = 'pod group is unschedulable';
const WAITING_ON_PREEMPTION = `${UNSCHEDULABLE}, pod group is waiting for preemption to complete`;
const GANG = 'GangScheduling';

/**
 * The scheduling cycle of a PodGroup: all its Pods that wait are tried out together, and go on to their binding together or
 * not at all. Nothing is held from one cycle to the next, so groups that each fit alone cannot keep each other waiting.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/podgroup-scheduling/, after `schedule_one_podgroup.go`.
 */
export class PodGroupCycle {
  readonly #options: PodGroupCycleOptions;
  readonly #trials: PodGroupTrials;
  readonly #report: PodGroupReporter;

  constructor(options: PodGroupCycleOptions) {
    this.#options = options;
    this.#trials = new PodGroupTrials(options.handle, options.placer);
    this.#report = new PodGroupReporter(options.handle, options.groups);
  }

  /** @param first the Pod of the group that was taken from the queue. */
  *run(first: QueuedPod): Task<void> {
    const { profiles, handle, queue, reporter, recorderOf, skip } = this.#options;
    const members = this.#membersWaitingWith(first).filter((queued) => !skip(queued));
    const [one] = members;
    if (one === undefined) return;
    const name = schedulerOf(one);
    const other = members.find((queued) => schedulerOf(queued) !== name);
    if (other !== undefined) {
      const pair = `got: "${name}" and "${schedulerOf(other)}"`;
      const message = `all pods in a single pod group should have the same .spec.schedulerName set, ${pair}`;
      this.#fail(members, message, () => message);
      return;
    }
    if (handle.cache.nodes.length === 0) {
      for (const queued of members) {
        queue.addFailed(queued);
        reporter.report(recorderOf(queued.info.pod), queued.info.pod, 'Unschedulable', NO_NODES);
      }
      this.#report.unschedulable(one.info.pod, NO_NODES);
      return;
    }
    yield* this.#schedule(profiles.get(name)!, members);
  }

  /** All of the group that may be tried, by priority and age. */
  #membersWaitingWith(first: QueuedPod): readonly QueuedPod[] {
    const { groups, queue } = this.#options;
    const members = [first];
    for (const { key, placed } of groups.membersOf(first.info.pod).values()) {
      const queued = placed || key === first.key ? undefined : queue.take(key);
      if (queued !== undefined) members.push(queued);
    }
    return members.sort((a, b) => b.info.priority - a.info.priority || a.sequence - b.sequence);
  }

  *#schedule(profile: Profile, members: readonly QueuedPod[]): Task<void> {
    const trials: Trial[] = [];
    let trouble: Trouble | undefined;
    for (const queued of members) {
      const trial = yield* this.#trials.attempt(profile, queued);
      if ('error' in trial) {
        trouble = trial;
        break;
      }
      trials.push(trial);
    }
    const placed = trials.filter(isPlaced);
    for (const { undo } of placed.toReversed()) undo();
    if (trouble === undefined) this.#settle(profile, trials, placed);
    else this.#despair(profile, members, members[trials.length]!, trouble);
  }

  #settle(profile: Profile, trials: readonly Trial[], placed: readonly PlacedTrial[]): void {
    // One that is permitted shows that enough are placed: those before it waited for it alone.
    const isFeasible = placed.some(({ isPermitted }) => isPermitted);
    const preempting = placed.some(({ placement }) => placement === undefined);
    const { pod } = trials[0]!.queued.info;
    if (isFeasible && !preempting) {
      for (const trial of placed) this.#options.reserve(trial.queued, profile, trial.placement!);
      for (const trial of trials) if (!isPlaced(trial)) this.#rejectFailed(profile, trial);
      this.#report.scheduled(pod);
      return;
    }
    const blamed = new Set([GANG, ...trials.flatMap((trial) => (isPlaced(trial) ? [] : [...trial.plugins]))]);
    for (const trial of trials) {
      if (isPlaced(trial)) this.#rejectPlaced(profile, trial, isFeasible, blamed);
      else this.#rejectFailed(profile, trial);
    }
    this.#report.unschedulable(pod, isFeasible ? WAITING_ON_PREEMPTION : UNSCHEDULABLE);
  }

  #rejectFailed(profile: Profile, { queued, failure, nominatedNode, message, plugins }: FailedTrial): void {
    if (failure !== undefined) this.#options.note(queued, profile, failure, nominatedNode, message);
    this.#reject(queued, message, plugins, nominatedNode);
  }

  /** A Pod that would have a place waits for the others, with its place promised to it only where these are to come. */
  #rejectPlaced(profile: Profile, trial: PlacedTrial, isFeasible: boolean, blamed: ReadonlySet<string>): void {
    const { queued, nodeName, placement, failure } = trial;
    const { name } = queued.info.pod.metadata;
    const waits = `${UNSCHEDULABLE}, one or more plugins asked to wait and no plugin rejected pod "${name}"`;
    const message = isFeasible ? (trial.message ?? WAITING_ON_PREEMPTION) : waits;
    const nominatedNode = isFeasible ? nodeName : '';
    if (failure !== undefined) this.#options.note(queued, profile, failure, nominatedNode, message);
    else if (placement !== undefined) this.#options.note(queued, profile, placement, nominatedNode, message);
    this.#reject(queued, message, new Set([...blamed, ...(failure?.diagnosis.plugins ?? [])]), nominatedNode);
  }

  #reject(queued: QueuedPod, message: string, plugins: ReadonlySet<string>, nominatedNode: string | undefined): void {
    const { handle, queue, reporter, recorderOf } = this.#options;
    const { info } = queued;
    if (nominatedNode === '') handle.nominator.delete(info.pod.metadata.uid);
    else if (nominatedNode !== undefined) handle.nominator.set(info, nominatedNode);
    queue.addUnschedulable(queued, plugins);
    reporter.report(recorderOf(info.pod), info.pod, 'Unschedulable', message, nominatedNode);
  }

  /** An extender that must not be left out has failed for one of them: all are tried again after a while. */
  #despair(profile: Profile, members: readonly QueuedPod[], culprit: QueuedPod, trouble: Trouble): void {
    const message = `failed to schedule other pod from a pod group: ${trouble.error}`;
    this.#options.note(culprit, profile, trouble, undefined, trouble.error);
    this.#fail(members, message, (queued) => (queued === culprit ? trouble.error : message));
  }

  #fail(members: readonly QueuedPod[], message: string, messageOf: (queued: QueuedPod) => string): void {
    const { queue, reporter, recorderOf } = this.#options;
    for (const queued of members) {
      queue.addFailed(queued);
      reporter.report(recorderOf(queued.info.pod), queued.info.pod, 'SchedulerError', messageOf(queued));
    }
    this.#report.failed(members[0]!.info.pod, message);
  }
}

function isPlaced(trial: Trial): trial is PlacedTrial {
  return trial.nodeName !== undefined;
}

function schedulerOf({ info }: QueuedPod): string {
  return info.pod.spec.schedulerName ?? '';
}
