import type { Task } from '../sim/index.ts';
import type { SchedulerCache } from './cache.ts';
import { fitErrorMessage, ReasonCounts } from './fit-error.ts';
import type { SharedHandle } from './handle.ts';
import type { Nominator } from './nominator.ts';
import { postFilter } from './post-filter.ts';
import type { Profile } from './profile.ts';
import type { QueuedPod } from './queued-pod.ts';
import type { Rejection } from './rejection.ts';
import type { Failure, Placement, PodPlacer, Trouble } from './schedule-pod.ts';

/** How it went with one Pod of a group. */
export type Trial = PlacedTrial | FailedTrial;

/** A node would do, at once or when those are gone whom preemption has chosen. */
export interface PlacedTrial {
  readonly queued: QueuedPod;
  readonly nodeName: string;
  /** Absent when others have to go first. */
  readonly placement?: Placement;
  /** Of a Pod for which others have to go first. */
  readonly failure?: Failure;
  readonly message?: string;
  /** Whether every Permit plugin lets it go on, given those placed before it. */
  readonly isPermitted: boolean;
  /** Frees the place again. */
  readonly undo: () => void;
}

export interface FailedTrial {
  readonly queued: QueuedPod;
  readonly nodeName?: undefined;
  readonly failure?: Failure;
  readonly nominatedNode?: string | undefined;
  readonly message: string;
  /** Whose events bring it back. */
  readonly plugins: ReadonlySet<string>;
}

/** Tries Pods out one after the other: each sees the places of those before it as taken. */
export class PodGroupTrials {
  readonly #cache: SchedulerCache;
  readonly #nominator: Nominator;
  readonly #placer: PodPlacer;

  constructor({ cache, nominator }: SharedHandle, placer: PodPlacer) {
    this.#cache = cache;
    this.#nominator = nominator;
    this.#placer = placer;
  }

  *attempt(profile: Profile, queued: QueuedPod): Task<Trial | Trouble> {
    const outcome = yield* this.#placer.place(profile, queued.info);
    if ('error' in outcome) return outcome;
    if (!('diagnosis' in outcome)) {
      return this.#place(profile, queued, outcome, outcome.node.name, { placement: outcome });
    }
    const made = yield* postFilter(profile, queued.info, outcome);
    const message = fitErrorMessage(outcome.diagnosis, made.message);
    if (made.nominatedNode !== undefined && made.nominatedNode !== '') {
      return this.#place(profile, queued, outcome, made.nominatedNode, { failure: outcome, message });
    }
    const { plugins } = outcome.diagnosis;
    return { queued, failure: outcome, nominatedNode: made.nominatedNode, message, plugins };
  }

  #place(
    profile: Profile,
    queued: QueuedPod,
    { state }: Placement | Failure,
    nodeName: string,
    how: Pick<PlacedTrial, 'placement' | 'failure' | 'message'>,
  ): Trial {
    const { info } = queued;
    const { uid } = info.pod.metadata;
    const nominated = this.#nominator.nodeOf(uid);
    const leave = (): void => {
      this.#cache.forget(info.pod);
      if (nominated !== undefined) this.#nominator.set(info, nominated);
    };
    // It must not count twice on a node that is being made free for it.
    this.#nominator.delete(uid);
    this.#cache.assume(info, nodeName);
    const refused = profile.reserve(state, info, nodeName);
    if (refused !== undefined) {
      leave();
      return rejected(queued, refused.plugin, refused.rejection);
    }
    const undo = (): void => {
      profile.unreserve(state, info, nodeName);
      leave();
    };
    let isPermitted = true;
    for (const plugin of profile.at('permit')) {
      const answer = plugin.permit!(state, info, nodeName);
      if (answer === undefined) continue;
      if ('reasons' in answer) {
        undo();
        return rejected(queued, plugin.name, answer);
      }
      isPermitted = false;
    }
    return { queued, nodeName, ...how, isPermitted, undo };
  }
}

function rejected(queued: QueuedPod, plugin: string, { reasons }: Rejection): FailedTrial {
  const counts = new ReasonCounts();
  for (const reason of reasons) counts.add(reason);
  return { queued, message: counts.sentence(1), plugins: new Set([plugin]) };
}
