import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import { FILE_FLAGS, SELECTOR_FLAG } from './global-flags.ts';
import type { Invocation } from './invocation.ts';
import { givesFiles } from './manifest-files.ts';
import { type Findings, findObjects } from './resource-finder.ts';

/** The flags by which the rollout commands find their objects. */
export const TARGET_FLAGS: readonly FlagSpec[] = [...FILE_FLAGS, SELECTOR_FLAG];

/** The objects of a rollout command; all of a type when no name is given. */
export function* rolloutTargets(invocation: Invocation): Task<Findings> {
  if (invocation.args.length === 0 && !givesFiles(invocation.flags)) {
    throw new CommandError('required resource not specified');
  }
  return yield* findObjects(invocation, { listAll: true });
}
