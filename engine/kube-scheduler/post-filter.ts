import type { Task } from '../sim/index.ts';
import type { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';
import type { Failure } from './schedule-pod.ts';

/** What the PostFilter plugins made of a Pod that fits nowhere. */
interface PostFiltered {
  /** As `PostFilterOutcome` has it. */
  readonly nominatedNode: string | undefined;
  /** Why nothing could be done; empty when something was. */
  readonly message: string;
}

/** Asks the plugins in turn, until one makes room or fails. */
export function* postFilter(profile: Profile, info: PodInfo, { state, diagnosis }: Failure): Task<PostFiltered> {
  const messages: string[] = [];
  let nominatedNode: string | undefined;
  for (const plugin of profile.at('postFilter')) {
    const making = plugin.postFilter!(state, info, diagnosis);
    const made = 'next' in making ? yield* making : making;
    nominatedNode = made.failed ? undefined : (made.nominatedNode ?? nominatedNode);
    if (made.message === undefined || made.failed) messages.length = 0;
    if (made.message === undefined) break;
    messages.push(made.message);
    if (made.failed) break;
  }
  return { nominatedNode, message: messages.join(', ') };
}
